"""The books of a step that keeps or drops documents: two shards, and counts that must add up."""

from collections import Counter
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any

from gpt2ro.documents import Document, ShardWriter
from gpt2ro.files import write_json


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
        self._documents_in += 1
        self._bytes_in += bytes_in
        self._bytes_changed += bytes_now - bytes_in
        if document.reason is not None:
            self._reasons[document.reason] += 1
            self._reason_bytes[document.reason] += bytes_now

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
