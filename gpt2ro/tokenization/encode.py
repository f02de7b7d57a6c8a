"""The step encode: the documents of a part as token ids, one shard for each split."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

from tokenizers import Tokenizer

from gpt2ro.documents import Document
from gpt2ro.errors import UserError
from gpt2ro.files import sha256
from gpt2ro.progress import Progress
from gpt2ro.tokenization.shards import MAX_VOCABULARY, TokenShardWriter
from gpt2ro.tokenization.splits import read_split_documents
from gpt2ro.tokenization.tokenizer import END_OF_TEXT

SplitDocument = tuple[Document, str]

# Enough for all threads of encode_batch_fast to be busy, little enough to stay near 100 MB: an
# Encoding holds some 30 bytes a byte of text.
BATCH_CHARACTERS = 1_000_000


def encode_part(path: Path, tokenizer_path: Path, outputs: Mapping[str, Path]) -> None:
    """Encode a part in one pass, every document followed by `<|endoftext|>`.

    A text that contains the characters `<|endoftext|>` is encoded as these characters: no text of
    the corpus can end a document.

    Args:
        outputs: the `.bin` file of each split.

    Raises:
        UserError: the tokenizer is missing, damaged or too large for uint16 ids.
    """
    tokenizer, end_of_text = read_tokenizer(tokenizer_path)
    digest = sha256(tokenizer_path)
    with ExitStack() as stack:
        progress = stack.enter_context(Progress(f"encode {path.name}"))
        writers = {
            split: stack.enter_context(TokenShardWriter(output, digest, end_of_text))
            for split, output in outputs.items()
        }
        for batch in batches(read_split_documents(path)):
            texts = [document.text for document, _ in batch]
            encodings = tokenizer.encode_batch_fast(texts, add_special_tokens=False)
            for (document, split), encoding in zip(batch, encodings, strict=True):
                writers[split].write(encoding.ids, document.text)
            progress.update(sum(len(text.encode()) for text in texts), documents=len(batch))


def read_tokenizer(path: Path) -> tuple[Tokenizer, int]:
    """Read a tokenizer.json for encoding, where special tokens in texts are ordinary characters.

    Returns:
        The tokenizer and the id of `<|endoftext|>`.

    Raises:
        UserError: it is missing, damaged, has no `<|endoftext|>` or more ids than uint16.
    """
    if not path.is_file():
        raise UserError(f"{path}: not found; run the step tokenizer.")
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # the binding raises bare Exception for every fault
        raise UserError(
            f"{path}: not a tokenizer ({error}); run the step tokenizer again."
        ) from None
    if tokenizer.get_vocab_size() > MAX_VOCABULARY:
        raise UserError(
            f"{path}: {tokenizer.get_vocab_size():,} tokens found, at most {MAX_VOCABULARY:,} fit "
            "the uint16 shards; set tokenizer.vocabulary lower."
        )
    end_of_text = tokenizer.token_to_id(END_OF_TEXT)
    if end_of_text is None:
        raise UserError(
            f"{path}: the token {END_OF_TEXT} is missing; use the step tokenizer's file."
        )
    tokenizer.encode_special_tokens = True
    return tokenizer, end_of_text


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
