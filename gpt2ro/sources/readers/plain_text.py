"""Plain text, OSCAR 2019 (a blank line ends a document) and OPUS sentences."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from gpt2ro.sources.compression import decompressed
from gpt2ro.sources.readers import Extracted
from gpt2ro.sources.settings import ExtractionSettings
from gpt2ro.sources.text import text_lines, text_runs

# What ends a paragraph in a run of lines: the end of its last line, and blank lines.
BLANK_LINES = re.compile(r"\n(?:[^\S\n]*(?:\n|\Z))+")


def read_text(
    path: Path, settings: ExtractionSettings, left_out: Counter[str]
) -> Iterator[Extracted]:
    """Yield a text file as `text_documents` says, long documents cut at line ends."""
    runs = _runs(path, settings)
    if settings.text_documents == "file":
        yield from map(Extracted, pieces(runs, settings.max_document_characters))
        return
    for text in paragraphs(runs):
        if len(text) < settings.max_document_characters:
            yield Extracted(text.strip())
        else:
            yield from map(Extracted, pieces([text], settings.max_document_characters))


def read_oscar_2019(
    path: Path, settings: ExtractionSettings, left_out: Counter[str]
) -> Iterator[Extracted]:
    """Yield the documents of an OSCAR 2019 part: lines up to a blank line."""
    yield from map(Extracted, paragraphs(_runs(path, settings)))


def read_sentences(
    path: Path, settings: ExtractionSettings, left_out: Counter[str]
) -> Iterator[Extracted]:
    """Yield OPUS monolingual text: `lines_per_document` consecutive sentences make a document."""
    blocks = decompressed(path, settings.max_expansion)
    lines = text_lines(blocks, str(path), settings.invalid_utf8)
    for group in batches(filter(str.strip, lines), settings.lines_per_document):
        yield Extracted("\n".join(group))


def _runs(path: Path, settings: ExtractionSettings) -> Iterator[str]:
    blocks = decompressed(path, settings.max_expansion)
    return text_runs(blocks, str(path), settings.invalid_utf8)


def paragraphs(runs: Iterable[str]) -> Iterator[str]:
    """Yield the texts between blank lines.

    Args:
        runs: lines in a row, `\\n` between two.
    """
    pending: list[str] = []  # runs, and the end of one, that a text goes on behind
    for run in runs:
        blanks = len(run) - len(run.lstrip())
        start = run.rfind("\n", 0, blanks) + 1
        if (start or blanks == len(run)) and pending:
            yield "\n".join(pending)
            pending = []
        if blanks == len(run):
            continue
        first, *others = BLANK_LINES.split(run[start:])
        pending.append(first)
        if others:
            yield "\n".join(pending)
            yield from others[:-1]
            # Nothing, if the last line is blank.
            pending = others[-1:] if others[-1] else []
    if pending:
        yield "\n".join(pending)


def pieces(runs: Iterable[str], max_characters: int) -> Iterator[str]:
    """Cut lines into texts of about `max_characters` at most; a longer line stays whole.

    Blanks around a text go, and a text of nothing else with them.

    Args:
        runs: lines in a row, `\\n` between two.
    """
    pending: list[str] = []
    characters = 0  # each line's end with it
    for run in runs:
        pending.append(run)
        characters += len(run) + 1
        if characters <= max_characters:
            continue
        text = "\n".join(pending)
        start = 0
        while len(text) - start >= max_characters:
            # The last line end that leaves a text short enough, or the first one.
            end = text.rfind("\n", start, start + max_characters)
            if end < 0 and (end := text.find("\n", start + max_characters)) < 0:
                break
            if piece := text[start:end].strip():
                yield piece
            start = end + 1
        pending = [text[start:]]
        characters = len(text) - start + 1
    if piece := "\n".join(pending).strip():
        yield piece


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
