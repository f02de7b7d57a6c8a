"""What was written is read back before it counts as written."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from gpt2ro.errors import UserError

Array = TypeVar("Array")


def check_read_back(
    path: Path,
    found: Mapping[str, Array],
    written: Mapping[str, Array],
    equal: Callable[[Array, Array], bool],
) -> None:
    """Compare the tensors of a file with those that were to be written.

    Args:
        path: the final name of the file, for the message.
        equal: whether two tensors have the same shape and values.

    Raises:
        UserError: a tensor is missing, unexpected or different.
    """
    differing = [
        name
        for name in sorted(written.keys() | found.keys())
        if name not in found or name not in written or not equal(found[name], written[name])
    ]
    if differing:
        raise UserError(
            f"{path}: {len(differing)} tensors read back differently, first {differing[0]}; "
            "not kept; check the disk and run again."
        )
