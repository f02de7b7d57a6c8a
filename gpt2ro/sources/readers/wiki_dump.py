"""The pages of a MediaWiki dump (export schema 0.10 and 0.11), streamed."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from gpt2ro.errors import UserError
from gpt2ro.sources.xml_parsing import XmlReader

ARTICLES = "0"  # number of the namespace of articles
DEEPEST = 4  # mediawiki/page/revision/text: what lies deeper is not read
READ = {"base", "id", "model", "namespace", "ns", "page", "text", "title"}  # elements


@dataclass(slots=True)
class Page:
    """A page as the dump has it: its latest revision's wikitext, unparsed."""

    title: str = ""
    namespace: str = ""
    id: str = ""
    is_redirect: bool = False
    model: str = "wikitext"
    text: str = ""


@dataclass(slots=True)
class SiteInfo:
    """What the head of a dump says: the main page's address, and the names of the namespaces."""

    base: str = ""
    namespaces: set[str] = field(default_factory=set)


class WikiDump:
    """A dump that is being read; `site` is complete before the first page comes."""

    def __init__(self, blocks: Iterable[bytes], where: str) -> None:
        self.site = SiteInfo()
        self._where = where
        self._blocks = blocks
        self._path: list[str] = []
        self._pieces: list[str] = []
        self._reader = XmlReader(where, self._start, self._end, self._pieces.append)
        self._page = Page()
        self._done: list[Page] = []

    def pages(self) -> Iterator[Page]:
        """Yield the pages in the order of the dump.

        Raises:
            UserError: the dump is truncated or not well-formed.
        """
        for block in self._blocks:
            self._reader.feed(block)
            yield from self._done
            self._done.clear()
        if self._path:
            raise UserError(
                f"{self._where}: no </{self._path[0]}> at its end; expected a whole MediaWiki "
                "export; fetch it again."
            )
        self._reader.feed(b"", last=True)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if not self._path and name != "mediawiki":
            raise UserError(
                f"{self._where}: begins with <{name}>, expected <mediawiki>, a MediaWiki export; "
                "leave the file out, or set the format of its source."
            )
        self._path.append(name)
        self._pieces.clear()
        if name == "page":
            self._page = Page()
        elif name == "redirect":
            self._page.is_redirect = True

    def _end(self, name: str) -> None:
        # Joined only where something is read: at any depth, a deep dump would take forever.
        path = "/".join(self._path[1:]) if len(self._path) <= DEEPEST and name in READ else ""
        self._path.pop()
        text = "".join(self._pieces) if path else ""
        page = self._page
        match path:
            case "siteinfo/base":
                self.site.base = text
            case "siteinfo/namespaces/namespace":
                self.site.namespaces.add(text)
            case "page/title":
                page.title = text
            case "page/ns":
                page.namespace = text
            case "page/id":
                page.id = text
            case "page/revision/model":
                page.model = text
            case "page/revision/text":
                page.text = text
            case "page":
                self._done.append(page)
        self._pieces.clear()


# Romanian and English names of the template, and the word in the title.
_DISAMBIGUATION = re.compile(
    r"\{\{\s*(?:dezambiguizare|dezambig|dezamb|disambiguation|disambig|dab)\b[^{}]*\}\}", re.I
)
# "Listă de râuri", "Lista țărilor după populație", "Liste de scriitori".
_LIST_TITLE = re.compile(r"List[aăe] ")
# A line of a list or of a table.
_LIST_LINE = re.compile(r"[*#|!]|\{\|")
_REDIRECT = re.compile(r"\s*#\s*(?:redirect|redirecteaza|redirectează)\b", re.I)


def drop_reason(page: Page, keep_lists: bool) -> str | None:
    """Return why a page is no article to read, or None."""
    if page.namespace != ARTICLES or page.model != "wikitext":
        return "not an article"
    if page.is_redirect or _REDIRECT.match(page.text):
        return "redirect"
    if "(dezambiguizare)" in page.title or _DISAMBIGUATION.search(page.text):
        return "disambiguation page"
    if not keep_lists and is_list(page):
        return "list"
    return None


def is_list(page: Page) -> bool:
    """Return whether an article is a list: by its title, and by at least half of its lines.

    The title alone also names films ("Lista lui Schindler").
    """
    if not _LIST_TITLE.match(page.title):
        return False
    lines = [line for line in page.text.split("\n") if line.strip()]
    return 2 * sum(bool(_LIST_LINE.match(line)) for line in lines) >= len(lines)
