"""The step encode: the documents of a part as token ids, one shard for each split."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from gpt2ro.dedupe.settings import SPLITS
from gpt2ro.documents import expected_documents, parse_document, part_name, read_blocks
from gpt2ro.files import sha256
from gpt2ro.native import split_texts
from gpt2ro.progress import Progress
from gpt2ro.tokenization.encoders import (
    CheckedEncoder,
    DifferentIdsError,
    Encoder,
    GigatokenEncoder,
    TokenizersEncoder,
)
from gpt2ro.tokenization.shards import TokenShardWriter, word_count
from gpt2ro.tokenization.splits import split_of
from gpt2ro.tokenization.tokenizer_file import read_tokenizer

# Enough that a call costs nothing beside its work, little enough to stay near 100 MB with the slow
# encoder, whose Encoding holds some 30 bytes a byte of text.
BATCH_BYTES = 1_000_000


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
        progress = stack.enter_context(
            Progress(f"encode {part_name(path)}", documents=expected_documents(path))
        )
        writers = {
            split: stack.enter_context(
                TokenShardWriter(output, digest, end_of_text, encoder=encoder.name)
            )
            for split, output in outputs.items()
        }
        for batch in batches(path):
            encoded = encoder.encode(batch.texts)
            tokens = encoded.ended(end_of_text)
            # splits, sizes, words: (texts,)
            splits = np.frombuffer(batch.splits, np.uint8)
            sizes, words = np.array(batch.sizes), np.array(batch.words)
            split_of_token = np.repeat(splits, encoded.lengths + 1)
            for split, writer in writers.items():
                its = splits == SPLITS.index(split)
                writer.write_block(
                    tokens[split_of_token == SPLITS.index(split)],
                    int(its.sum()),
                    int(sizes[its].sum()),
                    int(words[its].sum()),
                )
            progress.update(sum(batch.sizes), documents=len(batch.texts))


class Batch:
    """Some documents.

    Attributes:
        texts: in UTF-8.
        splits: the number of each one's split in SPLITS.
        words: of each, runs of bytes above the space.
        sizes: bytes of each.
    """

    def __init__(self) -> None:
        self.texts: list[bytes] = []
        self.splits = bytearray()
        self.words: list[int] = []
        self.sizes: list[int] = []

    def add(self, texts: list[bytes], splits: bytes, words: list[int]) -> None:
        """Add documents."""
        self.texts += texts
        self.splits += splits
        self.words += words
        self.sizes += map(len, texts)


def batches(path: Path) -> Iterator[Batch]:
    """Yield the documents of a shard in batches of about BATCH_BYTES, whole blocks of lines each.

    Raises:
        UserError: a line is no document, or a document has no split, because the shard is not one
            of the step dedupe.
    """
    batch = Batch()
    lines = 0
    for block in read_blocks(path):
        rest = block
        while rest:
            texts, splits, words, done = split_texts(rest)
            batch.add(texts, splits, words)
            rest = rest[done:]
            if rest:
                # A line in another form; those behind it may be in the usual one.
                line, _, rest = rest.partition(b"\n")
                number = lines + block.count(b"\n", 0, len(block) - len(rest))
                document = parse_document(line, path, number)
                text = document.text.encode()
                split = SPLITS.index(split_of(document, path))
                batch.add([text], bytes([split]), [word_count(text)])
        lines += block.count(b"\n")
        if sum(batch.sizes) >= BATCH_BYTES:
            yield batch
            batch = Batch()
    if batch.texts:
        yield batch
