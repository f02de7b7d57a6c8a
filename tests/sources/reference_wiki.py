"""What gpt2ro._native does to the pages of a wiki, slowly, by one expression after another."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

HEADING = "\x01"
ITEM = "\x02"
TERM_LEVEL = 7  # below the six levels of headings: "; term" is the heading of its definition
BULLET = "– "

_COLON_LINK = re.compile(r"\[\[(?!:)([^\[\]|:\n]+):( [^\[\]|\n]*)(?:\|([^\[\]|\n]*))?\]\]")
_EQUALS = re.compile("={7,}")
_BEHAVIOUR = re.compile("__[A-ZĂÂÎȘȚŞŢ]+__")
_INTERWIKI = re.compile(r"[a-z][a-z-]*$")
# How headings, items of lists, terms and indented lines begin; and what an item is that is nothing
# but a link.
_LINE_START = re.compile(
    r"\n(={2,6}|[*#:;]+)[ \t]*((?:\[\[[^\[\]\n]*\]\]|\[[^\[\]\n]*\])[ \t.,;]*(?![^\n]))?"
)
# A heading of the first level; as in MediaWiki, only blanks and a comment stand behind its end.
_TITLE = re.compile(r"\n=(?!=)(.+?)=[ \t]*(<!--.*)?(?=\n|$)")
_MARKS = re.compile(f"{HEADING}[0-9]|{ITEM}")
_TAG = re.compile("<[^<>]*>")
# Sections whose items are references and titles, however long.
_OF_REFERENCES = (
    "bibliografie", "bibliografie suplimentară", "discografie", "filmografie", "galerie",
    "galerie de imagini", "lectură suplimentară", "legături externe", "lucrări", "note",
    "note și referințe", "note bibliografice", "opere", "publicații", "referințe", "scrieri",
    "surse", "traduceri", "vezi și",
)  # fmt: skip
# Older pages have the cedilla, some here and there.
_SPELLINGS = {"ș": "șş", "ț": "țţ"}
_REFERENCES = {
    "".join(letters)
    for title in _OF_REFERENCES
    for letters in product(*(_SPELLINGS.get(letter, letter) for letter in title))
}
MIN_ITEM_WORDS = 6


def prepared(text: str, namespaces: set[str]) -> str:
    if "=======" in text:
        text = _EQUALS.sub("======", text)
    text = _BEHAVIOUR.sub("", text).replace("'''", "").replace("''", "")
    text = _COLON_LINK.sub(lambda match: _label(match, namespaces), text)
    text = _LINE_START.sub(_marked, f"\n{text}")
    # To wikiextractor it is a line like others, with the full stop that the others get from it.
    return _TITLE.sub(rf"\n{HEADING}1\1.\2", text)[1:]


def _marked(match: re.Match[str]) -> str:
    sign, link = match[1], match[2] or ""
    if sign[0] == "=":
        return f"\n{sign} {HEADING}{len(sign)}{link}"
    if sign[-1] == ";":
        return f"\n{HEADING}{TERM_LEVEL}{link}"
    if sign.strip(":"):
        return f"\n*{link}" if link else f"\n{ITEM}"
    # An indented line; as wikiextractor takes it, it would come before its heading.
    return f"\n{link}"


@dataclass(slots=True)
class _Section:
    level: int
    title: str
    of_references: bool
    is_told: bool = False

    @property
    def is_definition(self) -> bool:
        """Whether it is a term with its definition on the same line, or no term at all."""
        return self.level == TERM_LEVEL and (": " in self.title or reads_as_clause(self.title))


def article(text: str, keep_headings: bool) -> str:
    kept: list[str] = []
    path: list[_Section] = []  # in which a line is, from the outermost
    is_new = of_references = False
    for whole in text.split("\n"):
        line = whole.strip()
        if not line:
            continue
        if line[0] == HEADING and (section := _section(line)):
            while path and path[-1].level >= section.level:
                path.pop()
            is_new = True
            is_definition = section.is_definition
            if not is_definition:
                path.append(section)
            of_references = any(outer.of_references for outer in path)
            if not is_definition:
                continue
            line = section.title
        is_item = line[0] == ITEM
        if is_item:
            if of_references:
                continue
            line = line[1:].lstrip()
        if ITEM in line or HEADING in line:
            line = _MARKS.sub("", line)
        if is_item and not reads_as_clause(line):
            continue
        if is_new and keep_headings:
            kept.extend(_untold(path))
            is_new = False
        kept.append(BULLET + line if is_item else line)
    return "\n".join(kept)


def _section(line: str) -> _Section | None:
    """Return the section that a line begins, if it is a heading or a term."""
    if not re.match("[0-9]", line[1:]):
        return None
    level, title = int(line[1]), line[2:]
    if HEADING in title or ITEM in title:
        title = _MARKS.sub("", title)
    title = title.strip()
    if level != TERM_LEVEL:
        title = title.removesuffix(".").rstrip()
    return _Section(level, title, title.lower() in _REFERENCES)


def _untold(path: list[_Section]) -> Iterator[str]:
    """Yield the titles that no line has come after yet."""
    for section in path:
        if section.title and not section.is_told:
            section.is_told = True
            yield section.title


def reads_as_clause(item: str) -> bool:
    words = (_TAG.sub(" ", item) if "<" in item else item).split()
    if len(words) < MIN_ITEM_WORDS:  # as most items
        return False
    first_letters = [word[0] for word in words if word[0].isalpha()]
    small = sum(map(str.islower, first_letters))
    return len(first_letters) >= MIN_ITEM_WORDS and 2 * small >= len(first_letters)


# English names work in every wiki, and these are the aliases of the Romanian ones (MessagesRo.php).
ALIASES = {
    "Image", "File", "Media", "Category", "Template", "Special", "Help", "Portal", "User", "Talk",
    "Wikipedia", "Project", "Imagine", "Fişier", "Fișier", "Categorie", "Format", "Ajutor",
    "Utilizator", "Discuție", "Discuţie", "Discuţie Utilizator", "Proiect",
}  # fmt: skip
_ALIASES = {name.lower() for name in ALIASES}


def _label(match: re.Match[str], namespaces: set[str]) -> str:
    prefix = match[1].strip()
    known = prefix.lower() in _ALIASES or prefix in namespaces or _INTERWIKI.match(prefix)
    return match[0] if known else match[3] or f"{match[1]}:{match[2]}"
