"""The step corpus_report: what became of the corpus, before a model is trained on it.

The same sections are part of the report of a run.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gpt2ro.files import write_text
from gpt2ro.report.corpus import read_corpus
from gpt2ro.report.examples import dropped_examples
from gpt2ro.report.left_out import files_left_out
from gpt2ro.report.templates import environment


def write_corpus_page(
    results: Path,
    output: Path,
    parts: list[str] | None = None,
    left_out: Sequence[str] = (),
) -> None:
    """Write the page; equal results give equal bytes.

    Args:
        results: the folder of all outputs.
        output: the HTML file.
        parts: only these, as source/part; the folder may hold parts of earlier runs.
        left_out: files that no part has, as JSON (`files_left_out` says how).

    Raises:
        UserError: a file of the results is missing or damaged.
    """
    template = environment(autoescape=True).get_template("corpus.html")
    write_text(output, template.render(corpus_facts(results, parts, left_out)))


def corpus_facts(
    results: Path, parts: list[str] | None = None, left_out: Sequence[str] = ()
) -> dict[str, Any]:
    """Return what the sections on the corpus show, by the names that their template uses."""
    corpus = read_corpus(results, parts)
    return {
        "corpus": corpus,
        "files_left_out": files_left_out(results, corpus.parts, left_out),
        "examples": dropped_examples(results, corpus.parts),
        "duplicate_examples": dropped_examples(results, corpus.parts, "deduped"),
    }
