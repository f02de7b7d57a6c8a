"""The documents of a part with what was decided of each."""

from collections.abc import Collection, Iterator
from functools import cached_property
from itertools import zip_longest
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa

from gpt2ro.dedupe.tables import DECISIONS, read_table
from gpt2ro.documents import Document, parse_document, read_blocks, read_documents
from gpt2ro.errors import UserError


def decided_documents(path: Path, decisions: Path) -> Iterator[tuple[Document, dict[str, Any]]]:
    """Yield every document with its decision, a row of the table of decisions.

    Raises:
        UserError: the files do not hold the same ids in one order.
    """
    rows = (
        row
        for batch in read_table(decisions, DECISIONS).to_batches(max_chunksize=10_000)
        for row in batch.to_pylist()
    )
    for number, (document, decision) in enumerate(zip_longest(read_documents(path), rows), start=1):
        _check(path, decisions, number, document, decision and decision["id"])
        yield document, decision


def documents_of_splits(path: Path, decisions: Path, wanted: Collection[str]) -> Iterator[Document]:
    """Yield the documents that stay in one of some splits; of the others no more is read than ids.

    Raises:
        UserError: the files do not hold the same ids in one order.
    """
    rows = (
        row
        for batch in read_table(decisions, DECISIONS).to_batches(max_chunksize=10_000)
        for row in zip(batch["id"].to_pylist(), batch["split"].to_pylist(), strict=True)
    )
    number = 0
    for block in read_blocks(path):
        for line in block.removesuffix(b"\n").split(b"\n"):
            number += 1
            name, split = next(rows, (None, None))
            if split in wanted or not line.startswith(b'{"id":%b,"text":' % orjson.dumps(name)):
                document = parse_document(line, path, number)
                _check(path, decisions, number, document, name)
                if split in wanted:
                    yield document
    for name, _ in rows:
        _check(path, decisions, number + 1, None, name)


class DecidedBlock:
    """Documents in a row as they stand in a shard, and what was decided of them.

    Attributes:
        lines: a document each.
        ids: of the documents, by the decisions.
        splits: of the documents; None where one is dropped.
    """

    def __init__(
        self, lines: bytes, rows: pa.Table, path: Path, decisions: Path, first: int
    ) -> None:
        """Make a block.

        Args:
            rows: of the table of decisions, one a document.
            path: the shard, for messages.
            decisions: the table, for messages.
            first: documents before the block.
        """
        self.lines = lines
        self.ids: list[str] = rows["id"].to_pylist()
        self.splits: list[str | None] = rows["split"].to_pylist()
        self._table = rows
        self._path, self._decisions = path, decisions
        self._first = first

    @cached_property
    def _rows(self) -> list[dict[str, Any]]:
        # Of all documents at once, as a table is slow to give one row after the other.
        rows: list[dict[str, Any]] = self._table.to_pylist()
        return rows

    @cached_property
    def _split(self) -> list[bytes]:
        return self.lines.split(b"\n")

    def document(self, place: int, line: bytes | None = None) -> Document:
        """Return the document at a place (from 0); of its line, if that is at hand.

        Raises:
            UserError: it has not the id of the decision there.
        """
        number = self._first + place + 1
        document = parse_document(self._split[place] if line is None else line, self._path, number)
        found = self.ids[place] if place < len(self.ids) else None
        _check(self._path, self._decisions, number, document, found)
        return document

    def decided(self, place: int, line: bytes) -> tuple[Document, dict[str, Any]]:
        """Return the document of the line at a place (from 0), with its decision.

        Raises:
            UserError: the two have not one id.
        """
        document = self.document(place, line)
        return document, self._rows[place]


def decided_blocks(path: Path, decisions: Path) -> Iterator[DecidedBlock]:
    """Yield the documents with their decisions, many at a time; whose ids are not compared here.

    Raises:
        UserError: there are more decisions than documents.
    """
    table = read_table(decisions, DECISIONS)
    first = 0
    for lines in read_blocks(path):
        count = lines.count(b"\n") + (not lines.endswith(b"\n"))
        yield DecidedBlock(lines, table.slice(first, count), path, decisions, first)
        first += count
    if first < table.num_rows:
        _check(path, decisions, first + 1, None, table["id"][first].as_py())


def _check(
    path: Path,
    decisions: Path,
    number: int,
    document: Document | None,
    found: str | None,
) -> None:
    """Raise UserError if the `number`-th document has not the id that was found in its row."""
    expected = document and document.id
    if found != expected:
        raise UserError(
            f"{decisions}: row {number} is for {found or 'no document'}, but {path} has "
            f"{expected or 'no document'} there; the two are of different runs; run the steps "
            "signatures and clusters again."
        )
