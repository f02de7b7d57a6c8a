"""The degeneration watch: measures at each evaluation whether a model still writes text.

A model with a good loss can write one phrase again and again, or nothing. Samples are drawn as
people draw them (top-k), always with the same seed, so two evaluations differ by the model only.
"""

import re
from dataclasses import asdict, dataclass

import numpy as np
from tokenizers import Tokenizer
from yacs.config import CfgNode

from gpt2ro.training.data import TokenStream
from gpt2ro.training.sampling import sample_many
from gpt2ro.training.weights import END_OF_TEXT, Gpt2

WORD = re.compile(r"[^\W\d_]+")
# Known words are those of this many pieces from all over the train split. Decoding the 114,666
# tokens of the demo took 0.08 to 0.14 s; so this takes under half a second, and at most some 20 MB,
# however large the split is.
PIECES = 64
PIECE = 4096  # tokens


@dataclass(frozen=True)
class Fluency:
    """The measures of the samples of one evaluation; shares from 0 to 1.

    Attributes:
        rep_4: 4-grams of tokens that repeat an earlier one of the same sample (seq-rep-4, arXiv
            1908.04319).
        distinct_2: different 2-grams of tokens of all samples, by their number (arXiv 1510.03055).
        silent: samples without any text.
        known_words: words that the training text has; the first and the last of a sample, which may
            be cut, do not count.
    """

    rep_4: float
    distinct_2: float
    silent: float
    known_words: float

    def rounded(self) -> dict[str, float]:
        """Return the values with four digits, as they are written to files."""
        return {name: round(value, 4) for name, value in asdict(self).items()}


class DegenerationWatch:
    """Draws samples, measures them, and tells whether they are fluent.

    Args:
        words: what counts as a known word, in lower case.
    """

    def __init__(self, tokenizer: Tokenizer, words: frozenset[str], config: CfgNode) -> None:
        self._tokenizer = tokenizer
        self._words = words
        self._config = config
        self._settings = config.DEGENERATION

    def measure(self, model: Gpt2) -> Fluency:
        """Draw samples of the model as it is, and measure them."""
        samples = self._samples(model)
        texts = [self._tokenizer.decode(ids) for ids in samples]
        return Fluency(
            rep_4=repeated_share(samples, 4),
            distinct_2=distinct_share(samples, 2),
            silent=sum(not text.strip() for text in texts) / len(texts),
            known_words=known_share(texts, self._words),
        )

    def is_fluent(self, fluency: Fluency) -> bool:
        """Tell whether the samples have enough known words and are no cause of an alarm."""
        return fluency.known_words >= self._settings.KNOWN_WORDS and not self.alarm(fluency)

    def alarm(self, fluency: Fluency) -> str | None:
        """Return which measures are over their limits, as a text, or None."""
        found = [
            f"{name} {value:.0%} (alarm over {limit:.0%})"
            for name, value, limit in (
                ("repeated 4-grams", fluency.rep_4, self._settings.REPETITION),
                ("silent samples", fluency.silent, self._settings.SILENCE),
            )
            if value > limit
        ]
        return ", ".join(found) or None

    def _samples(self, model: Gpt2) -> list[list[int]]:
        """Continue every prompt; each sample and its prompt fit into a training context."""
        new = min(self._settings.TOKENS, self._config.BATCH.CONTEXT - 1)
        end = self._tokenizer.get_vocab()[END_OF_TEXT]
        samples = []
        for prompt in self._config.EVALUATION.PROMPTS or ("",):
            ids = self._tokenizer.encode(prompt).ids[new - self._config.BATCH.CONTEXT :]
            samples += sample_many(model, ids, self._settings.SAMPLES, new, end, self._config.SEED)
        return samples


def known_words(stream: TokenStream, tokenizer: Tokenizer) -> frozenset[str]:
    """Return the words, in lower case, of pieces that are spread evenly over a stream of tokens."""
    count = max(1, min(PIECES, len(stream) // PIECE))
    starts = np.linspace(0, max(0, len(stream) - PIECE), count, dtype=np.int64)
    pieces = [stream.read(int(start), min(PIECE, len(stream))).tolist() for start in starts]
    texts = tokenizer.decode_batch(pieces, skip_special_tokens=False)
    return frozenset(word for text in texts for word in _whole_words(text))


def repeated_share(samples: list[list[int]], size: int) -> float:
    """Return the share of n-grams that occur earlier in the same sample; 0 without any."""
    grams = [_grams(ids, size) for ids in samples]
    total = sum(map(len, grams))
    return 1 - sum(len(set(some)) for some in grams) / total if total else 0.0


def distinct_share(samples: list[list[int]], size: int) -> float:
    """Return the number of different n-grams of all samples, by their number; 0 without any."""
    grams = [gram for ids in samples for gram in _grams(ids, size)]
    return len(set(grams)) / len(grams) if grams else 0.0


def known_share(texts: list[str], words: frozenset[str]) -> float:
    """Return the share of whole words that are known; 0 without any."""
    found = [word for text in texts for word in _whole_words(text)]
    return sum(word in words for word in found) / len(found) if found else 0.0


def _grams(ids: list[int], size: int) -> list[tuple[int, ...]]:
    return list(zip(*(ids[start:] for start in range(size)), strict=False))


def _whole_words(text: str) -> list[str]:
    """Return the words of a text in lower case, but the first and the last, which may be cut."""
    return WORD.findall(text.lower())[1:-1]
