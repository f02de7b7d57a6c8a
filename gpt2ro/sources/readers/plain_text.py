"""OPUS sentences: text without marks of where a document ends."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from gpt2ro.sources.compression import decompressed
from gpt2ro.sources.input_file import Position
from gpt2ro.sources.readers import Extracted
from gpt2ro.sources.settings import ExtractionSettings
from gpt2ro.sources.text import text_lines


def read_sentences(
    path: Path, settings: ExtractionSettings, left_out: Counter[str], position: Position
) -> Iterator[Extracted]:
    """Yield OPUS monolingual text: `lines_per_document` consecutive sentences make a document."""
    blocks = decompressed(path, settings.max_expansion, position)
    lines = text_lines(blocks, str(path), settings.invalid_utf8)
    for group in batches(filter(str.strip, lines), settings.lines_per_document):
        yield Extracted("\n".join(group))


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
