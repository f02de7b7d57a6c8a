"""One reader for each format: a file in, texts and what is known of them out."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from gpt2ro.sources.input_file import Position
from gpt2ro.sources.settings import ExtractionSettings


@dataclass(slots=True)
class Extracted:
    """A text and what the file says of it: title, url, ..."""

    text: str
    meta: dict[str, Any] = field(default_factory=dict)


class Reader(Protocol):
    """Yields the texts of a file, in its order; counts what it leaves out, and how far it is."""

    def __call__(
        self, path: Path, settings: ExtractionSettings, left_out: Counter[str], position: Position
    ) -> Iterator[Extracted]: ...
