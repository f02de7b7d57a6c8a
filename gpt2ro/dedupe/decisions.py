"""The documents of a part with what was decided of each."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa

from gpt2ro.dedupe.tables import DECISIONS, read_table
from gpt2ro.documents import Document, parse_document, read_blocks, read_documents
from gpt2ro.errors import UserError
from gpt2ro.native import HeldOutIndex, with_splits


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


@dataclass(frozen=True)
class Piece:
    """Documents in a row that only get their splits, and one with which more is to be done.

    Attributes:
        lines: of the former, with `meta.split`.
        documents: how many they are.
        bytes: UTF-8 bytes of their texts.
        splits: the split of each.
        other: the document behind them, and what was decided of it; None behind the last ones.
    """

    lines: bytes = b""
    documents: int = 0
    bytes: int = 0
    splits: Sequence[str] = ()
    other: tuple[Document, dict[str, Any]] | None = None


def pieces(path: Path, decisions: Path, index: HeldOutIndex | None) -> Iterator[Piece]:
    """Yield the documents in pieces; `index` as for gpt2ro.native.with_splits.

    Raises:
        UserError: the files do not hold the same ids in one order.
    """
    table = read_table(decisions, DECISIONS)
    number = 0
    for block in read_blocks(path):
        rows = table.slice(number, block.count(b"\n") + 1)
        ids, splits = rows["id"].to_pylist(), rows["split"].to_pylist()
        first = number
        for lines, documents, size, line in with_splits(block, ids, splits, index):
            its = splits[number - first : number - first + documents]
            number += documents
            other = None
            if line is not None:
                number += 1
                other = _decided(path, decisions, table, number, parse_document(line, path, number))
            yield Piece(lines, documents, size, its, other)
    if number < table.num_rows:
        _decided(path, decisions, table, number + 1, None)


def _decided(
    path: Path, decisions: Path, table: pa.Table, number: int, document: Document | None
) -> tuple[Document, dict[str, Any]]:
    """Return the `number`-th document (from 1) with its decision."""
    rows = table.slice(number - 1, 1).to_pylist()
    decision = rows[0] if rows else None
    _check(path, decisions, number, document, decision and decision["id"])
    assert document and decision
    return document, decision


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
