"""The step dedupe: apply the decisions of the clustering to the documents of one part."""

from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

from gpt2ro.bookkeeping import Bookkeeper
from gpt2ro.dedupe.settings import SPLITS
from gpt2ro.dedupe.tables import DECISIONS, read_table
from gpt2ro.documents import Document, read_documents
from gpt2ro.errors import UserError
from gpt2ro.progress import Progress

# Digits of meta.similarity after the point; the decisions have them all.
SIMILARITY_DIGITS = 4


def dedupe_part(path: Path, decisions: Path, output: Path, dropped: Path, stats: Path) -> None:
    """Write the documents that stay, with `meta.split`, and the duplicates apart.

    A duplicate's `meta.duplicate_of` is the id of the document that stays, a near-duplicate's
    `meta.similarity` the Jaccard similarity to that one. The stats add `splits`, the kept documents
    of each split.

    Raises:
        UserError: the decisions are not those of this shard.
    """
    splits = dict.fromkeys(SPLITS, 0)
    with Bookkeeper(output, dropped, stats) as books, Progress(f"dedupe {path.name}") as progress:
        for document, decision in _pairs(path, decisions):
            _decide(document, decision)
            if document.reason is None:
                splits[decision["split"]] += 1
            size = len(document.text.encode())
            books.write(document, size)
            progress.update(size, documents=1)
        books.extra["splits"] = splits


def _decide(document: Document, decision: dict[str, Any]) -> None:
    """Note the decision in the document."""
    if decision["duplicate_of"] is None:
        document.meta["split"] = decision["split"]
        return
    document.meta["duplicate_of"] = decision["duplicate_of"]
    document.reason = "duplicate"
    if decision["similarity"] is not None:
        document.meta["similarity"] = round(decision["similarity"], SIMILARITY_DIGITS)
        document.reason = "near-duplicate"


def _pairs(path: Path, decisions: Path) -> Iterator[tuple[Document, dict[str, Any]]]:
    """Yield every document with its decision; both files must hold the same ids in one order."""
    rows = (
        row
        for batch in read_table(decisions, DECISIONS).to_batches(max_chunksize=10_000)
        for row in batch.to_pylist()
    )
    for number, (document, decision) in enumerate(zip_longest(read_documents(path), rows), start=1):
        found = decision and decision["id"]
        expected = document and document.id
        if found != expected:
            raise UserError(
                f"{decisions}: row {number} is for {found or 'no document'}, but {path} has "
                f"{expected or 'no document'} there; the two are of different runs; run the steps "
                "signatures and clusters again."
            )
        yield document, decision
