"""Binary files of records of one size, with a head that says what they are and how many follow.

Without it, a file that was cut behind a record, or emptied, would be taken for a shorter one, and
one with a flipped bit for another one, as any number is a hash.

    12 bytes  kind, ASCII, `gpt2ro ngram` say
     4 bytes  version of the layout, little-endian
     8 bytes  number of records, little-endian
     8 bytes  XXH3 hash of the records, 64 bits, little-endian

32 bytes keep what follows aligned to 8.
"""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import xxhash

from gpt2ro.errors import UserError
from gpt2ro.files import READ_SIZE, atomic_path

HEAD = struct.Struct("<12sIQQ")


@dataclass(frozen=True)
class RecordFormat:
    """A kind of file.

    Attributes:
        kind: 12 characters of ASCII.
        version: of the layout; another one is not read.
        record_bytes: of one record.
    """

    kind: str
    version: int
    record_bytes: int

    @contextmanager
    def writer(self, path: Path) -> Iterator["RecordWriter"]:
        """Yield what takes the records of a file, which appears complete or not at all."""
        with atomic_path(path) as partial, partial.open("wb") as file:
            file.write(bytes(HEAD.size))
            records = RecordWriter(file)
            yield records
            count, rest = divmod(records.bytes, self.record_bytes)
            assert not rest
            # What it says of the records is known only now.
            file.seek(0)
            file.write(HEAD.pack(self.kind.encode(), self.version, count, records.checksum))

    def verified_count(self, path: Path) -> int:
        """Return how many records a file has, all of which are read to verify their checksum.

        Raises:
            UserError: it is missing, cut, damaged, or of another kind or version.
        """
        try:
            with path.open("rb") as file:
                head = file.read(HEAD.size)
            size = path.stat().st_size
        except FileNotFoundError:
            raise UserError(f"{path}: not found; the step that writes it has not run.") from None
        if len(head) < HEAD.size:
            raise _damaged(path, f"{size} bytes found, a head of {HEAD.size} expected")
        kind, version, records, expected_checksum = HEAD.unpack(head)
        if kind != self.kind.encode():
            found = kind.decode("ascii", "backslashreplace")
            raise _damaged(path, f"begins with {found!r}, {self.kind!r} expected")
        if version != self.version:
            raise _damaged(path, f"version {version} of its layout, {self.version} expected")
        expected = HEAD.size + records * self.record_bytes
        if size != expected:
            raise _damaged(
                path,
                f"{size:,} bytes found, {expected:,} expected ({records:,} records of "
                f"{self.record_bytes} bytes, says its head)",
            )
        if (checksum := _checksum(path)) != expected_checksum:
            raise _damaged(
                path,
                f"checksum {checksum:016x} found, {expected_checksum:016x} expected, says its head",
            )
        return int(records)


class RecordWriter:
    """Takes the records of a file, in pieces of any size.

    Attributes:
        bytes: that were taken.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._digest = xxhash.xxh3_64()
        self.bytes = 0

    def write(self, piece: bytes | memoryview) -> None:
        """Append a piece."""
        self._file.write(piece)
        self._digest.update(piece)
        self.bytes += memoryview(piece).nbytes

    @property
    def checksum(self) -> int:
        """Of all that was taken."""
        return self._digest.intdigest()


def _checksum(path: Path) -> int:
    """Return the checksum of what stands behind the head of a file."""
    digest = xxhash.xxh3_64()
    with path.open("rb") as file:
        file.seek(HEAD.size)
        while piece := file.read(READ_SIZE):
            digest.update(piece)
    return digest.intdigest()


def _damaged(path: Path, found: str) -> UserError:
    return UserError(f"{path}: {found}; delete it and run again.")
