"""Plain text, OSCAR 2019 (a blank line ends a document) and OPUS sentences."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from gpt2ro.sources.compression import decompressed
from gpt2ro.sources.readers import Extracted
from gpt2ro.sources.settings import ExtractionSettings
from gpt2ro.sources.text import text_lines


def read_text(
    path: Path, settings: ExtractionSettings, left_out: Counter[str]
) -> Iterator[Extracted]:
    """Yield a text file as `text_documents` says, long documents cut at line ends."""
    lines = _lines(path, settings)
    if settings.text_documents == "file":
        yield from map(Extracted, pieces(lines, settings.max_document_characters))
        return
    for group in paragraphs(lines):
        text = "\n".join(group)
        if len(text) < settings.max_document_characters:
            yield Extracted(text.strip())
        else:
            yield from map(Extracted, pieces(group, settings.max_document_characters))


def read_oscar_2019(
    path: Path, settings: ExtractionSettings, left_out: Counter[str]
) -> Iterator[Extracted]:
    """Yield the documents of an OSCAR 2019 part: lines up to a blank line."""
    for group in paragraphs(_lines(path, settings)):
        yield Extracted("\n".join(group))


def read_sentences(
    path: Path, settings: ExtractionSettings, left_out: Counter[str]
) -> Iterator[Extracted]:
    """Yield OPUS monolingual text: `lines_per_document` consecutive sentences make a document."""
    lines = _lines(path, settings)
    for group in batches(filter(str.strip, lines), settings.lines_per_document):
        yield Extracted("\n".join(group))


def _lines(path: Path, settings: ExtractionSettings) -> Iterator[str]:
    blocks = decompressed(path, settings.max_expansion)
    return text_lines(blocks, str(path), settings.invalid_utf8)


def paragraphs(lines: Iterable[str]) -> Iterator[list[str]]:
    """Group lines up to the next blank line."""
    group: list[str] = []
    for line in lines:
        if line.strip():
            group.append(line)
        elif group:
            yield group
            group = []
    if group:
        yield group


def pieces(lines: Iterable[str], max_characters: int) -> Iterator[str]:
    """Join lines to texts of about `max_characters` at most; a longer line stays whole.

    Blanks around a text go, and a text of nothing else with them.
    """
    piece: list[str] = []
    characters = 0
    for line in lines:
        if piece and characters + len(line) + 1 > max_characters:
            if text := "\n".join(piece).strip():
                yield text
            piece, characters = [], 0
        piece.append(line)
        characters += len(line) + 1
    if text := "\n".join(piece).strip():
        yield text


def batches(lines: Iterable[str], size: int) -> Iterator[list[str]]:
    """Group `size` consecutive lines; the last group may be shorter."""
    batch: list[str] = []
    for line in lines:
        batch.append(line)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
