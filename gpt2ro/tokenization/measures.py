"""How well a vocabulary fits its language: bytes per token, tokens per word, whole letters."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
from tokenizers import Tokenizer, pre_tokenizers

from gpt2ro.tokenization.encoders import (
    CheckedEncoder,
    DifferentIdsError,
    GigatokenEncoder,
    TokenizersEncoder,
)
from gpt2ro.tokenization.shards import TokenIds

# 2 MB hold some 300,000 words: the shares below then vary by less than 0.002 between samples.
SAMPLE_CHARACTERS = 2_000_000
# Two UTF-8 bytes each; a vocabulary that cuts them in the middle has not learned the language.
LETTERS = "șțăâî"
CAPITALS = "ȘȚĂÂÎ"
ROMANIAN_LETTERS = LETTERS + CAPITALS


class Sample:
    """A sample of texts, the same number of characters from the start of every part.

    Attributes:
        characters: of each part, at most.
        texts: these.
    """

    def __init__(self, parts: int) -> None:
        self.characters = SAMPLE_CHARACTERS // parts
        self._left = [self.characters] * parts
        self.texts: list[str] = []

    def add(self, part: int, text: str) -> None:
        """Take the text, or its beginning, while the part's share is not used up."""
        if self._left[part] > 0:
            self.texts.append(text[: self._left[part]])
            self._left[part] -= len(self.texts[-1])


def measures(tokenizer: Tokenizer, sample: Sample) -> dict[str, Any]:
    """Return bytes per token, tokens per whitespace word, and the share of whole letters.

    A letter is whole where both its bytes lie in one token; a letter that does not occur is null.
    `letter_tokens` are the tokens of each letter alone, capitals too: 1, or 2 where it is no token.
    """
    counts = np.bincount(_ids(tokenizer, sample.texts)).tolist()
    tokens = Counter({str(tokenizer.id_to_token(n)): count for n, count in enumerate(counts)})
    size = sum(len(text.encode()) for text in sample.texts)
    words = sum(len(text.split()) for text in sample.texts)
    return {
        "sample_bytes": size,
        "bytes_per_token": _ratio(size, tokens.total()),
        "tokens_per_word": _ratio(tokens.total(), words),
        "whole_letters": {letter: _whole_share(letter, sample.texts, tokens) for letter in LETTERS},
        "letter_tokens": {
            letter: len(tokenizer.encode(letter, add_special_tokens=False).ids)
            for letter in ROMANIAN_LETTERS
        },
    }


def cut_letters(letter_tokens: Mapping[str, int]) -> list[str]:
    """Return the letters that take more than one token."""
    return [letter for letter, tokens in letter_tokens.items() if tokens > 1]


def _ids(tokenizer: Tokenizer, texts: list[str]) -> TokenIds:
    """Return the ids of the texts, special tokens in them being ordinary characters."""
    content = tokenizer.to_str()
    reader = Tokenizer.from_str(content)
    reader.encode_special_tokens = True
    reference = TokenizersEncoder(reader)
    try:
        return CheckedEncoder(GigatokenEncoder(content), reference).encode(texts).ids
    except DifferentIdsError:
        return reference.encode(texts).ids


def _whole_share(letter: str, texts: list[str], tokens: Counter[str]) -> float | None:
    # The letter's bytes as the byte-level alphabet writes them: "ș" is "ÈĻ".
    written = pre_tokenizers.ByteLevel(add_prefix_space=False).pre_tokenize_str(letter)[0][0]
    occurrences = sum(text.count(letter) for text in texts)
    whole = sum(token.count(written) * count for token, count in tokens.items())
    return _ratio(whole, occurrences)


def _ratio(numerator: int, denominator: int) -> float | None:
    return round(numerator / denominator, 4) if denominator else None
