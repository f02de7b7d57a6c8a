"""The step tokenizer_comparison: how a vocabulary fits the language beside another model's."""

from collections.abc import Sequence
from pathlib import Path

from tokenizers import Tokenizer

from gpt2ro.errors import UserError
from gpt2ro.files import write_json
from gpt2ro.tokenization.measures import Sample, measures
from gpt2ro.tokenization.splits import read_split_documents
from gpt2ro.tokenization.tokenizer_file import read_tokenizer

COMPARED = ("bytes_per_token", "tokens_per_word")


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
    tokenizers = {"tokenizer": read_tokenizer(tokenizer)[0], "other": _read_other(other)}
    measured = {key: measures(tokenizer, sample) for key, tokenizer in tokenizers.items()}
    write_json(
        output,
        {
            "name": name,
            "sample_bytes": measured["tokenizer"]["sample_bytes"],
            **{key: {m: values[m] for m in COMPARED} for key, values in measured.items()},
        },
    )


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
