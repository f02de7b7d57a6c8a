"""The step dedupe: apply the decisions of the clustering to the documents of one part."""

from pathlib import Path
from typing import Any

from gpt2ro.bookkeeping import Bookkeeper
from gpt2ro.decontamination.decontaminator import Decontaminator
from gpt2ro.dedupe.decisions import DecidedBlock, decided_blocks, decided_documents
from gpt2ro.dedupe.settings import SPLITS
from gpt2ro.documents import Document, expected_documents, part_name
from gpt2ro.lines.paragraphs import CopiedParagraphs
from gpt2ro.lines.removal import RepeatedLines
from gpt2ro.native import DecidedPiece, decided_pieces
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
    with (
        Bookkeeper(output, dropped, stats) as books,
        Progress(f"dedupe {part_name(path)}", documents=expected_documents(path)) as progress,
    ):
        part = _Part(books, progress, decontaminator, repeated_lines, copied_paragraphs)
        if copied_paragraphs:
            for document, decision in decided_documents(path, decisions):
                part.take(document, decision)
        else:
            for block in decided_blocks(path, decisions):
                part.take_block(block)
        books.extra = part.stats()


class _Part:
    """The documents of a part on their way into the books."""

    def __init__(
        self,
        books: Bookkeeper,
        progress: Progress,
        decontaminator: Decontaminator | None,
        repeated_lines: RepeatedLines | None,
        copied_paragraphs: CopiedParagraphs | None,
    ) -> None:
        self._books = books
        self._progress = progress
        self._decontaminator = decontaminator
        self._lines = repeated_lines
        self._paragraphs = copied_paragraphs
        self._splits = dict.fromkeys(SPLITS, 0)

    def take_block(self, block: DecidedBlock) -> None:
        """Take many documents in which no copied paragraphs are looked for."""
        pieces = decided_pieces(
            block.lines,
            block.ids,
            block.splits,
            index=self._decontaminator.index if self._decontaminator else None,
            gone=self._lines.gone(block) if self._lines else b"",
            min_characters=self._lines.min_characters if self._lines else 0,
        )
        place = 0
        for piece in pieces:
            behind = place + piece.documents
            self._take_piece(piece, block.splits[place:behind])
            if piece.other is not None:
                self.take(*block.decided(behind, piece.other))
            place = behind + 1

    def _take_piece(self, piece: DecidedPiece, splits: list[str | None]) -> None:
        bytes_now = piece.bytes - piece.gone_bytes
        self._books.write_kept(piece.lines, piece.documents, piece.bytes, bytes_now)
        if self._lines:
            self._lines.enter(piece.shortened, piece.gone, piece.gone_bytes)
        for split in filter(None, splits):
            self._splits[split] += 1
        self._progress.update(piece.bytes, piece.documents)

    def take(self, document: Document, decision: dict[str, Any]) -> None:
        """Take a document."""
        size = len(document.text.encode())
        apply_decision(document, decision, self._decontaminator, self._lines)
        if self._paragraphs and document.reason is None and decision["split"] == "train":
            self._paragraphs.apply(document)
        if document.reason is None:
            self._splits[decision["split"]] += 1
        self._books.write(document, size)
        self._progress.update(size, documents=1)

    def stats(self) -> dict[str, Any]:
        """Return what the stats say besides the counts of the books."""
        cleaner, lines = self._decontaminator, self._lines
        stats: dict[str, Any] = {
            "splits": self._splits,
            "decontaminated": {
                "documents": cleaner.documents if cleaner else 0,
                "sentences": cleaner.sentences if cleaner else 0,
            },
            "repeated_lines": {
                "documents": lines.documents if lines else 0,
                "lines": lines.lines if lines else 0,
                "bytes": lines.bytes if lines else 0,
                "examples": lines.examples if lines else [],
            },
        }
        if self._paragraphs:
            stats["copied_paragraphs"] = self._paragraphs.stats()
        return stats


def apply_decision(
    document: Document,
    decision: dict[str, Any],
    decontaminator: Decontaminator | None,
    repeated_lines: RepeatedLines | None,
) -> None:
    """Give a document its split or the reason why it goes, and take out what others share.

    Copied paragraphs are left: what becomes of them depends on what this leaves of all documents.
    """
    _decide(document, decision)
    if repeated_lines and document.reason is None:
        repeated_lines.apply(document)
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
