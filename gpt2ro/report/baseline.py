"""The model compared with its baseline: the same training from random weights of its shape."""

from collections.abc import Callable

from gpt2ro.report.figures import is_null
from gpt2ro.report.formats import real, share, whole
from gpt2ro.report.records import Record

Row = tuple[str, str, str]

SPLIT_NAMES = {"valid": "validation", "test": "test"}


def baseline_rows(metrics: Record, baseline: Record) -> list[Row]:
    """Return the rows of a table: the name of a figure, that of the model, that of the baseline.

    Patience may end one training earlier, so the last row is of the last step at which both were
    evaluated.

    Args:
        metrics, baseline: metrics.json of both.

    Raises:
        UserError: a figure is missing or damaged.
    """
    rows = [
        _row("parameters", metrics, baseline, lambda one: whole(one.integer("parameters"))),
        _row("tokens read", metrics, baseline, lambda one: whole(one.integer("tokens_read"))),
    ]
    for split, name in SPLIT_NAMES.items():
        if _has_both(metrics, baseline, split):
            one, other = metrics.record(split), baseline.record(split)
            rows += [
                _row(f"{name}: bits per byte", one, other, _real("bits_per_byte")),
                _row(f"{name}: perplexity per word", one, other, _real("word_perplexity")),
            ]
    if _has_both(metrics, baseline, "probes"):
        one, other = metrics.record("probes"), baseline.record("probes")
        right = "agreement probes that are right"
        rows.append(_row(right, one, other, lambda one: share(one.number("accuracy"))))
    return rows + _at_equal_steps(metrics, baseline)


def _row(name: str, one: Record, other: Record, figure: Callable[[Record], str]) -> Row:
    return name, figure(one), figure(other)


def _real(key: str) -> Callable[[Record], str]:
    return lambda record: real(record.number(key))


def _has_both(metrics: Record, baseline: Record, key: str) -> bool:
    return not is_null(metrics, key) and not is_null(baseline, key)


def _at_equal_steps(metrics: Record, baseline: Record) -> list[Row]:
    """Return the row of the last step that both curves have; none if they share no step."""
    one, other = (
        {entry.integer("step"): entry for entry in record.records("curve")}
        for record in (metrics, baseline)
    )
    if not (common := one.keys() & other.keys()):
        return []
    step = max(common)
    name = f"validation after {whole(step)} steps: bits per byte"
    return [_row(name, one[step], other[step], _real("valid_bits_per_byte"))]
