"""A full disk, told of a file that grows while a training runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gpt2ro.errors import of_full_disk


@contextmanager
def full_disk_told(path: Path) -> Iterator[None]:
    """Name the file or folder that is written inside the block if there is no space for it.

    Raises:
        UserError: the disk or the user's share of it is full.
    """
    try:
        yield
    except OSError as error:
        raise of_full_disk(error, path) from error
