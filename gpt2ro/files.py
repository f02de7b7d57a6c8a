"""Files that appear complete or not at all, and their checksums."""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gpt2ro.errors import NO_SPACE, UserError, no_space_left

# A disk with less is full: not even a small file fits.
FULL_BYTES = 1 << 16
READ_SIZE = 1 << 20  # bytes; large enough that hashing, not system calls, is the limit


def partial_path(path: Path) -> Path:
    """Return the hidden name under which `path` is written until it is complete."""
    return path.with_name(f".{path.name}.partial")


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; on success fsync it and rename it to `path`.

    On any exception the temporary file is removed and `path` is left as it was. The temporary
    name is fixed, so what a killed process leaves behind is overwritten by the next run. A device
    or a pipe is no file to be replaced: `path` itself is what is yielded then.

    Raises:
        UserError: the disk or the user's share of it is full.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    is_device = path.exists() and not path.is_file() and not path.is_dir()
    partial = path if is_device else partial_path(path)
    try:
        yield partial
        if not is_device:
            commit(partial, path)
    except BaseException as error:
        full = _comes_of_full_disk(error, path.parent)  # before what was written goes
        if not is_device:
            partial.unlink(missing_ok=True)
        if full:
            raise UserError(no_space_left(path)) from error
        raise


def _comes_of_full_disk(error: BaseException, folder: Path) -> bool:
    """Return whether writing failed for want of space.

    Libraries that write by themselves, safetensors and PyTorch say, raise errors without a number:
    then their words are looked at, and the disk is asked.
    """
    if (number := getattr(error, "errno", None)) is not None:
        return number in NO_SPACE
    if isinstance(error, UserError) or not isinstance(error, Exception):
        return False
    if any(os.strerror(number) in str(error) for number in NO_SPACE):
        return True
    status = os.statvfs(folder)
    return status.f_bavail * status.f_frsize < FULL_BYTES


def require_space(path: Path, size: int) -> None:
    """See whether a file of so many bytes fits, for a writer that a full disk would crash.

    Raises:
        UserError: there is less space where `path` is to be.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(path.parent).free < size:
        raise UserError(no_space_left(f"{path}, {size / 1e6:,.0f} MB"))


def commit(partial: Path, path: Path) -> None:
    """Make `partial` durable under its final name: fsync the file, rename, fsync the folder."""
    fsync(partial)
    partial.replace(path)
    fsync(path.parent)


def fsync(path: Path) -> None:
    """Flush a file or a folder to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text atomically."""
    with atomic_path(path) as partial:
        partial.write_text(text, encoding="utf-8", newline="\n")


def write_json(path: Path, value: Any) -> None:
    """Write indented JSON with sorted keys atomically."""
    write_text(path, json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n")


def read_json(path: Path) -> Any:
    """Read a JSON file.

    Raises:
        UserError: the file is missing or is not JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UserError(f"{path}: not found; the step that writes it has not run.") from None
    except ValueError as error:
        raise UserError(f"{path}: not valid JSON ({error}); delete it and run again.") from None


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file as 64 hexadecimal digits."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(READ_SIZE):
            digest.update(block)
    return digest.hexdigest()
