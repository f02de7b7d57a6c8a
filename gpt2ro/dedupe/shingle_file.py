"""A temporary file of shingles, from which the sets of two texts are read to compare them."""

import os
import tempfile
from array import array
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from types import TracebackType

from gpt2ro.errors import of_full_disk

HASH_BYTES = 8


class ShingleFile(AbstractContextManager["ShingleFile"]):
    """Sets of shingles, numbered in the order in which they are added, from 0.

    They are on disk, 8 bytes a shingle; in memory are 8 bytes a set. The file has no name, so that
    nothing is left of it, however the process ends.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115, closed by __exit__
        self._bounds = array("q", [0])

    def add(self, shingles: bytes) -> None:
        """Append the set of the next text.

        Raises:
            UserError: the disk is full.
        """
        try:
            self._file.write(shingles)
        except OSError as error:
            raise self._disk_full(error) from error
        self._bounds.append(self._bounds[-1] + len(shingles))

    def complete(self) -> None:
        """End the adding; the sets can be read from now on."""
        try:
            self._file.flush()
        except OSError as error:
            raise self._disk_full(error) from error

    def __len__(self) -> int:
        return len(self._bounds) - 1

    def size(self, number: int) -> int:
        """Return how many shingles a set has."""
        return (self._bounds[number + 1] - self._bounds[number]) // HASH_BYTES

    def __getitem__(self, number: int) -> bytes:
        start, end = self._bounds[number], self._bounds[number + 1]
        return os.pread(self._file.fileno(), end - start, start)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # What could not be written on a full disk is tried once more here; nobody needs it.
        with suppress(OSError):
            self._file.close()

    def _disk_full(self, error: OSError) -> Exception:
        written = self._bounds[-1] / 1e6
        return of_full_disk(
            error, f"{self._folder}, temporary file of shingles, {written:,.0f} MB so far"
        )
