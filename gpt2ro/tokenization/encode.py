"""The step encode: the documents of a part as token ids, one shard for each split."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from gpt2ro.dedupe.settings import SPLITS
from gpt2ro.documents import Document, part_name
from gpt2ro.files import sha256
from gpt2ro.progress import Progress
from gpt2ro.tokenization.encoders import (
    CheckedEncoder,
    DifferentIdsError,
    Encoder,
    GigatokenEncoder,
    TokenizersEncoder,
)
from gpt2ro.tokenization.shards import TokenShardWriter
from gpt2ro.tokenization.splits import read_split_documents
from gpt2ro.tokenization.tokenizer_file import read_tokenizer

SplitDocument = tuple[Document, str]

# Enough that a call costs nothing beside its work, little enough to stay near 100 MB with the slow
# encoder, whose Encoding holds some 30 bytes a byte of text.
BATCH_CHARACTERS = 1_000_000


def encode_part(path: Path, tokenizer_path: Path, outputs: Mapping[str, Path]) -> None:
    """Encode a part in one pass, every document followed by `<|endoftext|>`.

    A text that contains the characters `<|endoftext|>` is encoded as these characters: no text of
    the corpus can end a document. A sample is encoded by `tokenizers` too; should one id differ,
    all of the part is. The description of a shard names its encoder.

    Args:
        outputs: the `.bin` file of each split.

    Raises:
        UserError: the tokenizer is missing, damaged or too large for uint16 ids.
    """
    tokenizer, end_of_text = read_tokenizer(tokenizer_path)
    digest = sha256(tokenizer_path)
    reference = TokenizersEncoder(tokenizer)
    encoder: Encoder = CheckedEncoder(
        GigatokenEncoder(tokenizer_path.read_text(encoding="utf-8")), reference
    )
    try:
        _encode(path, outputs, encoder, digest, end_of_text)
    except DifferentIdsError as error:
        print(
            f"encode {part_name(path)}: {error}; encoding all of it by tokenizers.",
            file=sys.stderr,
        )
        _encode(path, outputs, reference, digest, end_of_text)


def _encode(
    path: Path, outputs: Mapping[str, Path], encoder: Encoder, digest: str, end_of_text: int
) -> None:
    with ExitStack() as stack:
        progress = stack.enter_context(Progress(f"encode {part_name(path)}"))
        writers = {
            split: stack.enter_context(
                TokenShardWriter(output, digest, end_of_text, encoder=encoder.name)
            )
            for split, output in outputs.items()
        }
        for batch in batches(read_split_documents(path)):
            encoded = encoder.encode([document.text for document, _ in batch])
            tokens = encoded.ended(end_of_text)
            numbers = np.array([SPLITS.index(split) for _, split in batch], np.uint8)
            number_of_token = np.repeat(numbers, encoded.lengths + 1)
            size = 0
            for split, writer in writers.items():
                texts = [document.text for document, its in batch if its == split]
                size += writer.write_block(tokens[number_of_token == SPLITS.index(split)], texts)
            progress.update(size, documents=len(batch))


def batches(documents: Iterable[SplitDocument]) -> Iterator[list[SplitDocument]]:
    """Yield the documents in lists of about BATCH_CHARACTERS characters, at least one document."""
    batch: list[SplitDocument] = []
    characters = 0
    for document, split in documents:
        batch.append((document, split))
        characters += len(document.text)
        if characters >= BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch
