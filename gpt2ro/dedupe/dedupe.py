"""The step dedupe: apply the decisions of the clustering to the documents of one part."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gpt2ro.bookkeeping import Bookkeeper
from gpt2ro.decontamination.decontaminator import Decontaminator
from gpt2ro.dedupe.decisions import DecidedBlock, Piece, decided_documents, pieces
from gpt2ro.dedupe.settings import SPLITS
from gpt2ro.documents import Document, expected_documents, part_name
from gpt2ro.lines.blocks import block_keys
from gpt2ro.lines.paragraphs import CopiedParagraphs
from gpt2ro.lines.removal import LineCounts, RepeatedLines
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
    copied_paragraphs: CopiedParagraphs | None = None,
) -> None:
    """Write the documents that stay, with `meta.split`, and the others apart.

    A duplicate's `meta.duplicate_of` is the id of the document that stays, a near-duplicate's
    `meta.similarity` the Jaccard similarity to that one; `meta.repeated_lines` counts the
    lines of its site's pages that it lost, `meta.held_out_sentences` the sentences that a train
    document lost. The stats add `splits`, the kept documents of each split, `decontaminated`, the
    documents that lost sentences, and these, and `repeated_lines`, the documents that lost lines,
    these, their bytes and some examples; where copied paragraphs are looked for, they and
    `meta.copied_paragraphs` say the same of these.

    Raises:
        UserError: the decisions or the index of paragraphs are not those of this shard.
    """
    splits = dict.fromkeys(SPLITS, 0)
    with (
        Bookkeeper(output, dropped, stats) as books,
        Progress(f"dedupe {part_name(path)}", documents=expected_documents(path)) as progress,
    ):
        for piece in _pieces(
            path, decisions, decontaminator, repeated_lines, one_by_one=bool(copied_paragraphs)
        ):
            books.write_kept(piece.lines, piece.documents, piece.bytes)
            for split in piece.splits:
                splits[split] += 1
            progress.update(piece.bytes, piece.documents)
            if not piece.other:
                continue
            document, decision = piece.other
            size = len(document.text.encode())
            apply_decision(document, decision, decontaminator, repeated_lines, piece.remark)
            if copied_paragraphs and document.reason is None and decision["split"] == "train":
                copied_paragraphs.apply(document)
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
        if copied_paragraphs:
            books.extra["copied_paragraphs"] = copied_paragraphs.stats()


def _pieces(
    path: Path,
    decisions: Path,
    decontaminator: Decontaminator | None,
    repeated_lines: RepeatedLines | None,
    *,
    one_by_one: bool,
) -> Iterator[Piece]:
    """Yield the documents; each one by itself where the paragraphs of all are looked at."""
    if one_by_one:
        return (Piece(other=pair) for pair in decided_documents(path, decisions))

    def remarked(block: DecidedBlock) -> list[LineCounts | None]:
        assert repeated_lines
        return repeated_lines.of_concerned(block_keys(block, each_once=False))

    index = decontaminator.index if decontaminator else None
    return pieces(path, decisions, index, remarked if repeated_lines else None)


def apply_decision(
    document: Document,
    decision: dict[str, Any],
    decontaminator: Decontaminator | None,
    repeated_lines: RepeatedLines | None,
    counts: LineCounts | None = None,
) -> None:
    """Give a document its split or the reason why it goes, and take out what others share.

    Copied paragraphs are left: what becomes of them depends on what this leaves of all documents.

    Args:
        counts: of the document's lines, if they are known.
    """
    _decide(document, decision)
    if repeated_lines and document.reason is None:
        repeated_lines.apply(document, counts)
    if decontaminator and document.reason is None and decision["split"] == "train":
        decontaminator.apply(document)


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
