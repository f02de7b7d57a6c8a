"""The step report: read the results of every step and write one self-contained page.

The page loads nothing from the network and runs no script. All text of the corpus and of the model
is untrusted: the template escapes whatever it writes, and a content security policy forbids the
browser to run or load anything should an escape ever be missing.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gpt2ro.files import write_text
from gpt2ro.report import charts
from gpt2ro.report.corpus_page import corpus_facts
from gpt2ro.report.parity import read_parity
from gpt2ro.report.samples import read_samples
from gpt2ro.report.templates import environment
from gpt2ro.report.tokens import read_comparison, read_encoders, read_tokenizer, read_tokens
from gpt2ro.report.training import read_training


def write_report(
    results: Path,
    output: Path,
    parts: list[str] | None = None,
    comparison: Path | None = None,
    baseline: Path | None = None,
    left_out: Sequence[str] = (),
) -> None:
    """Write the report of a run; equal results give equal bytes.

    Args:
        results: the folder of all outputs.
        output: the HTML file.
        parts: only these, as source/part; the folder may hold parts of earlier runs.
        comparison: tokenizer_comparison.json, if there is one.
        baseline: metrics.json of the same training from random weights, if there is one.
        left_out: files that no part has, as JSON (`files_left_out` says how).

    Raises:
        UserError: a file of the results is missing or damaged.
    """
    compared = read_comparison(comparison) if comparison else None
    found = facts(results, parts, baseline, left_out)
    write_text(output, page({**found, "comparison": compared}))


def facts(
    results: Path,
    parts: list[str] | None = None,
    baseline: Path | None = None,
    left_out: Sequence[str] = (),
) -> dict[str, Any]:
    """Return what the template shows, by the names it uses."""
    of_corpus = corpus_facts(results, parts, left_out)
    corpus = of_corpus["corpus"]
    return {
        **of_corpus,
        "tokenizer": read_tokenizer(results),
        "tokens": read_tokens(results, corpus.parts),
        "encoders": read_encoders(results, corpus.parts),
        "training": read_training(results, baseline),
        "samples": read_samples(results),
        "parity": read_parity(results),
    }


def page(values: dict[str, Any]) -> str:
    """Fill the template."""
    template = environment(autoescape=True).get_template("template.html")
    return template.render(values | {"charts": charts})
