"""The functions in Rust, or one line that says how to build them."""

from gpt2ro.errors import UserError

try:
    from gpt2ro._native import (
        CleanedBlock,
        Cleaner,
        DecidedPiece,
        HeldOutIndex,
        LineRemover,
        Repairer,
        Signer,
        TextFile,
        TextMeter,
        TextStatistics,
        TrainDocuments,
        WikitextPreparer,
        decided_pieces,
        document_lines,
        fold,
        line_keys,
        paragraphs,
        personal_lines,
        pieces,
        similarity,
        split_texts,
        wiki_article,
    )
except ImportError as error:
    raise UserError(
        f"gpt2ro/_native: the extension in Rust cannot be loaded ({error}); run make setup, which "
        "builds it."
    ) from error

__all__ = [
    "CleanedBlock",
    "Cleaner",
    "DecidedPiece",
    "HeldOutIndex",
    "LineRemover",
    "Repairer",
    "Signer",
    "TextFile",
    "TextMeter",
    "TextStatistics",
    "TrainDocuments",
    "WikitextPreparer",
    "decided_pieces",
    "document_lines",
    "fold",
    "line_keys",
    "paragraphs",
    "personal_lines",
    "pieces",
    "similarity",
    "split_texts",
    "wiki_article",
]
