"""Runs of n words as 64-bit hashes: what two texts share is what their sets share."""

import numpy as np
from numpy.typing import NDArray

from gpt2ro.arrays import distinct
from gpt2ro.native import Signer, fold

NGRAM = np.dtype("<u8")

Ngrams = NDArray[np.uint64]


class NgramHasher:
    """Computes the n-grams of texts, of their folded words: case, diacritics and punctuation aside.

    Attributes:
        words: of an n-gram.
    """

    def __init__(self, words: int) -> None:
        self.words = words
        self._signer = Signer(True, words, 0, 1)

    def ngrams(self, text: str) -> Ngrams:
        """Return the distinct n-grams, ascending, (n-grams,) uint64; none of a shorter text."""
        found = np.frombuffer(self._signer.shingles(text), NGRAM)
        # A text of fewer words is one shingle to the signer; what is no n-gram must not match.
        if len(found) == 1 and len(folded_words(text)) < self.words:
            return found[:0]
        return found


def folded_words(text: str) -> list[str]:
    """Return the words of the folded text."""
    return fold(text).split()


def merged(parts: list[Ngrams]) -> Ngrams:
    """Return the n-grams of all, each once, ascending."""
    return distinct(np.concatenate([np.empty(0, NGRAM), *parts]))
