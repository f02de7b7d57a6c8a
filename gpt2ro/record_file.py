"""Binary files of records of one size, with a head that says what they are and how many follow.

Without it, a file that was cut behind a record, or emptied, would be taken for a shorter one.

    12 bytes  kind, ASCII, `gpt2ro ngram` say
     4 bytes  version of the layout, little-endian
     8 bytes  number of records, little-endian

24 bytes keep what follows aligned to 8.
"""

import struct
from dataclasses import dataclass
from pathlib import Path

from gpt2ro.errors import UserError

HEAD = struct.Struct("<12sIQ")


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

    def head(self, records: int) -> bytes:
        """Return the head of a file with so many records."""
        return HEAD.pack(self.kind.encode(), self.version, records)

    def record_count(self, path: Path) -> int:
        """Return how many records a file has, by its head and its size.

        Raises:
            UserError: it is missing, cut, or of another kind or version.
        """
        try:
            with path.open("rb") as file:
                head = file.read(HEAD.size)
            size = path.stat().st_size
        except FileNotFoundError:
            raise UserError(f"{path}: not found; the step that writes it has not run.") from None
        if len(head) < HEAD.size:
            raise _damaged(path, f"{size} bytes found, a head of {HEAD.size} expected")
        kind, version, records = HEAD.unpack(head)
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
        return int(records)


def _damaged(path: Path, found: str) -> UserError:
    return UserError(f"{path}: {found}; delete it and run again.")
