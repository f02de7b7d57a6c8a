"""Streams of bytes from files that may be compressed, whole or not at all."""

import bz2
import gzip
import lzma
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

import zstandard

from gpt2ro.errors import UserError
from gpt2ro.sources.input_file import Position, check_readable

# A compressed text may be this many times its size; xz reaches 100 on repeated lines.
MAX_TEXT_EXPANSION = 200
BLOCK = 1 << 20  # bytes decompressed at a time
# Small files may expand as they like: a bomb below this size harms nobody.
FREE_EXPANSION = 64 << 20
# A zstd block of 4 bytes can hold 128 KiB, and its decoder puts out all that one piece of input
# holds; pieces this small bound that to some 128 MiB.
ZSTD_INPUT = 1 << 12
# First bytes of each format: RFC 1952, the bzip2 and xz file formats, RFC 8878.
MAGIC = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ\x00": "xz", b"\x28\xb5\x2f\xfd": "zstd"}


class Readable(Protocol):
    """Anything that hands out bytes."""

    def read(self, size: int, /) -> bytes: ...


def compression(path: Path) -> str | None:
    """Return how a file is compressed, from its first bytes: gzip, bzip2, xz, zstd or None."""
    with path.open("rb") as file:
        head = file.read(6)
    return next((name for magic, name in MAGIC.items() if head.startswith(magic)), None)


def decompressed(
    path: Path, max_expansion: int, position: Position | None = None
) -> Iterator[bytes]:
    """Yield the content of a file in blocks of at most 1 MiB.

    Args:
        max_expansion: how many times larger than the file its content may be.
        position: told how far the file has been read.

    Raises:
        UserError: the file is missing, truncated or damaged, or expands beyond the limit.
    """
    check_readable(path)
    kind = compression(path)
    produced = 0
    try:
        with path.open("rb") as file:
            stream = _stream(file, kind)
            while block := stream.read(BLOCK):
                produced += len(block)
                if produced > max(FREE_EXPANSION, max_expansion * file.tell()):
                    raise UserError(
                        f"{path}: {produced:,} bytes out of {file.tell():,} compressed ones; "
                        f"allowed are {max_expansion} times as many; if it is no bomb, raise "
                        "extraction.max_expansion."
                    )
                if position:
                    position.bytes = file.tell()
                yield block
    except (EOFError, OSError, zlib.error, lzma.LZMAError, zstandard.ZstdError) as error:
        raise UserError(
            f"{path}: truncated or damaged {kind or 'file'} after {produced:,} bytes of content "
            f"({error}); fetch it again."
        ) from error


def _stream(file: BinaryIO, kind: str | None) -> Readable:
    match kind:
        case "gzip":
            return gzip.GzipFile(fileobj=file)
        case "bzip2":
            return bz2.BZ2File(file)
        case "xz":
            return lzma.LZMAFile(file)
        case "zstd":
            return _ZstdFrames(file)
        case _:
            return file


class _ZstdFrames:
    """All frames of a zstd file; zstandard's own reader takes a cut frame for the end."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._frame = zstandard.ZstdDecompressor().decompressobj()
        self._pending = b""
        self._inside = False

    def read(self, size: int, /) -> bytes:
        while True:
            compressed = self._pending or self._file.read(ZSTD_INPUT)
            self._pending = b""
            if not compressed:
                if self._inside:
                    raise EOFError("the file ends inside a frame")
                return b""
            self._inside = True
            block = self._frame.decompress(compressed)
            if self._frame.eof:
                self._pending = self._frame.unused_data
                self._frame = zstandard.ZstdDecompressor().decompressobj()
                self._inside = False
            if block:
                return block
