"""Tables of how many documents have a key, on disk, sorted.

A table of n keys is the head of `gpt2ro.record_file`, n little-endian uint64, ascending, each once,
and then n little-endian uint32, the documents of each: `numpy.fromfile(path, "<u8", n, offset=32)`,
where n is (size of the file - 32) / 12.
"""

import os
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from gpt2ro.lines.keys import KEY, Keys
from gpt2ro.record_file import HEAD, RecordFormat, RecordWriter

COUNT = np.dtype("<u4")
TABLE_FILE = RecordFormat("gpt2ro table", 2, KEY.itemsize + COUNT.itemsize)

Numbers = NDArray[np.uint32]


@dataclass(frozen=True)
class Counts:
    """Some entries of a table.

    Attributes:
        keys: ascending, each once, (entries,) uint64.
        documents: that have the key, (entries,) uint32.
    """

    keys: Keys
    documents: Numbers

    def __len__(self) -> int:
        return len(self.keys)

    def part(self, start: int, stop: int | None = None) -> "Counts":
        """Return the entries from one place to another."""
        return Counts(self.keys[start:stop], self.documents[start:stop])

    def where(self, wanted: NDArray[np.bool_]) -> "Counts":
        """Return the entries marked, (entries,) bool."""
        return Counts(self.keys[wanted], self.documents[wanted])


class StoredTable:
    """A table without a head in a file that is open, read piece by piece.

    Attributes:
        entries: of the table.
    """

    def __init__(self, descriptor: int, entries: int) -> None:
        self._descriptor = descriptor
        self.entries = entries

    def read(self, start: int, count: int) -> Counts:
        """Return up to so many entries."""
        return _read(self._descriptor, 0, self.entries, start, count)


class TablePath:
    """A table under a name; it is opened for every piece, so thousands can be merged.

    Attributes:
        entries: of the table.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.entries = table_entries(path)

    def read(self, start: int, count: int) -> Counts:
        """Return up to so many entries."""
        descriptor = os.open(self._path, os.O_RDONLY)
        try:
            return _read(descriptor, HEAD.size, self.entries, start, count)
        finally:
            os.close(descriptor)


Table = StoredTable | TablePath


def _read(descriptor: int, table: int, entries: int, start: int, count: int) -> Counts:
    """Return entries of a table that begins at the byte `table` of a file."""
    count = min(count, entries - start)
    first = table + start * KEY.itemsize
    second = table + entries * KEY.itemsize + start * COUNT.itemsize
    keys = os.pread(descriptor, count * KEY.itemsize, first)
    documents = os.pread(descriptor, count * COUNT.itemsize, second)
    return Counts(np.frombuffer(keys, KEY), np.frombuffer(documents, COUNT))


def table_entries(path: Path) -> int:
    """Return how many entries a table has.

    Raises:
        UserError: it is missing or damaged.
    """
    return TABLE_FILE.verified_count(path)


def write_table(path: Path, pieces: Iterable[Counts]) -> None:
    """Write consecutive pieces as one table, complete or not at all, in the memory of one piece."""
    with TABLE_FILE.writer(path) as file:
        write_pieces(file, pieces, path.parent)


def write_pieces(file: IO[bytes] | RecordWriter, pieces: Iterable[Counts], folder: Path) -> None:
    """Write consecutive pieces as one table without a head.

    Args:
        folder: where the second column waits, in a file without a name, until the first is written.
    """
    with tempfile.TemporaryFile(dir=folder) as second:
        for piece in pieces:
            # Not tofile: its error at a full disk does not say so.
            file.write(piece.keys.astype(KEY).data)
            second.write(piece.documents.astype(COUNT).data)
        second.seek(0)
        shutil.copyfileobj(second, file)


class LineIndex:
    """A table to look keys up in; it is mapped, so that jobs side by side share its memory."""

    def __init__(self, path: Path) -> None:
        """Map a table.

        Raises:
            UserError: it is missing or damaged.
        """
        entries = table_entries(path)
        self._keys: Keys = np.empty(0, KEY)
        self._documents: Numbers = np.empty(0, COUNT)
        if entries:
            # As plain arrays: each look-up in a memmap would make several of them.
            self._keys = np.asarray(np.memmap(path, KEY, "r", HEAD.size, entries))
            second = HEAD.size + entries * KEY.itemsize
            self._documents = np.asarray(np.memmap(path, COUNT, "r", second, entries))

    @property
    def numbers(self) -> Numbers:
        """The number of every key, (entries,) uint32."""
        return self._documents

    def documents(self, keys: Keys) -> Numbers:
        """Return how many documents have each key, 0 where it is not in the table, (keys,)."""
        return self.find(keys)[1]

    def find(self, keys: Keys) -> tuple[NDArray[np.int64], Numbers]:
        """Return the row of each key and its number, both 0 where the key is not there, (keys,)."""
        if not len(self._keys):
            return np.zeros(len(keys), np.int64), np.zeros(len(keys), COUNT)
        rows = np.searchsorted(self._keys, keys)
        rows[rows == len(self._keys)] = 0
        found = self._keys[rows] == keys
        return np.where(found, rows, 0), np.where(found, self._documents[rows], COUNT.type(0))
