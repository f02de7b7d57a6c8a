"""What becomes of a document that has lines of its site's pages."""

import re
from typing import Any

from gpt2ro.documents import Document
from gpt2ro.lines.examples import Examples, shown
from gpt2ro.lines.keys import document_keys, site
from gpt2ro.lines.tables import LineIndex

REASON = "repeated lines"
BLANK_LINES = re.compile(r"\n{3,}")


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

    def apply(self, document: Document) -> None:
        """Take the lines out, or give a document of which too little would stay a reason."""
        keys = document_keys(document)
        # Lists: most documents have few lines, with which numpy is slower.
        *documents, of_site = self._index.documents(keys.all).tolist()
        needed = max(1, self._min_share * of_site)
        repeated = [number >= needed for number in documents]
        if not any(repeated):
            return
        lines = document.text.split("\n")
        places = [place for place, gone in enumerate(repeated) if gone]
        for place, key in zip(places, keys.lines[places].tolist(), strict=True):
            if self._examples.wants(key):
                example = {"line": shown(lines[place]), "site": site(document)}
                self._examples.add(key, example | {"documents": documents[place], "of": of_site})
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
    return BLANK_LINES.sub("\n\n", "\n".join(kept)).strip("\n")
