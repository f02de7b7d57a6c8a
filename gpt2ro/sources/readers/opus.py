"""OPUS zip archives: XML files of sentences, and Moses pairs."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from gpt2ro.errors import UserError
from gpt2ro.sources.archive import members
from gpt2ro.sources.input_file import Position
from gpt2ro.sources.readers import Extracted
from gpt2ro.sources.readers.detokenise import joined
from gpt2ro.sources.readers.plain_text import batches
from gpt2ro.sources.settings import ExtractionSettings
from gpt2ro.sources.text import text_lines
from gpt2ro.sources.xml_parsing import XmlReader


def read_opus_xml(
    path: Path, settings: ExtractionSettings, left_out: Counter[str], position: Position
) -> Iterator[Extracted]:
    """Yield one document for each XML file of the archive, raw or tokenised, a sentence a line.

    Raises:
        UserError: the archive is damaged or has no XML file, or one of them is not XML.
    """
    found = False
    for name, content in members(path, settings.max_expansion, position):
        if name.endswith(".xml"):
            found = True
            if text := "\n".join(filter(None, sentences(content, f"{path}: {name}"))):
                yield Extracted(text, {"title": name})
            else:
                left_out["empty"] += 1
    if not found:
        raise UserError(
            f"{path}: no member ends in .xml; expected an archive of OPUS XML files; unpack one of "
            "other texts."
        )


def read_opus_moses(
    path: Path, settings: ExtractionSettings, left_out: Counter[str], position: Position
) -> Iterator[Extracted]:
    """Yield the Romanian side of a Moses archive, `lines_per_document` sentences a document.

    Raises:
        UserError: the archive has no member that ends in .ro.
    """
    found = False
    for name, content in members(path, settings.max_expansion, position):
        if name.endswith(".ro"):
            found = True
            lines = text_lines(content, f"{path}: {name}", settings.invalid_utf8)
            for group in batches(filter(str.strip, lines), settings.lines_per_document):
                yield Extracted("\n".join(group))
    if not found:
        raise UserError(f"{path}: no member ends in .ro; expected a Moses archive with Romanian.")


def sentences(content: Iterator[bytes], where: str) -> list[str]:
    """Return the text of each `<s>`, which is its tokens joined, or its own text.

    Raises:
        UserError: it is not XML, or it declares entities.
    """
    collector = _Sentences()
    reader = XmlReader(where, collector.start, collector.end, collector.characters)
    for block in content:
        reader.feed(block)
    reader.feed(b"", last=True)
    return collector.found


class _Sentences:
    """Collects sentences from the elements of a file, however deep; one in another is its part."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._depth = 0  # of sentences
        self._text: list[str] = []
        self._words: list[str] = []
        self._in_word = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._in_word = name == "w" and self._depth > 0
        if self._in_word:
            self._words.append("")
        elif name == "s":
            self._depth += 1

    def characters(self, text: str) -> None:
        if self._depth:
            self._text.append(text)
        if self._in_word:
            self._words[-1] += text

    def end(self, name: str) -> None:
        self._in_word = False
        if name != "s":
            return
        self._depth -= 1
        if self._depth == 0:
            plain = " ".join("".join(self._text).split())
            self.found.append(joined(self._words) if self._words else plain)
            self._text.clear()
            self._words.clear()
