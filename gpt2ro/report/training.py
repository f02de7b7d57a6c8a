"""The course and the result of the training.

The page names only the values that it explains. It shows every other single value of metrics.json
in a table under its own name, so that a new measure needs no change here.
"""

import math
from dataclasses import dataclass
from pathlib import Path

from gpt2ro.report.baseline import Row, baseline_rows
from gpt2ro.report.charts import BASELINE, TRAINING, Chart, Point, line_chart
from gpt2ro.report.figures import Figures, Probe, alarms, is_null, probe_results, split_figures
from gpt2ro.report.records import Record, Scalar, read_record

EVALUATED = ("valid", "test")
# The measures of which more is better.
RISING = {"probe_accuracy", "known_words"}
VALIDATION = "valid_bits_per_byte"
CURVES = {
    VALIDATION: "Validation, bits per byte",
    "probe_accuracy": "Agreement probes that are right, share",
    "known_words": "Known words of the samples, share",
    "rep_4": "Repeated 4-grams of the samples, share",
}


@dataclass(frozen=True)
class Training:
    """The course and the result of the training.

    Attributes:
        parameters: number of weights.
        test_bpb: bits per byte on the test split; None without one.
        charts: bits per byte of the validation split and of the training text, accuracy of the
            probes and measures of the samples, against the step.
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
    charts = []
    for key, name in CURVES.items():
        others = {BASELINE: points(baseline_curve, key)}
        if key == VALIDATION:
            others[TRAINING] = training_points(metrics)
        charts.append(line_chart(name, points(curve, key), others, more_is_better=key in RISING))
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


def training_points(metrics: Record) -> list[Point]:
    """Return (step, bits per byte) of the training text, a mean since the entry before.

    The loss is that of the batches as they were read, with dropout and with the weights of their
    step; in the unit of the validation split it shows whether a model only memorises.
    """
    per_token = points(metrics.records("curve"), "train_loss")
    data = metrics.record("data")
    sources = [data.record(name) for name in data.values]
    tokens, size = (sum(one.integer(key) for one in sources) for key in ("tokens", "bytes"))
    return [(step, loss / math.log(2) * tokens / size) for step, loss in per_token] if size else []
