"""Files of the user's and of strangers: that they can be read, and that they stay as they are."""

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gpt2ro.errors import UserError


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
