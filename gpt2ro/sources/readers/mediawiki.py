"""MediaWiki dumps: articles as plain text, through wikiextractor."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import unescape

from gpt2ro.native import WikitextPreparer, wiki_article
from gpt2ro.sources.articles import tells_meanings
from gpt2ro.sources.compression import decompressed
from gpt2ro.sources.input_file import Position
from gpt2ro.sources.readers import Extracted
from gpt2ro.sources.readers.json_lines import parsed
from gpt2ro.sources.readers.wiki_dump import WikiDump, drop_reason
from gpt2ro.sources.readers.wiki_extractor import WikiExtractor, command
from gpt2ro.sources.settings import ExtractionSettings


def read_mediawiki(
    path: Path, settings: ExtractionSettings, left_out: Counter[str], position: Position
) -> Iterator[Extracted]:
    """Yield the articles of a dump: namespace 0; no redirects, disambiguation pages, lists, stubs.

    The dump is decompressed and parsed here, not by wikiextractor: a truncated one must be an
    error, and pages left out must be counted.

    Raises:
        UserError: the dump is truncated or damaged, or wikiextractor fails.
    """
    dump = WikiDump(decompressed(path, settings.max_expansion, position), str(path))

    def feed(extractor: WikiExtractor) -> None:
        preparer: WikitextPreparer | None = None
        for page in dump.pages():
            if preparer is None:  # the head of the dump is read
                extractor.send_head(dump.site)
                preparer = WikitextPreparer(dump.site.namespaces)
            if reason := drop_reason(page, settings.keep_lists):
                left_out[reason] += 1
            else:
                extractor.send(page, preparer.prepared(page.text))

    for line in WikiExtractor(str(path), command()).lines(feed):
        page = parsed(line, "error")  # a reference such as &#xD800; stands for no character
        text = wiki_article(page["text"], settings.keep_headings)
        if not text:
            left_out["empty"] += 1
        elif tells_meanings(text):  # without the template that says so
            left_out["disambiguation page"] += 1
        elif len(text) < settings.min_article_characters:
            left_out["stub"] += 1
        else:
            meta = {"title": unescape(page["title"]), "url": page["url"], "wiki_id": page["id"]}
            yield Extracted(text, meta)
