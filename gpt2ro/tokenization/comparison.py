"""The step tokenizer_comparison: how a vocabulary fits the language beside another model's."""

from collections.abc import Sequence
from pathlib import Path

from tokenizers import Tokenizer

from gpt2ro.errors import UserError
from gpt2ro.files import write_json
from gpt2ro.tokenization.measures import Sample
from gpt2ro.tokenization.splits import read_split_documents
from gpt2ro.tokenization.tokenizer_file import read_tokenizer

# After the point, as in the tokenizer's own stats.
DIGITS = 4


def write_comparison(
    paths: Sequence[Path], tokenizer: Path, other: Path, name: str, output: Path
) -> None:
    """Write bytes per token and tokens per word of two tokenizers on the same held-out text.

    The text is of the splits valid and test, from which no vocabulary here was learned: up to 2 MB,
    the same number of characters from every part.

    Args:
        paths: the deduplicated shards.
        tokenizer, other: two files tokenizer.json.
        name: of the model that has the other tokenizer.

    Raises:
        UserError: a file is missing or damaged.
    """
    sample = Sample(parts=len(paths))
    for part, path in enumerate(paths):
        for document, split in read_split_documents(path):
            if split != "train":
                sample.add(part, document.text)
    facts = {"name": name, "sample_bytes": sum(len(text.encode()) for text in sample.texts)}
    compared = {"tokenizer": read_tokenizer(tokenizer)[0], "other": _read_other(other)}
    write_json(output, facts | {key: _fit(its, sample.texts) for key, its in compared.items()})


def _fit(tokenizer: Tokenizer, texts: list[str]) -> dict[str, float | None]:
    """Return bytes per token and tokens per word; None where there is no text."""
    encodings = tokenizer.encode_batch_fast(texts, add_special_tokens=False)
    tokens = sum(len(encoding) for encoding in encodings)
    size = sum(len(text.encode()) for text in texts)
    words = sum(len(text.split()) for text in texts)
    return {
        "bytes_per_token": round(size / tokens, DIGITS) if tokens else None,
        "tokens_per_word": round(tokens / words, DIGITS) if words else None,
    }


def _read_other(path: Path) -> Tokenizer:
    """Read any tokenizer.json: another model's may lack `<|endoftext|>` or have more tokens."""
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # the binding raises bare Exception for every fault
        raise UserError(
            f"{path}: not a tokenizer ({error}); expected the tokenizer.json of the model that "
            "training.initial_weights names; run the step pretrained again."
        ) from None
    tokenizer.encode_special_tokens = True
    return tokenizer
