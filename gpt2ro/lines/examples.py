"""Some of what was taken out of documents, to be shown: a sample that no order changes."""

from typing import Any

import numpy as np

from gpt2ro.lines.keys import Keys

# Enough to see in 5 % steps how often the rule is wrong.
EXAMPLES = 20
MAX_KEY = 2**64 - 1
MAX_CHARACTERS = 300


class Examples:
    """Keeps those with the lowest keys, which are hashes, so a sample of all, each key once."""

    def __init__(self) -> None:
        self._kept: dict[int, dict[str, Any]] = {}
        self._last = MAX_KEY  # higher keys are not kept

    def wants(self, key: int) -> bool:
        """Return whether an example with this key would be kept."""
        return key <= self._last and key not in self._kept

    def wanted(self, keys: Keys) -> list[int]:
        """Return where keys that would be kept stand first, the lowest of them first."""
        places = np.flatnonzero(keys <= np.uint64(self._last))
        found, firsts = np.unique(keys[places], return_index=True)
        pairs = zip(found.tolist(), places[firsts].tolist(), strict=True)
        return [place for key, place in pairs if key not in self._kept][:EXAMPLES]

    def add(self, key: int, example: dict[str, Any]) -> None:
        """Keep an example, and give up the one with the highest key where it is too many."""
        self._kept[key] = {"key": f"{key:016x}", **example}
        if len(self._kept) > EXAMPLES:
            del self._kept[max(self._kept)]
        if len(self._kept) == EXAMPLES:
            self._last = max(self._kept)

    def sorted(self) -> list[dict[str, Any]]:
        """Return what is kept, each with its `key`, the lowest first."""
        return [self._kept[key] for key in sorted(self._kept)]


def shown(text: str) -> str:
    """Return a text, or the beginning of a long one."""
    return text if len(text) <= MAX_CHARACTERS else text[:MAX_CHARACTERS].rstrip() + "…"
