"""Reads the tokenizer.json that the step tokenizer wrote."""

from pathlib import Path

from tokenizers import Tokenizer

from gpt2ro.errors import UserError
from gpt2ro.tokenization.shards import MAX_VOCABULARY

END_OF_TEXT = "<|endoftext|>"


def open_tokenizer(path: Path, remedy: str = "run the step tokenizer again") -> Tokenizer:
    """Read a tokenizer.json.

    Raises:
        UserError: it is missing or damaged.
    """
    if not path.is_file():
        raise UserError(f"{path}: not found; {remedy}.")
    try:
        return Tokenizer.from_file(str(path))
    except Exception as error:  # the binding raises bare Exception for every fault
        raise UserError(f"{path}: not a tokenizer ({error}); {remedy}.") from None


def read_tokenizer(path: Path) -> tuple[Tokenizer, int]:
    """Read a tokenizer.json for encoding, where special tokens in texts are ordinary characters.

    Returns:
        The tokenizer and the id of `<|endoftext|>`.

    Raises:
        UserError: it is missing, damaged, has no `<|endoftext|>` or more ids than uint16.
    """
    tokenizer = open_tokenizer(path)
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
