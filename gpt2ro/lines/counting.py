"""The steps lines and line_index: how many documents have each line of their site."""

import tempfile
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO

import numpy as np

from gpt2ro.dedupe.decisions import decided_blocks
from gpt2ro.documents import expected_documents, part_name
from gpt2ro.errors import of_full_disk
from gpt2ro.lines.blocks import block_keys
from gpt2ro.lines.keys import KEY
from gpt2ro.lines.merge import merged
from gpt2ro.lines.tables import COUNT, Counts, StoredTable, TablePath, write_pieces, write_table
from gpt2ro.progress import Progress

# Keys in memory before they are sorted and put on disk: 32 MB, and about four times that while they
# are counted.
BUFFER_KEYS = 4_000_000


def count_lines(path: Path, decisions: Path, output: Path, buffer_keys: int = BUFFER_KEYS) -> None:
    """Write how many documents of a part have each line of their site, and how many the site has.

    Only documents that stay are counted: ten copies of a text make none of its lines boilerplate.
    A line counts once a document.

    Raises:
        UserError: the decisions are not those of this shard, or the disk is full.
    """
    output.parent.mkdir(parents=True, exist_ok=True)
    with KeyCounter(output.parent, buffer_keys) as counter:
        with Progress(f"lines {part_name(path)}", documents=expected_documents(path)) as progress:
            for block in decided_blocks(path, decisions):
                found = block_keys(block, each_once=True)
                counter.add(found.lines.tobytes())
                counter.add(found.sites[found.stays].tobytes())
                progress.update(found.bytes, documents=len(found.sites))
        write_table(output, merged(counter.tables()))


def write_line_index(parts: Sequence[Path], output: Path, min_documents: int) -> None:
    """Write the lines of all parts that so many documents of their site have, and the sites.

    Raises:
        UserError: a table is missing or damaged.
    """
    sums = merged([TablePath(path) for path in parts])
    write_table(output, (piece.where(piece.documents >= min_documents) for piece in sums))


class KeyCounter(ExitStack):
    """Counts keys, in memory up to a number of them, beyond that in files without a name."""

    def __init__(self, folder: Path, buffer_keys: int) -> None:
        super().__init__()
        self._folder = folder
        self._buffer_bytes = buffer_keys * KEY.itemsize
        self._keys = bytearray()
        self._tables: list[StoredTable] = []

    def add(self, keys: bytes) -> None:
        """Add keys, 8 bytes each."""
        self._keys += keys
        if len(self._keys) >= self._buffer_bytes:
            self._store()

    def tables(self) -> list[StoredTable]:
        """End the adding; return what was counted, as tables to be merged."""
        if self._keys:
            self._store()
        return self._tables

    def _store(self) -> None:
        keys, documents = np.unique(np.frombuffer(self._keys, KEY), return_counts=True)
        self._keys = bytearray()
        try:
            file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115, closed by __exit__
            self.callback(_close, file)
            write_pieces(file, [Counts(keys, documents.astype(COUNT))], self._folder)
            file.flush()
        except OSError as error:
            raise of_full_disk(error, f"{self._folder}, temporary tables of lines") from error
        self._tables.append(StoredTable(file.fileno(), len(keys)))


def _close(file: IO[bytes]) -> None:
    # What could not be written on a full disk is tried once more here; nobody needs it.
    with suppress(OSError):
        file.close()
