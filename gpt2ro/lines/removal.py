"""What becomes of a document that has lines of its site's pages."""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gpt2ro.arrays import distinct
from gpt2ro.documents import Document
from gpt2ro.lines.blocks import BlockKeys
from gpt2ro.lines.examples import Examples, shown
from gpt2ro.lines.keys import Keys, document_keys, site
from gpt2ro.lines.tables import LineIndex, Numbers

REASON = "repeated lines"
BLANK_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True)
class LineCounts:
    """How many documents of its site have each line of a document.

    Attributes:
        keys: of the lines, (lines,) uint64.
        documents: that have each line, (lines,) uint32.
        of_site: all documents of the site.
        repeated: whether these are so many that the line goes, (lines,) bool.
    """

    keys: Keys
    documents: Numbers
    of_site: np.uint32
    repeated: NDArray[np.bool_]


class RepeatedLines:
    """Takes out of documents the lines that many documents of their site have, and counts them.

    Attributes:
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
        self._min_characters = max(1, min_characters)
        self._examples = Examples()
        self.documents = 0
        self.lines = 0
        self.bytes = 0

    def of_concerned(self, found: BlockKeys) -> list[LineCounts | None]:
        """Return the counts of each document of a block that `apply` would change, or None."""
        of_sites = self._index.documents(found.sites)
        documents = self._index.documents(found.lines)
        repeated = documents >= self._needed(of_sites)[found.owners]
        counts: list[LineCounts | None] = [None] * len(found.sites)
        for place in distinct(found.owners[repeated]).tolist():
            start, stop = np.searchsorted(found.owners, (place, place + 1))
            lines = slice(start, stop)
            counts[place] = LineCounts(
                found.lines[lines], documents[lines], of_sites[place], repeated[lines]
            )
        return counts

    def _counts(self, document: Document) -> LineCounts:
        keys = document_keys(document)
        found = self._index.documents(keys.all)
        documents, of_site = found[:-1], found[-1]
        return LineCounts(keys.lines, documents, of_site, documents >= self._needed(of_site))

    def _needed(self, of_site: Numbers | np.uint32) -> NDArray[np.float64]:
        """Return how many documents of a site must have a line that goes."""
        needed: NDArray[np.float64] = np.maximum(1, self._min_share * of_site)
        return needed

    def apply(self, document: Document, counts: LineCounts | None = None) -> None:
        """Take the lines out, or give a document of which too little would stay a reason.

        Args:
            counts: of its lines, if they are known.
        """
        counts = counts or self._counts(document)
        repeated: list[bool] = counts.repeated.tolist()
        places = [place for place, gone in enumerate(repeated) if gone]
        if not places:
            return
        lines = document.text.split("\n")
        for place, key in zip(places, counts.keys[places].tolist(), strict=True):
            if self._examples.wants(key):
                example = {"line": shown(lines[place]), "site": site(document)}
                numbers = {"documents": int(counts.documents[place]), "of": int(counts.of_site)}
                self._examples.add(key, example | numbers)
        document.meta["repeated_lines"] = len(places)
        rest = without(lines, repeated)
        if len(rest) < self._min_characters:
            document.reason = REASON
            return
        self.documents += 1
        self.lines += len(places)
        self.bytes += len(document.text.encode()) - len(rest.encode())
        document.text = rest

    @property
    def examples(self) -> list[dict[str, Any]]:
        """Some of what went: `key`, `line`, `site`, and the `documents` that have it `of` all."""
        return self._examples.sorted()


def without(lines: list[str], removed: list[bool]) -> str:
    """Return the text of the lines that are not marked, with at most one blank line between two."""
    kept = [line for line, gone in zip(lines, removed, strict=True) if not gone]
    text = "\n".join(kept).strip("\n")
    return BLANK_LINES.sub("\n\n", text) if "\n\n\n" in text else text
