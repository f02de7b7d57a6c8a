"""The figures of the tokenizer, the tokens, the training and the Rust binary.

The page names only the values that it explains. It shows every other single value of metrics.json
and parity.json in a table under its own name, so that a new measure needs no change here.
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from gpt2ro.dedupe.settings import SPLITS
from gpt2ro.report.baseline import Row, baseline_rows
from gpt2ro.report.charts import Chart, Point, line_chart
from gpt2ro.report.figures import (
    Figures,
    Probe,
    alarms,
    is_null,
    probe_results,
    split_figures,
)
from gpt2ro.report.formats import ratio
from gpt2ro.report.records import Record, Scalar, read_record

EVALUATED = ("valid", "test")
# The measures of which more is better.
RISING = {"probe_accuracy", "known_words"}
CURVES = {
    "train_loss": "Train loss, nats per token",
    "valid_bits_per_byte": "Validation, bits per byte",
    "probe_accuracy": "Agreement probes that are right, share",
    "known_words": "Known words of the samples, share",
    "rep_4": "Repeated 4-grams of the samples, share",
}


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


@dataclass(frozen=True)
class Training:
    """The course and the result of the training.

    Attributes:
        parameters: number of weights.
        test_bpb: bits per byte on the test split; None without one.
        charts: train loss, validation bits per byte, accuracy of the probes and measures of the
            samples, against the step.
        alarms: when the samples stopped being fluent, and why.
        facts: every single value of metrics.json.
        measures: every measure of the finished model, by split.
        sources: those of each source, by split and name; not every source is in every split.
        probes: the accuracy of the finished model by phenomenon, of all probes last; may be none.
        baseline: rows of the table that compares the model with its baseline; none without one.
    """

    parameters: int
    test_bpb: float | None
    charts: list[Chart]
    alarms: list[str]
    facts: dict[str, Scalar]
    measures: dict[str, dict[str, Scalar]]
    sources: dict[str, dict[str, Figures]]
    probes: list[Probe]
    baseline: list[Row]


@dataclass(frozen=True)
class Rounded:
    """How a precision of the binary predicts a held-out split.

    Attributes:
        precision: its name.
        bits_per_byte: as measured.
        difference: how far that is from fp32, as a share of it.
        allowed: the largest such share.
    """

    precision: str
    bits_per_byte: float
    difference: float
    allowed: float


@dataclass(frozen=True)
class Parity:
    """How far the Rust binary is from PyTorch.

    Attributes:
        largest: the largest difference of a logit.
        tolerance: what was allowed.
        facts: every single value of parity.json.
        columns, rows: what was measured on each prompt, which is the first column.
        split: what the precisions were measured on: test, or valid where there is no test split.
        precisions: bits per byte of each precision on it, and how far from fp32.
    """

    largest: float
    tolerance: float
    facts: dict[str, Scalar]
    columns: list[str]
    rows: list[dict[str, Scalar]]
    split: str
    precisions: list[Rounded]


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


def read_training(results: Path, baseline: Path | None = None) -> Training:
    """Read metrics.json: `parameters`, `valid`, `test` (with `bits_per_byte`), `curve` and more.

    Args:
        baseline: metrics.json of the baseline, where there is one.

    Raises:
        UserError: one is missing or damaged.
    """
    metrics = read_record(results / "metrics.json")
    other = read_record(baseline) if baseline else None
    curve = metrics.records("curve")
    baseline_curve = other.records("curve") if other else []
    evaluated = [split for split in EVALUATED if not is_null(metrics, split)]
    charts = [
        line_chart(
            name, points(curve, key), points(baseline_curve, key), more_is_better=key in RISING
        )
        for key, name in CURVES.items()
    ]
    return Training(
        parameters=metrics.integer("parameters"),
        test_bpb=metrics.record("test").number("bits_per_byte") if "test" in evaluated else None,
        charts=[chart for chart in charts if chart],
        alarms=alarms(metrics),
        facts=training_facts(metrics),
        measures={split: metrics.record(split).scalars() for split in evaluated},
        sources={
            split: {figures.name: figures for figures in split_figures(metrics, split)[1:]}
            for split in evaluated
        },
        probes=probe_results(metrics),
        baseline=baseline_rows(metrics, other) if other else [],
    )


def training_facts(metrics: Record) -> dict[str, Scalar]:
    """Return the single values; a missing split, which is null, is not one of them."""
    return {key: value for key, value in metrics.scalars().items() if key not in EVALUATED}


def points(curve: list[Record], key: str) -> list[Point]:
    """Return (step, value) of every entry of the curve that has a finite value, by step."""
    found = [(float(entry.integer("step")), entry.finite(key)) for entry in curve]
    return sorted((step, value) for step, value in found if value is not None)


def read_parity(results: Path) -> Parity:
    """Read parity.json: `max_logit_difference`, `tolerance`, two lists of objects, and more.

    The lists are `prompts` and `precisions`.

    Raises:
        UserError: it is missing or damaged.
    """
    parity = read_record(results / "parity.json")
    rows = [prompt.scalars() for prompt in parity.records("prompts")]
    return Parity(
        largest=parity.number("max_logit_difference"),
        tolerance=parity.number("tolerance"),
        facts=parity.scalars(),
        columns=list(dict.fromkeys(["prompt", *(key for row in rows for key in row)])),
        rows=rows,
        split=parity.text("split"),
        precisions=[
            Rounded(
                row.text("precision"),
                *(row.number(key) for key in ("bits_per_byte", "difference", "allowed")),
            )
            for row in parity.records("precisions")
        ],
    )
