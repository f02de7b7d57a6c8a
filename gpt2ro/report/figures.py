"""How well the finished model predicts text and grammar, as the page and the card tell it."""

from dataclasses import dataclass

from gpt2ro.report.records import Record

ALL = "all"


@dataclass(frozen=True)
class Figures:
    """The metrics of a split, or of one of its sources.

    Attributes:
        name: the source, or ALL.
        bits_per_byte, token_perplexity, word_perplexity: less is better.
        tokens, bytes: how much was predicted.
    """

    name: str
    bits_per_byte: float
    token_perplexity: float
    word_perplexity: float
    tokens: int
    bytes: int


@dataclass(frozen=True)
class Probe:
    """The agreement probes of a phenomenon, or ALL, and the share that the model has right."""

    name: str
    pairs: int
    accuracy: float


def split_figures(metrics: Record, split: str) -> list[Figures]:
    """Return the figures of a split from metrics.json: those of all first, then by source.

    None for a split that was not asked for (`split.test: 0`), which is null there.

    Raises:
        UserError: one is missing or damaged.
    """
    if is_null(metrics, split):
        return []
    total = metrics.record(split)
    sources = total.record("sources")
    return [figures(ALL, total), *(figures(name, sources.record(name)) for name in sources.values)]


def figures(name: str, record: Record) -> Figures:
    """Return the figures of one text."""
    return Figures(
        name,
        record.number("bits_per_byte"),
        record.number("token_perplexity"),
        record.number("word_perplexity"),
        record.integer("tokens"),
        record.integer("bytes"),
    )


def probe_results(metrics: Record) -> list[Probe]:
    """Return the probes from metrics.json by phenomenon, all of them last; none if there are none.

    Raises:
        UserError: a result is missing or damaged.
    """
    if is_null(metrics, "probes"):
        return []
    total = metrics.record("probes")
    phenomena = total.record("phenomena")
    found = [(name, phenomena.record(name)) for name in phenomena.values]
    return [
        Probe(name, record.integer("pairs"), record.number("accuracy"))
        for name, record in [*found, (ALL, total)]
    ]


def is_null(metrics: Record, key: str) -> bool:
    """Return whether a key says that there is nothing, which is not the same as no key."""
    return key in metrics.values and metrics.values[key] is None


def alarms(metrics: Record) -> list[str]:
    """Return when the samples of the training stopped being fluent, and why; none if they did not.

    Raises:
        UserError: one is damaged.
    """
    return [
        f"Step {alarm.integer('step'):,}: {alarm.text('reason')}"
        for alarm in metrics.records("alarms")
    ]
