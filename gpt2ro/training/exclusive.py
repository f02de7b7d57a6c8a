"""Keeps two trainings out of one folder: each would remove the checkpoints of the other."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gpt2ro.errors import UserError

LOCK = "lock"


@contextmanager
def sole_training(folder: Path) -> Iterator[None]:
    """Make the folder of a run and hold it inside the block.

    The system lets it go when the process ends, however that is.
    Where the file system knows no locks, nothing is held.

    Raises:
        UserError: another process holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UserError(
                f"{folder}: another process trains this run; wait for it, or end it first."
            ) from None
        except OSError:
            pass
        yield
