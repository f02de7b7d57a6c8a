"""Two trainers of merges that must learn the same: the fast one, and the one it is held against.

`tokenizers` defines what the merges are. Our own trainer, in Rust (rust/corpus/src/bpe), learns the
same ones in a fraction of the time (bench/tokenizer.py), so it trains, and both train on a sample.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from tokenizers import Tokenizer, models, pre_tokenizers, trainers

from gpt2ro.native import TrainDocuments
from gpt2ro.tokenization.measures import ROMANIAN_LETTERS
from gpt2ro.tokenization.settings import TokenizerSettings

Merge = tuple[str, str]

# On so much both trainers take 0.2 CPU seconds together, and merge some 5,000 pairs.
SAMPLE_BYTES = 300_000
SAMPLE_PIECES = 150
# With so many merges besides, the letters of Romanian are tokens; the lines that make them so are
# 3 % of the text.
ROOM = 2_000
LINES = 10_000  # of them in one text, 300 KB


class DifferentMergesError(Exception):
    """The fast trainer learns other merges than the library that defines them."""


class Texts(Protocol):
    """What a vocabulary is learned from.

    Attributes:
        bytes: UTF-8 bytes of the texts that were read last.
    """

    bytes: int

    def __iter__(self) -> Iterator[str]:
        """Yield the texts."""

    def counted(self) -> tuple[TrainDocuments, list[str]]:
        """Return the texts with their pieces counted, and beginnings of texts from all over."""


def learned_merges(texts: Texts, settings: TokenizerSettings) -> tuple[list[Merge], str]:
    """Return the merges in order, and the name of the trainer that learned them.

    They are as many as the vocabulary has room for, or as the texts give. The letters of Romanian
    are learned too, as `romanian_letters` says.

    Args:
        texts: read once more if our trainer turns out not to give the merges of tokenizers.
    """
    if settings.trainer == "gpt2ro":
        documents, everywhere = texts.counted()
        for letters in romanian_letters(texts.bytes, settings):
            documents.add(letters)
        try:
            return checked_merges(documents, everywhere, settings), "gpt2ro"
        except DifferentMergesError as error:
            print(f"tokenizer: {error}; learning by tokenizers.", file=sys.stderr)
    return tokenizers_merges(_with_letters(texts, settings), settings), "tokenizers"


def _with_letters(texts: Texts, settings: TokenizerSettings) -> Iterator[str]:
    yield from texts
    yield from romanian_letters(texts.bytes, settings)


def romanian_letters(text_bytes: int, settings: TokenizerSettings) -> Iterator[str]:
    """Yield texts that make each letter of Romanian, two bytes in UTF-8, a token by itself.

    From texts alone not all of them become one: î begins words, so " î" is merged from the blank
    on, and î at the beginning of a line is two tokens. Here each letter stands in a line of its
    own, more often than ROOM merges can all find their pairs in `text_bytes` bytes: a merge of n
    pairs, of which half may overlap, leaves at least n / 2 symbols fewer. How often does not depend
    on the size of the vocabulary, so that a smaller one has the first merges of a larger one.
    """
    often = max(settings.min_frequency, 2 * text_bytes // ROOM + 1)
    line = "".join(f"{letter}\n" for letter in ROMANIAN_LETTERS)
    for done in range(0, often, LINES):
        yield line * min(LINES, often - done)


def tokenizers_merges(texts: Iterable[str], settings: TokenizerSettings) -> list[Merge]:
    """Return the merges that the Hugging Face library learns, right by definition."""
    learner = Tokenizer(models.BPE())
    learner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=_learned_tokens(settings),
        min_frequency=settings.min_frequency,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        special_tokens=[],
        show_progress=sys.stderr.isatty(),
    )
    learner.train_from_iterator(texts, trainer)
    return [(left, right) for left, right in json.loads(learner.to_str())["model"]["merges"]]


def checked_merges(
    documents: TrainDocuments, everywhere: Sequence[str], settings: TokenizerSettings
) -> list[Merge]:
    """Return the merges that our trainer learns.

    Args:
        everywhere: texts from all over, of which SAMPLE_PIECES are learned from by both trainers.

    Raises:
        DifferentMergesError: from these, it learns others than tokenizers.
    """
    sample = everywhere[:: max(1, -(-len(everywhere) // SAMPLE_PIECES))]
    # All is learned from meanwhile, which keeps one core busy.
    with ThreadPoolExecutor(1) as executor:
        expected = executor.submit(tokenizers_merges, sample, settings)
        found = native_merges(documents_of(sample), settings)
        merges = native_merges(documents, settings)
        if found != expected.result():
            raise DifferentMergesError("gpt2ro and tokenizers learn other merges from a sample")
    return merges


def native_merges(documents: TrainDocuments, settings: TokenizerSettings) -> list[Merge]:
    """Return the merges that our trainer learns, whatever tokenizers may learn."""
    return documents.merges(_learned_tokens(settings), settings.min_frequency)


def documents_of(texts: Iterable[str]) -> TrainDocuments:
    """Return texts with their pieces counted."""
    documents = TrainDocuments(0, None, 0, 0)
    for text in texts:
        documents.add(text)
    return documents


def _learned_tokens(settings: TokenizerSettings) -> int:
    return settings.vocabulary - 1  # the last id is kept for <|endoftext|>


def byte_vocabulary() -> dict[str, int]:
    """Return the ids of the 256 bytes, in the order of their letters, as tokenizers gives them."""
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    return {letter: number for number, letter in enumerate(letters)}
