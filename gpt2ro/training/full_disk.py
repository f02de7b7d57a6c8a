"""A full disk, told of a file that grows while a training runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gpt2ro.errors import NO_SPACE, UserError


@contextmanager
def full_disk_told(path: Path) -> Iterator[None]:
    """Name the file or folder that is written inside the block if there is no space for it.

    Raises:
        UserError: the disk or the user's share of it is full.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in NO_SPACE:
            raise
        raise UserError(
            f"{path}: no space left on the device, or in your quota, while writing; free some "
            "space, run again: the checkpoints are intact."
        ) from error
