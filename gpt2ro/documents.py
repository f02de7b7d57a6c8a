"""The data contract: documents, and the zstd JSON-lines shards that hold them.

A shard is a `*.jsonl.zst` file with one JSON object a line: `id`, `text`, `source`, `meta`. Any
tool that reads JSON lines reads it (`zstdcat x.jsonl.zst | jq .text`). Shards of dropped documents
carry one more field, `reason`.
"""

import contextlib
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

import orjson
import zstandard

from gpt2ro.errors import UserError
from gpt2ro.files import atomic_path, read_json

# Every byte of text is compressed three times on its way to the tokens: so level 1, with a window
# and a table that leave room for other data in the caches. What clean takes, ns of CPU a byte, and
# the size of a shard, of that of its text (zstd 1.5.7, the least of several runs):
#
#                                             novels        laws
#     level 1 as it comes (2^19, 2^14)        14.2   43 %   16.2   21 %
#     window 2^17, table 2^15                 13.7   43 %   15.0   23 %
#     window 2^17, table 2^14                 13.7   44 %   15.8   24 %
#     window 2^17, table 2^15, matches of 6   14.3   42 %   15.9   23 %
#     window 2^16, table 2^14                 13.7   45 %   15.3   25 %
#
# Level 3, zstd's default, takes twice as long as level 1; its shards are 13 to 24 % smaller.
COMPRESSION = zstandard.ZstdCompressionParameters.from_level(
    1,
    window_log=17,
    hash_log=15,
    min_match=7,
    write_checksum=True,
    # One thread a frame, always: the number of worker threads changes the bytes of a frame.
    threads=0,
)
# Compressed bytes that are read at once, three times as many of lines.
READ_SIZE = 1 << 17


@dataclass(slots=True)
class Document:
    """One text of the corpus.

    Attributes:
        id: stable name, `source/part/ordinal`; the ordinal counts the part's documents from 0.
        text: the text; NFC with lines ended by `\\n` from clean onwards.
        source: name of the source in the catalogue.
        meta: optional facts: title, url, language score, split.
        reason: why the document was dropped; None for a kept one.
    """

    id: str
    text: str
    source: str
    meta: dict[str, Any] = field(default_factory=dict)
    reason: str | None = None

    def to_json(self) -> bytes:
        """Return the document as one JSON line without its line end."""
        fields: dict[str, Any] = {
            "id": self.id,
            "text": self.text,
            "source": self.source,
            "meta": dict(sorted(self.meta.items())),
        }
        if self.reason is not None:
            fields["reason"] = self.reason
        return orjson.dumps(fields)


def document_id(source: str, part: str, ordinal: int) -> str:
    """Return the stable id of the `ordinal`-th document (from 0) of a part."""
    return f"{source}/{part}/{ordinal}"


def part_name(path: Path, ending: str = ".jsonl.zst") -> str:
    """Return `source/part` from the name of a part's file: a shard, or one that ends otherwise."""
    return f"{path.parent.name}/{path.name.removesuffix(ending)}"


class ShardWriter(AbstractContextManager["ShardWriter"]):
    """Writes documents to a shard that appears under its name only when complete."""

    def __init__(self, path: Path) -> None:
        self._atomic = atomic_path(path)
        self._file: BinaryIO
        self._chunker: zstandard.ZstdCompressionChunker
        self.documents = 0
        self.text_bytes = 0

    def __enter__(self) -> "ShardWriter":
        self._file = self._atomic.__enter__().open("wb")
        compressor = zstandard.ZstdCompressor(compression_params=COMPRESSION)
        # .07 to .16 ns of CPU a byte less than `stream_writer`, and the same bytes.
        self._chunker = compressor.chunker()
        return self

    def write(self, document: Document) -> None:
        """Append one document."""
        self.write_lines(document.to_json() + b"\n", 1, len(document.text.encode()))

    def write_lines(self, lines: bytes, documents: int, text_bytes: int) -> None:
        """Append lines that hold so many documents, with so many bytes of text."""
        self._file.writelines(self._chunker.compress(lines))
        self.documents += documents
        self.text_bytes += text_bytes

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool | None:
        try:
            self._file.writelines(self._chunker.finish())  # type: ignore[no-untyped-call]
            self._file.close()
        except OSError as problem:
            self._atomic.__exit__(type(problem), problem, problem.__traceback__)
            raise
        return self._atomic.__exit__(kind, error, traceback)


def write_documents(path: Path, documents: Iterable[Document]) -> int:
    """Write documents to a shard and return how many there were."""
    with ShardWriter(path) as shard:
        for document in documents:
            shard.write(document)
    return shard.documents


def expected_documents(path: Path) -> int | None:
    """Return how many documents a shard has by the stats beside it, None if there are none."""
    try:
        stats = path.with_name(f"{path.name.removesuffix('.jsonl.zst')}.stats.json")
        return int(read_json(stats)["documents_out"])
    except (UserError, OSError, KeyError, TypeError, ValueError):
        return None  # it is for the estimate of time only


def read_documents(path: Path) -> Iterator[Document]:
    """Yield the documents of a shard in order, in memory bounded by the longest one.

    Raises:
        UserError: the shard is missing, truncated, not zstd, or holds a line that is no document.
    """
    number = 0
    for block in read_blocks(path):
        for line in block.removesuffix(b"\n").split(b"\n"):
            number += 1
            yield parse_document(line, path, number)


def parse_document(line: bytes, path: Path, number: int) -> Document:
    """Return the document of a line, the `number`-th (from 1) of a shard.

    Raises:
        UserError: the line is no document.
    """
    try:
        fields = orjson.loads(line)
        return Document(
            id=fields["id"],
            text=fields["text"],
            source=fields["source"],
            meta=fields["meta"],
            reason=fields.get("reason"),
        )
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise UserError(
            f"{path}: line {number} is not a document ({error}); expected a JSON object with "
            "id, text, source and meta; delete it and run again, if the workflow wrote it."
        ) from error


def read_blocks(path: Path) -> Iterator[bytes]:
    """Yield the lines of a shard, whole ones only, several at a time.

    Raises:
        UserError: the shard is missing, truncated or not zstd.
    """
    try:
        with path.open("rb") as file:
            yield from _blocks(file)
    except FileNotFoundError:
        raise UserError(f"{path}: not found; the step that writes it has not run.") from None
    except (zstandard.ZstdError, EOFError) as error:
        raise UserError(
            f"{path}: damaged after document {_whole_lines(path)} ({error}); delete it and run "
            "again."
        ) from error


def _whole_lines(path: Path) -> int:
    """Return the whole lines of a damaged shard; counted always, they cost 0.3 ns a byte."""
    lines = 0
    with contextlib.suppress(zstandard.ZstdError, EOFError), path.open("rb") as file:
        for block in _blocks(file):
            lines += block.count(b"\n")
    return lines


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    """Yield the lines of a zstd stream; raise EOFError if it is not one whole frame."""
    decompressor = zstandard.ZstdDecompressor().decompressobj()
    # What stands behind the last line end; it is copied once, when its line is whole.
    pending: list[memoryview] = []
    while compressed := file.read(READ_SIZE):
        data = decompressor.decompress(compressed)
        view = memoryview(data)
        if end := data.rfind(b"\n") + 1:
            yield b"".join((*pending, view[:end]))
            pending.clear()
        pending.append(view[end:])
    if not decompressor.eof:
        raise EOFError("the file ends inside a compressed frame")
    if decompressor.unused_data:
        raise EOFError("the file goes on behind its compressed frame")
    if rest := b"".join(pending):
        yield rest
