"""The step dedupe: apply the decisions of the clustering to the documents of one part."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gpt2ro.bookkeeping import Bookkeeper
from gpt2ro.decontamination.decontaminator import Decontaminator
from gpt2ro.dedupe.decisions import Piece, decided_documents, pieces
from gpt2ro.dedupe.settings import SPLITS
from gpt2ro.documents import Document
from gpt2ro.lines.removal import RepeatedLines
from gpt2ro.progress import Progress

# Digits of meta.similarity after the point; the decisions have them all.
SIMILARITY_DIGITS = 4


def dedupe_part(
    path: Path,
    decisions: Path,
    output: Path,
    dropped: Path,
    stats: Path,
    decontaminator: Decontaminator | None = None,
    repeated_lines: RepeatedLines | None = None,
) -> None:
    """Write the documents that stay, with `meta.split`, and the others apart.

    A duplicate's `meta.duplicate_of` is the id of the document that stays, a near-duplicate's
    `meta.similarity` the Jaccard similarity to that one; `meta.repeated_lines` counts the
    lines of its site's pages that it lost, `meta.held_out_sentences` the sentences that a train
    document lost. The stats add `splits`, the kept documents of each split, `decontaminated`, the
    documents that lost sentences, and these, and `repeated_lines`, the documents that lost lines,
    these, their bytes and some examples.

    Raises:
        UserError: the decisions are not those of this shard.
    """
    splits = dict.fromkeys(SPLITS, 0)
    with Bookkeeper(output, dropped, stats) as books, Progress(f"dedupe {path.name}") as progress:
        for piece in _pieces(path, decisions, decontaminator, repeated_lines):
            books.write_kept(piece.lines, piece.documents, piece.bytes)
            for split in piece.splits:
                splits[split] += 1
            progress.update(piece.bytes, piece.documents)
            if not piece.other:
                continue
            document, decision = piece.other
            size = len(document.text.encode())
            _decide(document, decision)
            if repeated_lines and document.reason is None:
                repeated_lines.apply(document)
            if decontaminator and document.reason is None and decision["split"] == "train":
                decontaminator.apply(document)
            if document.reason is None:
                splits[decision["split"]] += 1
            books.write(document, size)
            progress.update(size, documents=1)
        books.extra["splits"] = splits
        books.extra["decontaminated"] = {
            "documents": decontaminator.documents if decontaminator else 0,
            "sentences": decontaminator.sentences if decontaminator else 0,
        }
        books.extra["repeated_lines"] = {
            "documents": repeated_lines.documents if repeated_lines else 0,
            "lines": repeated_lines.lines if repeated_lines else 0,
            "bytes": repeated_lines.bytes if repeated_lines else 0,
            "examples": repeated_lines.examples if repeated_lines else [],
        }


def _pieces(
    path: Path,
    decisions: Path,
    decontaminator: Decontaminator | None,
    repeated_lines: RepeatedLines | None,
) -> Iterator[Piece]:
    """Yield the documents; each one by itself where the lines of all are looked at."""
    if repeated_lines:
        return (Piece(other=pair) for pair in decided_documents(path, decisions))
    return pieces(path, decisions, decontaminator.index if decontaminator else None)


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
