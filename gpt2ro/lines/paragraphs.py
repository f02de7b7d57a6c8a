"""Paragraphs that several documents of the corpus have; they stay in one of them.

Which one is a matter of ranks. Rank 1 is that of the valid and test documents, which lose nothing;
then come the train documents of each part, in the order of `dedupe.corpus.preferred_order`; in a
part, the document that comes first. An index of ranks has the layout of a table of lines.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gpt2ro.documents import Document
from gpt2ro.errors import UserError
from gpt2ro.files import read_json
from gpt2ro.lines.examples import Examples, shown
from gpt2ro.lines.keys import KEY, Keys
from gpt2ro.lines.removal import without
from gpt2ro.lines.tables import LineIndex
from gpt2ro.native import paragraphs

REASON = "copied paragraphs"
HELD_OUT_RANK = 1
HELD_OUT = "valid, test"


@dataclass(frozen=True)
class Paragraphs:
    """The paragraphs of a text that have words enough, in order.

    Attributes:
        keys: of each, (paragraphs,) uint64.
        lines: the first of its lines and the one after its last, (paragraphs, 2) uint64.
    """

    keys: Keys
    lines: NDArray[np.uint64]


def text_paragraphs(text: str, min_words: int) -> Paragraphs:
    """Return the paragraphs of so many words or more.

    A line that has them is a paragraph; shorter ones in a row, wrapped lines or verses, are one
    together, which a line without letters and digits ends. A key is the XXH3 hash of the folded
    words, with 64 bits.
    """
    rows = np.frombuffer(paragraphs(text, min_words), KEY).reshape(-1, 3)
    return Paragraphs(rows[:, 0], rows[:, 1:])


class ParagraphIndex:
    """The paragraphs that several documents have, with the rank of those where they stay."""

    def __init__(self, path: Path) -> None:
        """Map the table; the file with the names of the parts lies beside it.

        Raises:
            UserError: one is missing or damaged.
        """
        self._names = path.with_suffix(".json")
        names = read_json(self._names)
        if not isinstance(names, list):
            raise UserError(
                f"{self._names}: no list of parts found; delete it and run the step "
                "paragraph_index again."
            )
        self._parts: Sequence[str] = [HELD_OUT, *names]
        self.table = LineIndex(path)

    def rank(self, part: str) -> int:
        """Return the rank of the train documents of `source/part`.

        Raises:
            UserError: the index is that of other parts.
        """
        if part not in self._parts:
            raise UserError(
                f"{self._names}: no part {part}; it is of another run; run the step "
                "paragraph_index again."
            )
        return HELD_OUT_RANK + self._parts.index(part)

    def name(self, rank: int) -> str:
        """Return where the documents with a rank are: `source/part`, or HELD_OUT."""
        return self._parts[rank - HELD_OUT_RANK]


class CopiedParagraphs:
    """Takes out of the train documents of a part the paragraphs that stay elsewhere.

    Attributes:
        documents: that lost paragraphs and stay.
        paragraphs, bytes: that these lost, blank lines to spare among the bytes.
    """

    def __init__(
        self, index: ParagraphIndex, part: str, min_words: int, min_characters: int
    ) -> None:
        """Prepare to remove.

        Args:
            part: source/part.
            min_words: as the index was made with.
            min_characters: a document that would have fewer, or none, is dropped.

        Raises:
            UserError: the index is that of other parts.
        """
        self._index = index
        self._part = part
        self._rank = index.rank(part)
        self._min_words = min_words
        self._min_characters = max(1, min_characters)
        # Of the part's own, which of them a document before had; a byte a row, and of these only
        # the pages that are written to take memory.
        self._met = np.zeros(len(index.table.numbers), np.bool_)
        self._examples = Examples()
        self.documents = 0
        self.paragraphs = 0
        self.bytes = 0

    def apply(self, document: Document) -> None:
        """Take the paragraphs out, or give a document of which too little would stay a reason.

        One in which a paragraph stays that others lose for its sake is never dropped.
        """
        found = text_paragraphs(document.text, self._min_words)
        rows, ranks = self._index.table.find(found.keys)
        if not ranks.any():
            return
        own = (ranks == self._rank) & ~self._met[rows]
        self._met[rows[own]] = True
        gone = np.flatnonzero((ranks > 0) & ~own)
        if not len(gone):
            return
        lines = document.text.split("\n")
        removed = [False] * len(lines)
        for place in gone.tolist():
            start, stop = found.lines[place].tolist()
            removed[start:stop] = [True] * (stop - start)
            key = int(found.keys[place])
            if self._examples.wants(key):
                self._examples.add(
                    key,
                    {
                        "paragraph": shown("\n".join(lines[start:stop])),
                        "document": document.id,
                        "stays_in": self._index.name(int(ranks[place])),
                    },
                )
        document.meta["copied_paragraphs"] = len(gone)
        rest = without(lines, removed)
        if len(rest) < self._min_characters and not own.any():
            document.reason = REASON
            return
        self.documents += 1
        self.paragraphs += len(gone)
        self.bytes += len(document.text.encode()) - len(rest.encode())
        document.text = rest

    def stats(self) -> dict[str, Any]:
        """Return what went, once all documents of the part were given.

        Examples have `key`, `paragraph`, the `document` that lost it, and the part it `stays_in`.

        Raises:
            UserError: a paragraph that was to stay in this part was not there, so it is lost.
        """
        lost = np.count_nonzero((self._index.table.numbers == self._rank) & ~self._met)
        if lost:
            raise UserError(
                f"{self._part}: {lost:,} paragraphs found missing that the other parts lose for its"
                " sake; the index of paragraphs is of another run; run the steps paragraphs and "
                "paragraph_index again."
            )
        return {
            "documents": self.documents,
            "paragraphs": self.paragraphs,
            "bytes": self.bytes,
            "examples": self._examples.sorted(),
        }
