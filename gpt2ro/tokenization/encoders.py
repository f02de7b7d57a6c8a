"""Two encoders of texts that must give the same ids: the fast one, and the one it is held against.

`tokenizers` defines what the ids are: it trained the vocabulary, and the Rust side reads with it.
gigatoken gives the same ids some 30 times faster (docs/data.md), so it encodes, and a sample of
every shard is encoded by both.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import gigatoken
import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from gpt2ro.tokenization.shards import TOKEN, TokenIds

# gigatoken remembers every piece of text it has seen, about a byte for each byte of Romanian text;
# a new one after so many bytes keeps the memory of a job bounded, at 12 ms each.
RENEW_AFTER_BYTES = 256_000_000

# Of every batch, texts this far apart are encoded by both encoders, up to so many characters or
# bytes: at the length of novels and laws 0.2 % of the text and 4 % of the time.
CHECK_EVERY = 512
CHECK_CHARACTERS = 2_000


# UTF-8 or not.
Texts = Sequence[str] | Sequence[bytes]


class DifferentIdsError(Exception):
    """The fast encoder gave other ids than the library that trained the tokenizer."""


@dataclass(frozen=True)
class Encoded:
    """The ids of some texts.

    Attributes:
        ids: of all texts, one after the other, (tokens,) uint16.
        lengths: tokens of each text, (texts,) int64.
    """

    ids: TokenIds
    lengths: NDArray[np.int64]

    def ended(self, end_of_text: int) -> TokenIds:
        """Return the ids with the end-of-text token after each text, (tokens + texts,) uint16."""
        return np.insert(self.ids, np.cumsum(self.lengths), TOKEN.type(end_of_text))


class Encoder(Protocol):
    """Encodes texts; special tokens in them are ordinary characters."""

    name: str

    def encode(self, texts: Texts) -> Encoded:
        """Return the ids of the texts."""


class TokenizersEncoder:
    """The Hugging Face library, whose ids are right by definition."""

    name = "tokenizers"

    def __init__(self, tokenizer: Tokenizer) -> None:
        """Take a tokenizer as `read_tokenizer` returns it."""
        self._tokenizer = tokenizer

    def encode(self, texts: Texts) -> Encoded:
        """Return the ids of the texts."""
        strings = [text if isinstance(text, str) else text.decode() for text in texts]
        encodings = self._tokenizer.encode_batch_fast(strings, add_special_tokens=False)
        lengths = np.fromiter((len(encoding) for encoding in encodings), np.int64, len(texts))
        ids = np.empty(lengths.sum(), TOKEN)
        start = 0
        for encoding, length in zip(encodings, lengths, strict=True):
            ids[start : start + length] = encoding.ids
            start += length
        return Encoded(ids, lengths)


class GigatokenEncoder:
    """gigatoken, on one thread: the parts of a corpus are encoded side by side."""

    name = "gigatoken"

    def __init__(self, tokenizer_json: str) -> None:
        """Take the content of a tokenizer.json."""
        tokenizer = json.loads(tokenizer_json)
        # Without its special tokens, `<|endoftext|>` in a text is no more than its characters.
        tokenizer["added_tokens"] = []
        self._json = json.dumps(tokenizer)
        self._renew()

    def encode(self, texts: Texts) -> Encoded:
        """Return the ids of the texts."""
        if self._bytes >= RENEW_AFTER_BYTES:
            self._renew()
        self._bytes += sum(map(len, texts))
        # encode_batch would return arrays of the package awkward, 0.3 CPU seconds to import.
        rows = [self._tokenizer.encode(text).astype(TOKEN) for text in texts]
        lengths = np.fromiter(map(len, rows), np.int64, len(rows))
        return Encoded(np.concatenate([np.empty(0, TOKEN), *rows]), lengths)

    def _renew(self) -> None:
        self._tokenizer = gigatoken.Tokenizer.from_json(self._json)
        self._bytes = 0


class CheckedEncoder:
    """An encoder whose ids are held against another's on a sample of every batch."""

    def __init__(self, encoder: Encoder, reference: Encoder) -> None:
        self.name = encoder.name
        self._encoder = encoder
        self._reference = reference

    def encode(self, texts: Texts) -> Encoded:
        """Return the ids of the texts.

        Raises:
            DifferentIdsError: those of the sample differ.
        """
        sample = [_beginning(text) for text in texts[::CHECK_EVERY]]
        found, expected = self._encoder.encode(sample), self._reference.encode(sample)
        if not np.array_equal(found.ids, expected.ids):
            raise DifferentIdsError(f"the ids of {self.name} and {self._reference.name} differ")
        return self._encoder.encode(texts)


def _beginning(text: str | bytes) -> str:
    if isinstance(text, str):
        return text[:CHECK_CHARACTERS]
    return text[:CHECK_CHARACTERS].decode(errors="ignore")  # a character may be cut
