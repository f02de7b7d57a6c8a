"""The documents of a part with what was decided of each."""

from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

from gpt2ro.dedupe.tables import DECISIONS, read_table
from gpt2ro.documents import Document, read_documents
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
        found = decision and decision["id"]
        expected = document and document.id
        if found != expected:
            raise UserError(
                f"{decisions}: row {number} is for {found or 'no document'}, but {path} has "
                f"{expected or 'no document'} there; the two are of different runs; run the steps "
                "signatures and clusters again."
            )
        yield document, decision
