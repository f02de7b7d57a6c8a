"""Documents with the split that deduplication gave them."""

from collections.abc import Iterator
from pathlib import Path

from gpt2ro.dedupe.settings import SPLITS
from gpt2ro.documents import Document, read_documents
from gpt2ro.errors import UserError


def read_split_documents(path: Path) -> Iterator[tuple[Document, str]]:
    """Yield the documents of a shard in order, each with its split: train, valid or test.

    Raises:
        UserError: a document has no split, because the shard is not one of the step dedupe.
    """
    for document in read_documents(path):
        yield document, split_of(document, path)


def split_of(document: Document, path: Path) -> str:
    """Return the split of a document of a shard.

    Raises:
        UserError: it has none, because the shard is not one of the step dedupe.
    """
    split = document.meta.get("split")
    if split not in SPLITS:
        raise UserError(
            f"{path}: meta.split of {document.id} is {split!r}; expected {', '.join(SPLITS)}; "
            "give a shard written by the step dedupe."
        )
    return str(split)
