"""The tokenizer, how it compares with another, and the tokens of each split."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from gpt2ro.dedupe.settings import SPLITS
from gpt2ro.report.formats import ratio
from gpt2ro.report.records import Record, read_record


@dataclass(frozen=True)
class Tokenizer:
    """The tokenizer, and how well it fits the language.

    Attributes:
        vocabulary: number of tokens.
        documents, bytes: what it was trained on.
        trainer: the library that learned its merges.
        sample_bytes: how much of this the measures were taken on.
        bytes_per_token, tokens_per_word: None without text.
        whole_letters: the share of each Romanian letter whose bytes lie in one token; None for a
            letter that does not occur.
        letter_tokens: tokens of each letter alone, of capitals too.
    """

    vocabulary: int
    documents: int
    bytes: int
    trainer: str
    sample_bytes: int
    bytes_per_token: float | None
    tokens_per_word: float | None
    whole_letters: dict[str, float | None]
    letter_tokens: dict[str, int]

    @property
    def cut_letters(self) -> list[str]:
        """The letters that take more than one token."""
        return [letter for letter, tokens in self.letter_tokens.items() if tokens > 1]


@dataclass(frozen=True)
class Comparison:
    """The tokenizer compared with that of the model from which the weights come.

    Attributes:
        name: of that model.
        sample_bytes: of held-out text on which both were measured.
        measures: the tokenizer's and the other's, by name; None without text.
    """

    name: str
    sample_bytes: int
    measures: dict[str, tuple[float | None, float | None]]


@dataclass(frozen=True)
class SplitTokens:
    """The tokens of a split, or of all; an end-of-text token a document is among them."""

    name: str
    documents: int
    tokens: int
    words: int
    bytes: int

    @property
    def bytes_per_token(self) -> float | None:
        return ratio(self.bytes, self.tokens)

    @property
    def tokens_per_word(self) -> float | None:
        return ratio(self.tokens, self.words)


def read_tokenizer(results: Path) -> Tokenizer:
    """Read the tokenizer's stats.json.

    Raises:
        UserError: it is missing or damaged.
    """
    stats = read_record(results / "tokenizer" / "stats.json")
    letters = stats.record("whole_letters")
    alone = stats.record("letter_tokens")
    return Tokenizer(
        vocabulary=stats.integer("vocabulary"),
        documents=stats.integer("documents"),
        bytes=stats.integer("bytes"),
        trainer=stats.text("trainer"),
        sample_bytes=stats.integer("sample_bytes"),
        bytes_per_token=stats.finite("bytes_per_token"),
        tokens_per_word=stats.finite("tokens_per_word"),
        whole_letters={letter: letters.finite(letter) for letter in letters.values},
        letter_tokens={letter: alone.integer(letter) for letter in alone.values},
    )


def read_comparison(path: Path) -> Comparison:
    """Read tokenizer_comparison.json.

    Raises:
        UserError: it is missing or damaged.
    """
    record = read_record(path)
    ours, others = record.record("tokenizer"), record.record("other")
    return Comparison(
        name=record.text("name"),
        sample_bytes=record.integer("sample_bytes"),
        measures={key: (ours.finite(key), others.finite(key)) for key in ours.values},
    )


def read_tokens(results: Path, parts: list[tuple[str, str]]) -> list[SplitTokens]:
    """Add up the token shards of every split; the last one is the sum of all.

    Raises:
        UserError: the description of a shard is missing or damaged.
    """
    shards = {
        split: [
            read_record(results / "tokens" / split / source / f"{part}.json")
            for source, part in parts
        ]
        for split in SPLITS
    }
    everything = [shard for split in shards.values() for shard in split]
    return [added(name, some) for name, some in (shards | {"all": everything}).items()]


def added(name: str, shards: list[Record]) -> SplitTokens:
    """Return the sums over token shards."""
    keys = ("documents", "tokens", "words", "bytes")
    return SplitTokens(name, *(sum(shard.integer(key) for shard in shards) for key in keys))


def read_encoders(results: Path, parts: list[tuple[str, str]]) -> dict[str, int]:
    """Return how many parts each encoder encoded, by its name.

    Raises:
        UserError: the description of a shard is missing or damaged.
    """
    shards = (
        read_record(results / "tokens" / SPLITS[0] / source / f"{part}.json")
        for source, part in parts
    )
    return dict(sorted(Counter(shard.text("encoder") for shard in shards).items()))
