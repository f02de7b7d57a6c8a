"""What becomes of a document that has lines of its site's pages."""

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gpt2ro.dedupe.decisions import DecidedBlock
from gpt2ro.documents import Document
from gpt2ro.lines.blocks import block_keys
from gpt2ro.lines.examples import Examples, shown
from gpt2ro.lines.keys import document_keys, site
from gpt2ro.lines.tables import LineIndex, Numbers

REASON = "repeated lines"
BLANK_LINES = re.compile(r"\n{3,}")


class RepeatedLines:
    """Takes out of documents the lines that many documents of their site have, and counts them.

    Attributes:
        min_characters: a document that lost lines and would have fewer is dropped.
        documents: that lost lines and stay.
        lines, bytes: that these lost, blank lines to spare among the bytes.
    """

    def __init__(self, index: LineIndex, min_share: float, min_characters: int) -> None:
        """Prepare to remove.

        Args:
            min_share: of the site's documents must have the line.
            min_characters: a document that would have fewer, or none, is dropped.
        """
        self._index = index
        self._min_share = min_share
        self.min_characters = max(1, min_characters)
        self._examples = Examples()
        self.documents = 0
        self.lines = 0
        self.bytes = 0

    def gone(self, block: DecidedBlock) -> bytes:
        """Return the lines that go from a block's documents, and show some of them as examples.

        They are rows of two numbers, the places of a document in its block and of a line in its
        text, both from 0 and ascending, 8 bytes each, little-endian.

        Raises:
            UserError: a line of the block is no document, or another one than the decision is of.
        """
        found = block_keys(block, each_once=False)
        of_sites = self._index.documents(found.sites)
        documents = self._index.documents(found.lines)
        rows = np.flatnonzero(documents >= self._needed(of_sites)[found.owners])
        owners = found.owners[rows]
        places = rows - np.searchsorted(found.owners, owners)
        for number in self._examples.wanted(found.lines[rows]):
            row, owner, place = (int(values[number]) for values in (rows, owners, places))
            document = block.document(owner)
            line = document.text.split("\n")[place]
            self._show(document, line, found.lines[row], documents[row], of_sites[owner])
        return np.stack([owners, places], axis=1).astype("<u8").tobytes()

    def enter(self, documents: int, lines: int, size: int) -> None:
        """Count documents that lost lines and stay, these lines, and bytes that they lost."""
        self.documents += documents
        self.lines += lines
        self.bytes += size

    def _needed(self, of_site: Numbers | np.uint32) -> NDArray[np.float64]:
        """Return how many documents of a site must have a line that goes."""
        needed: NDArray[np.float64] = np.maximum(1, self._min_share * of_site)
        return needed

    def apply(self, document: Document) -> None:
        """Take the lines out, or give a document of which too little would stay a reason."""
        keys = document_keys(document)
        found = self._index.documents(keys.all)
        documents, of_site = found[:-1], found[-1]
        repeated: list[bool] = (documents >= self._needed(of_site)).tolist()
        places = [place for place, is_gone in enumerate(repeated) if is_gone]
        if not places:
            return
        lines = document.text.split("\n")
        for place in places:
            if self._examples.wants(int(keys.lines[place])):
                self._show(document, lines[place], keys.lines[place], documents[place], of_site)
        document.meta["repeated_lines"] = len(places)
        rest = without(lines, repeated)
        if len(rest) < self.min_characters:
            document.reason = REASON
            return
        self.enter(1, len(places), len(document.text.encode()) - len(rest.encode()))
        document.text = rest

    def _show(
        self, document: Document, line: str, key: np.uint64, documents: np.uint32, of: np.uint32
    ) -> None:
        """Keep a line as an example."""
        example = {"line": shown(line), "site": site(document)}
        self._examples.add(int(key), example | {"documents": int(documents), "of": int(of)})

    @property
    def examples(self) -> list[dict[str, Any]]:
        """Some of what went: `key`, `line`, `site`, and the `documents` that have it `of` all."""
        return self._examples.sorted()


def without(lines: list[str], removed: list[bool]) -> str:
    """Return the text of the lines that are not marked, with at most one blank line between two."""
    kept = [line for line, gone in zip(lines, removed, strict=True) if not gone]
    text = "\n".join(kept).strip("\n")
    return BLANK_LINES.sub("\n\n", text) if "\n\n\n" in text else text
