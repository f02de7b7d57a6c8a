"""Streams of bytes from files that may be compressed, whole or not at all."""

import bz2
import gzip
import lzma
import zlib
from collections.abc import Callable, Iterator
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
COMPRESSED_INPUT = 1 << 16  # bytes read of a bzip2 or xz file at a time
# A zstd block of 4 bytes can hold 128 KiB, and its decoder puts out all that one piece of input
# holds; pieces this small bound that to some 128 MiB.
ZSTD_INPUT = 1 << 12
# First bytes of each format: RFC 1952, the bzip2 and xz file formats, RFC 8878.
MAGIC = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ\x00": "xz", b"\x28\xb5\x2f\xfd": "zstd"}
# A frame that holds no content, with which pzstd begins a file.
MAGIC |= {bytes([first]) + b"\x2a\x4d\x18": "zstd" for first in range(0x50, 0x60)}


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
            return _Streams(file, bz2.BZ2Decompressor)
        case "xz":
            return _Streams(file, lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ), padding=b"\0")
        case "zstd":
            return _ZstdFrames(file)
        case _:
            return file


class _Streams:
    """All streams of a bzip2 or xz file.

    The readers of Python, BZ2File and LZMAFile, take a damaged stream after the first one for what
    may follow a file, and end there as if it was whole.
    """

    def __init__(
        self,
        file: BinaryIO,
        decompressor: Callable[[], bz2.BZ2Decompressor | lzma.LZMADecompressor],
        padding: bytes = b"",
    ) -> None:
        self._file = file
        self._decompressor = decompressor
        self._padding = padding
        self._stream: bz2.BZ2Decompressor | lzma.LZMADecompressor | None = None
        self._pending = b""

    def read(self, size: int, /) -> bytes:
        while True:
            compressed = b""
            if self._stream is None:
                compressed = self._beginning()
                if not compressed:
                    return b""
                self._stream = self._decompressor()
            elif self._stream.needs_input:
                compressed = self._file.read(COMPRESSED_INPUT)
                if not compressed:
                    raise EOFError("the file ends inside a stream")
            block = self._stream.decompress(compressed, size)
            if self._stream.eof:
                self._pending = self._stream.unused_data
                self._stream = None
            if block:
                return block

    def _beginning(self) -> bytes:
        """Return the first bytes of the next stream, past padding; none at the end of the file."""
        padded = 0
        while compressed := self._pending or self._file.read(COMPRESSED_INPUT):
            self._pending = b""
            beginning = compressed.lstrip(self._padding)
            padded += len(compressed) - len(beginning)
            if beginning:
                break
        # The xz file format, 2.2: streams and their padding are multiples of four bytes.
        if padded % 4:
            raise EOFError(f"{padded:,} NULs after a stream, expected a multiple of four")
        return beginning if compressed else b""


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
