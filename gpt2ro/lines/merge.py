"""Tables merged into one, in memory that does not grow with them."""

from collections.abc import Iterator, Sequence

import numpy as np

from gpt2ro.lines.tables import COUNT, Counts, Table

# Entries in memory at once, of all tables together: 50 MB, and about three times that while they
# are sorted. Of a table at least so many are read at a time, 12 KB, lest a thousand tables cost a
# thousand seeks for each megabyte.
BUFFER_ENTRIES = 4_000_000
MIN_BLOCK_ENTRIES = 1_024


def merged(
    tables: Sequence[Table], combine: np.ufunc = np.add, buffer_entries: int = BUFFER_ENTRIES
) -> Iterator[Counts]:
    """Yield the sums of all tables as consecutive pieces: keys ascending, each once.

    Args:
        combine: what becomes of the numbers of one key, np.minimum for the lowest.
    """
    block = max(MIN_BLOCK_ENTRIES, buffer_entries // max(1, len(tables)))
    cursors = [Cursor(table, block) for table in tables if table.entries]
    while cursors:
        # Up to the first end of a block, no table can have a key that is not in memory.
        limit = min(cursor.limit for cursor in cursors)
        yield combined([cursor.take(limit) for cursor in cursors], combine)
        cursors = [cursor for cursor in cursors if cursor.fill()]


class Cursor:
    """A place in a table, and the block that begins there."""

    def __init__(self, table: Table, block: int) -> None:
        self._table = table
        self._size = block
        self._next = 0
        self._block: Counts
        self._read()

    @property
    def limit(self) -> int:
        """The last key of the block."""
        return int(self._block.keys[-1])

    def take(self, limit: int) -> Counts:
        """Return the entries of the block up to a key, that one included, and pass over them."""
        end = int(np.searchsorted(self._block.keys, np.uint64(limit), "right"))
        taken, self._block = self._block.part(0, end), self._block.part(end)
        return taken

    def fill(self) -> bool:
        """Read the next block if this one is used up; return whether there is anything left."""
        if not len(self._block) and self._next < self._table.entries:
            self._read()
        return len(self._block) > 0

    def _read(self) -> None:
        self._block = self._table.read(self._next, self._size)
        self._next += len(self._block)


def combined(pieces: Sequence[Counts], combine: np.ufunc) -> Counts:
    """Return some entries, in any order, combined by key: keys ascending, each once."""
    keys = np.concatenate([piece.keys for piece in pieces])
    documents = np.concatenate([piece.documents for piece in pieces])
    order = np.argsort(keys, kind="stable")
    keys, documents = keys[order], documents[order]
    firsts = np.flatnonzero(np.append(True, keys[1:] != keys[:-1]))
    return Counts(keys[firsts], combine.reduceat(documents, firsts, dtype=COUNT))
