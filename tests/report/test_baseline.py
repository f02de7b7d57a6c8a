"""The model compared with the same training from random weights: rows, chart, page and card."""

import json
from pathlib import Path
from typing import Any

import pytest

from gpt2ro.errors import UserError
from gpt2ro.report.baseline import baseline_rows
from gpt2ro.report.records import Record
from gpt2ro.report.report import write_report


def entry(step: int, bits_per_byte: float) -> dict[str, Any]:
    return {"step": step, "valid_bits_per_byte": bits_per_byte}


def metrics(factor: float, steps: list[int], **changed: Any) -> Record:
    """What a training measured: every figure by so much larger."""
    split = {"bits_per_byte": 1.2 * factor, "word_perplexity": 300.0 * factor}
    values = {
        "parameters": 1000,
        "tokens_read": 100 * steps[-1],
        "valid": split,
        "test": split,
        "probes": {"pairs": 90, "accuracy": 0.75 / factor, "phenomena": {}},
        "curve": [entry(step, factor * (3 - step / 100)) for step in steps],
    }
    return Record(values | changed, "metrics.json")


def test_rows_tell_sizes_splits_and_probes_of_both() -> None:
    rows = baseline_rows(metrics(1.0, [0, 100]), metrics(1.5, [0, 100]))
    assert rows == [
        ("parameters", "1,000", "1,000"),
        ("tokens read", "10,000", "10,000"),
        ("validation: bits per byte", "1.2", "1.8"),
        ("validation: perplexity per word", "300", "450"),
        ("test: bits per byte", "1.2", "1.8"),
        ("test: perplexity per word", "300", "450"),
        ("agreement probes that are right", "75.0 %", "50.0 %"),
        ("validation after 100 steps: bits per byte", "2", "3"),
    ]


def test_equal_steps_are_compared_where_patience_ended_one_earlier() -> None:
    rows = baseline_rows(metrics(1.0, [0, 100, 150]), metrics(2.0, [0, 100, 200, 250]))
    assert rows[-1] == ("validation after 100 steps: bits per byte", "2", "4")


@pytest.mark.parametrize(
    ("key", "gone"), [("test", "test: "), ("probes", "agreement")], ids=["test", "probes"]
)
def test_what_one_of_them_lacks_is_not_compared(key: str, gone: str) -> None:
    whole = baseline_rows(metrics(1.0, [0]), metrics(1.0, [0]))
    rows = baseline_rows(metrics(1.0, [0]), metrics(1.0, [0], **{key: None}))
    assert [row for row in whole if not row[0].startswith(gone)] == rows
    assert len(rows) < len(whole)


@pytest.fixture
def baseline(results: Path) -> Path:
    """Metrics of a baseline of the made-up results, worse by one bit a byte throughout."""
    values = json.loads((results / "metrics.json").read_text())
    for found in values["curve"]:
        found["valid_bits_per_byte"] += 1
    path = results / "baseline" / "metrics.json"
    path.parent.mkdir()
    path.write_text(json.dumps(values))
    return path


def page(results: Path, baseline: Path | None) -> str:
    write_report(results, results / "report.html", baseline=baseline)
    return (results / "report.html").read_text(encoding="utf-8")


def test_the_page_has_the_table_and_both_curves_in_one_chart(results, baseline) -> None:
    html = page(results, baseline)
    assert "<h3>Compared with random weights</h3>" in html
    row = 'validation after 200 steps: bits per byte</th><td class="number">1.9</td>'
    assert f'{row}<td class="number">2.9</td>' in html
    assert html.count('<polyline class="baseline"') == 3  # every chart that has points
    assert "dashed: from random weights" in html


def test_a_page_without_a_baseline_has_neither(results) -> None:
    html = page(results, None)
    assert "random weights" not in html
    assert 'class="baseline"' not in html


def test_a_damaged_baseline_is_named(results, baseline) -> None:
    baseline.write_text("{}")
    with pytest.raises(UserError, match=r"baseline/metrics\.json: no key curve"):
        page(results, baseline)
