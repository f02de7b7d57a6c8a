"""Files of the user's and of strangers: that they can be read, and that they stay as they are."""

import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate
from pathlib import Path

from gpt2ro.errors import UserError


class Position:
    """How far the files of a part have been read.

    Attributes:
        bytes: of the current file, as it is stored.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        # Bytes of the files before each one, and of all.
        *self._starts, total = accumulate(map(_size, paths), initial=0)
        self._total = total or 1
        self._before = 0
        self.bytes = 0

    def begin(self, number: int) -> None:
        """Go to the beginning of a file, the `number`-th from 0."""
        self._before = self._starts[number]
        self.bytes = 0

    @property
    def share(self) -> float:
        """What has been read, from 0 to 1."""
        return (self._before + self.bytes) / self._total


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0  # whoever reads it tells why it cannot be read


def check_readable(path: Path) -> None:
    """Say in one line why a file cannot be read, whatever library would read it.

    Raises:
        UserError: it is missing, a folder, a pipe or a device, or may not be read.
    """
    try:
        # Opening a pipe would wait for its writer, so the kind is looked at before.
        if not stat.S_ISREG(path.stat().st_mode):
            raise UserError(f"{path}: not a file; expected a file of text, no folder or device.")
        with path.open("rb") as file:
            file.read(1)
    except OSError as error:
        raise UserError(
            f"{path}: cannot be read ({error.strerror}); check the name and its permissions."
        ) from None


@contextmanager
def unchanged(path: Path) -> Iterator[None]:
    """Hold a file against itself: what is read meanwhile must be of one state of it.

    A fault found meanwhile is put down to the change, if there was one.

    Raises:
        UserError: the file cannot be read, or was written, replaced or removed meanwhile.
    """
    check_readable(path)
    before = _state(path)
    try:
        yield
    except UserError as error:
        if _state(path) != before:
            raise _changed(path) from error
        raise
    if _state(path) != before:
        raise _changed(path)


def _state(path: Path) -> tuple[int, ...] | None:
    """Return what changes when a file is written or replaced; None when it is gone."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _changed(path: Path) -> UserError:
    return UserError(
        f"{path}: changed while it was read; expected a file that stays as it is; wait until "
        "whatever writes it has ended, then run again."
    )
