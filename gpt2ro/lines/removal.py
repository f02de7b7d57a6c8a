"""What becomes of a document that has lines of its site's pages."""

import re
from typing import Any

from gpt2ro.documents import Document
from gpt2ro.lines.keys import document_keys, site
from gpt2ro.lines.tables import LineIndex

REASON = "repeated lines"
BLANK_LINES = re.compile(r"\n{3,}")

# Removed lines that are kept to be shown: enough to see in 5 % steps how often the rule is wrong.
EXAMPLES = 20
MAX_KEY = 2**64 - 1
MAX_CHARACTERS = 300


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
            min_characters: a document that would have fewer is dropped.
        """
        self._index = index
        self._min_share = min_share
        self._min_characters = min_characters
        self._examples: dict[int, dict[str, Any]] = {}
        self._last_example = MAX_KEY  # lines with higher keys are not shown
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
            if key <= self._last_example and key not in self._examples:
                self._note(key, lines[place], site(document), (documents[place], of_site))
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
        """Some of the lines that went: `key`, `line`, `site`, `documents` that have it, `of` all.

        They are those with the lowest keys, which are hashes: a sample of all that went, and the
        same one whatever the order of the documents.
        """
        return [self._examples[key] for key in sorted(self._examples)]

    def _note(self, key: int, line: str, site_name: str, counts: tuple[int, int]) -> None:
        """Keep a line to be shown, and give up the one with the highest key where it is too many.

        Args:
            counts: documents of the site that have it, and all of the site.
        """
        self._examples[key] = {
            "key": f"{key:016x}",
            "line": line if len(line) <= MAX_CHARACTERS else line[:MAX_CHARACTERS].rstrip() + "…",
            "site": site_name,
            "documents": counts[0],
            "of": counts[1],
        }
        if len(self._examples) > EXAMPLES:
            del self._examples[max(self._examples)]
        if len(self._examples) == EXAMPLES:
            self._last_example = max(self._examples)


def without(lines: list[str], removed: list[bool]) -> str:
    """Return the text of the lines that are not marked, with at most one blank line between two."""
    kept = [line for line, gone in zip(lines, removed, strict=True) if not gone]
    return BLANK_LINES.sub("\n\n", "\n".join(kept)).strip("\n")
