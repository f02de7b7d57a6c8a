"""The books of a step that keeps or drops documents: two shards, and counts that must add up."""

from collections import Counter
from collections.abc import Mapping
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

from gpt2ro.documents import Document, ShardWriter
from gpt2ro.files import write_json


class Block(Protocol):
    """Documents that were judged together.

    Attributes:
        kept: lines of the kept documents.
        dropped: lines of the dropped ones, each with its reason.
        documents: documents in.
        bytes: UTF-8 bytes of their texts as the step found them.
        kept_documents: kept documents.
        kept_bytes: UTF-8 bytes of their texts.
        reasons: for each reason, how many documents are dropped and the bytes of their texts.
    """

    @property
    def kept(self) -> bytes: ...

    @property
    def dropped(self) -> bytes: ...

    @property
    def documents(self) -> int: ...

    @property
    def bytes(self) -> int: ...

    @property
    def kept_documents(self) -> int: ...

    @property
    def kept_bytes(self) -> int: ...

    @property
    def reasons(self) -> Mapping[str, tuple[int, int]]: ...


class Bookkeeper(AbstractContextManager["Bookkeeper"]):
    """Writes kept documents to one shard and dropped ones, with their reason, to another.

    The stats file is written last, when both shards are complete: documents and UTF-8 bytes of the
    texts in, out and dropped by reason, and what the step puts into `extra`.
    """

    def __init__(self, output: Path, dropped: Path, stats: Path) -> None:
        self._kept = ShardWriter(output)
        self._dropped = ShardWriter(dropped)
        self._shards = ExitStack()
        self._stats = stats
        self._documents_in = 0
        self._bytes_in = 0
        self._bytes_changed = 0
        self._reasons: Counter[str] = Counter()
        self._reason_bytes: Counter[str] = Counter()
        self.extra: dict[str, Any] = {}

    def __enter__(self) -> "Bookkeeper":
        self._shards.enter_context(self._kept)
        self._shards.enter_context(self._dropped)
        return self

    def write(self, document: Document, bytes_in: int) -> None:
        """File a document by its reason: None is kept, any other is dropped.

        Args:
            bytes_in: UTF-8 bytes of its text as the step found it.
        """
        shard = self._kept if document.reason is None else self._dropped
        before = shard.text_bytes
        shard.write(document)
        bytes_now = shard.text_bytes - before
        self._enter(1, bytes_in, bytes_now)
        if document.reason is not None:
            self._enter_reason(document.reason, 1, bytes_now)

    def write_kept(self, lines: bytes, documents: int, bytes_in: int, bytes_now: int) -> None:
        """File the lines of so many kept documents.

        Args:
            bytes_in: UTF-8 bytes of their texts as the step found them.
            bytes_now: as they are now.
        """
        self._kept.write_lines(lines, documents, bytes_now)
        self._enter(documents, bytes_in, bytes_now)

    def write_block(self, block: Block) -> None:
        """File the documents of a block."""
        documents = sum(count for count, _ in block.reasons.values())
        bytes_now = sum(size for _, size in block.reasons.values())
        self._kept.write_lines(block.kept, block.kept_documents, block.kept_bytes)
        self._dropped.write_lines(block.dropped, documents, bytes_now)
        self._enter(block.documents, block.bytes, block.kept_bytes + bytes_now)
        for reason, (count, size) in block.reasons.items():
            self._enter_reason(reason, count, size)

    def _enter(self, documents: int, bytes_in: int, bytes_now: int) -> None:
        self._documents_in += documents
        self._bytes_in += bytes_in
        self._bytes_changed += bytes_now - bytes_in

    def _enter_reason(self, reason: str, documents: int, bytes_now: int) -> None:
        self._reasons[reason] += documents
        self._reason_bytes[reason] += bytes_now

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._shards.__exit__(kind, error, traceback)
        if kind is None:
            write_json(self._stats, self.stats())

    def stats(self) -> dict[str, Any]:
        """Return the counts; `bytes_changed` is what the repairs added (or took, negative)."""
        assert self._documents_in == self._kept.documents + self._reasons.total()
        assert (
            self._bytes_in + self._bytes_changed
            == self._kept.text_bytes + self._reason_bytes.total()
        )
        return {
            "documents_in": self._documents_in,
            "bytes_in": self._bytes_in,
            "bytes_changed": self._bytes_changed,
            "documents_out": self._kept.documents,
            "bytes_out": self._kept.text_bytes,
            "dropped": {
                reason: {"documents": count, "bytes": self._reason_bytes[reason]}
                for reason, count in self._reasons.items()
            },
            **self.extra,
        }
