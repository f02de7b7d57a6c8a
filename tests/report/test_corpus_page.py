"""The page on the corpus, which needs no model."""

import subprocess
import sys
from pathlib import Path

import pytest

from gpt2ro.errors import UserError
from gpt2ro.files import read_json, write_json
from gpt2ro.report.corpus import read_corpus
from gpt2ro.report.corpus_page import write_corpus_page
from gpt2ro.report.examples import dropped_examples
from gpt2ro.report.report import write_report

SCRIPT = Path(__file__).resolve().parents[2] / "workflow" / "scripts" / "corpus_report.py"


def page_of(results: Path) -> str:
    write_corpus_page(results, results / "corpus.html")
    return (results / "corpus.html").read_text(encoding="utf-8")


def test_needs_nothing_of_the_model_and_says_of_the_corpus_what_the_report_says(
    results: Path,
) -> None:
    write_report(results, results / "report.html")
    report = (results / "report.html").read_text(encoding="utf-8")
    for name in ("metrics.json", "parity.json", "samples.json", "tokenizer/stats.json"):
        (results / name).unlink()
    page = page_of(results)
    sections = page[page.index('<section id="corpus">') : page.index("</main>")].strip()
    assert len(sections) > 5000
    assert sections in report


def test_shows_the_splits(results: Path) -> None:
    assert read_corpus(results).splits == {"train": 2940, "valid": 18, "test": 12}
    assert list(read_corpus(results).splits) == ["train", "valid", "test"]
    assert '<dt>Train split</dt><dd class="figure">2,940</dd>' in page_of(results)


def test_counts_the_personal_data_masked_where_it_is_looked_for(results: Path) -> None:
    assert read_corpus(results).masked == {"e-mail address": 5, "IBAN": 2}
    assert list(read_corpus(results).masked) == ["e-mail address", "IBAN"]
    assert "Personal data masked" in page_of(results)
    path = results / "cleaned" / "wiki" / "articles.stats.json"
    write_json(path, {key: value for key, value in read_json(path).items() if key != "masked"})
    assert "Personal data masked" not in page_of(results)


def test_names_the_file_of_a_dropped_document_of_a_bundle(bundled: Path) -> None:
    assert "wiki/articles/7 (caiete/&lt;b&gt;.txt), 841 char" in page_of(bundled)


def test_shows_near_duplicates_with_what_stays_in_their_place(results: Path) -> None:
    page = page_of(results)
    shown = page.split("Examples of documents dropped for what others hold")[1]
    assert 'near-duplicate <span class="soft">3 of 3</span>' in shown
    assert "similarity 0.8125 to tales/a/7&lt;b&gt;" in shown
    # An exact copy shows nothing that its original does not.
    assert "Copie." not in page


def test_shows_nothing_of_a_step_that_drops_only_exact_copies(results: Path) -> None:
    path = results / "deduped" / "wiki" / "articles.stats.json"
    stats = read_json(path)
    stats["dropped"] = {"duplicate": {"documents": 2, "bytes": 1500}}
    write_json(path, stats)
    # Not even opened: a shard of copies may be large.
    (results / "deduped" / "wiki" / "articles.dropped.jsonl.zst").unlink()
    assert dropped_examples(results, [("wiki", "articles")], "deduped") == {}


def test_equal_results_give_equal_bytes(results: Path) -> None:
    assert page_of(results) == page_of(results)


def test_a_missing_file_is_named(results: Path) -> None:
    (results / "deduped" / "tales" / "a.stats.json").unlink()
    with pytest.raises(UserError, match=r"deduped/tales/a\.stats\.json: not found"):
        write_corpus_page(results, results / "corpus.html")
    assert not (results / "corpus.html").exists()


def test_the_script_takes_only_the_parts_that_are_named(results: Path) -> None:
    output = results / "corpus.html"
    command = [sys.executable, str(SCRIPT), "--results", str(results), "--output", str(output)]
    subprocess.run([*command, "--parts", "wiki/articles"], check=True)
    page = output.read_text(encoding="utf-8")
    assert "wiki" in page and "tales" not in page.replace("tales/a/7", "")
