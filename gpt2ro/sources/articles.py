"""Articles of Wikipedia that came as plain text: which of them are none to read.

Of a dump, the reader of MediaWiki leaves out the same ones by their wikitext.
"""

import re

from gpt2ro.sources.readers import Extracted
from gpt2ro.sources.settings import ExtractionSettings

# How such a page begins, on a short line: "Ares se poate referi la:", "Olt poate însemna:".
_MEANINGS = re.compile(
    r"[^\n]{0,80}\b(?:poate|pot)\b[^\n]{0,20}\b(?:referi|însemna|desemna|fi)\b"
    r"[^\n]{0,40}:\s*(?:\n|$)"
)
_IN_TITLE = "(dezambiguizare)"
# "Listă de râuri", "Lista țărilor după populație", "Liste de scriitori".
_LIST_TITLE = re.compile(r"List[aăe] ")
_SENTENCE_END = re.compile(r"[.!?…][\"”»)\]]*$")


def tells_meanings(text: str) -> bool:
    """Return whether a text begins as a disambiguation page does."""
    return bool(_MEANINGS.match(text))


def article_fault(article: Extracted, settings: ExtractionSettings) -> str | None:
    """Return why an article is none to read, or None.

    The bullets of a list are lost in plain text, so a list is told by its title and by lines that
    end as no sentence does.
    """
    text, title = article.text.strip(), str(article.meta.get("title", ""))
    if _IN_TITLE in title or tells_meanings(text):
        return "disambiguation page"
    if not settings.keep_lists and _LIST_TITLE.match(title):
        lines = [line.rstrip() for line in text.split("\n") if line.strip()]
        if 2 * sum(not _SENTENCE_END.search(line) for line in lines) >= len(lines):
            return "list"
    return "stub" if len(text) < settings.min_article_characters else None
