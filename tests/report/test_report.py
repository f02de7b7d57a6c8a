import json
import math
import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from gpt2ro.errors import UserError
from gpt2ro.files import read_json, write_json
from gpt2ro.report.examples import EXAMPLES
from gpt2ro.report.report import write_report
from gpt2ro.report.training import read_training

SCRIPT = Path(__file__).resolve().parents[2] / "workflow" / "scripts" / "report.py"
VOID = {"meta", "link", "br"}
READ = [
    "extracted/wiki/articles.stats.json",
    "cleaned/tales/a.stats.json",
    "deduped/tales/b.stats.json",
    "cleaned/wiki/articles.dropped.jsonl.zst",
    "tokenizer/stats.json",
    "tokens/valid/tales/a.json",
    "metrics.json",
    "parity.json",
    "samples.json",
]


class Elements(HTMLParser):
    """Collects the elements of a page and insists that they are nested well."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture
def html(results: Path) -> str:
    write_report(results, results / "report.html")
    return (results / "report.html").read_text(encoding="utf-8")


def test_is_well_formed_and_every_link_has_its_section(html: str) -> None:
    elements = Elements(html).found
    ids = {attributes["id"] for _, attributes in elements if "id" in attributes}
    links = {str(attributes["href"]) for tag, attributes in elements if tag == "a"}
    assert links == {f"#{name}" for name in ids}


def test_tells_what_decontamination_took(html: str) -> None:
    assert "6 train documents lost 9 sentences" in html
    assert re.search(r"− held-out sentences</th><td[^>]*>–</td><td[^>]*>270<", html)


def test_names_the_trainer_of_the_vocabulary(html: str) -> None:
    assert re.search(r"learned by</th><td[^>]*>gpt2ro<", html)


def test_tells_which_repeated_lines_went(html: str) -> None:
    assert "12 documents lost 15 lines that many documents of their site have" in html
    assert re.search(r"− repeated lines</th><td[^>]*>–</td><td[^>]*>150<", html)
    shown = html.split("Examples of repeated lines")[1].split("</ul>")[0]
    assert shown.count("<li>") == 20
    assert "a.ro, 15 of 40 documents" in shown


def test_tells_which_copied_paragraphs_went_only_where_some_did(results: Path, html: str) -> None:
    assert "copied paragraphs" not in html and "stay in another document" not in html
    path = results / "deduped" / "tales" / "a.stats.json"
    example = {
        "key": "0f", "paragraph": "<i>Podul", "document": "tales/a/7", "stays_in": "wiki/articles",
    }  # fmt: skip
    counts = {"documents": 1234, "paragraphs": 2345, "bytes": 30, "examples": [example]}
    write_json(path, read_json(path) | {"copied_paragraphs": counts})
    write_report(results, results / "report.html")
    page = (results / "report.html").read_text(encoding="utf-8")
    assert "1,234 train documents lost 2,345 paragraphs that stay in another document." in page
    assert re.search(r"− copied paragraphs</th><td[^>]*>–</td><td[^>]*>30<", page)
    shown = page.split("Examples of copied paragraphs")[1].split("</ul>")[0]
    assert "tales/a/7; stays in wiki/articles" in shown and "&lt;i&gt;Podul" in shown


def test_names_the_encoder_of_the_parts_and_why_one_is_slow(results: Path, html: str) -> None:
    assert "Encoded by gigatoken (3 parts)." in html
    shard = results / "tokens" / "train" / "tales" / "a.json"
    write_json(shard, read_json(shard) | {"encoder": "tokenizers"})
    write_report(results, results / "report.html")
    page = (results / "report.html").read_text(encoding="utf-8")
    assert "Encoded by gigatoken (2 parts), tokenizers (1 part)." in page
    assert "where gigatoken gave other ids" in page and "where gigatoken gave" not in html


def test_compares_the_tokenizer_with_another_where_there_is_one(results: Path, html: str) -> None:
    assert "Compared with the tokenizer" not in html
    path = results / "tokenizer_comparison.json"
    ours, others = ({"bytes_per_token": n, "tokens_per_word": 5 - n} for n in (3.5, 2.25))
    write_json(path, {"name": "<gpt2>", "sample_bytes": 9, "tokenizer": ours, "other": others})
    write_report(results, results / "report.html", comparison=path)
    page = (results / "report.html").read_text(encoding="utf-8")
    section = page.split("Compared with the tokenizer of &lt;gpt2&gt;")[1].split("</table>")[0]
    assert re.findall(r"<td[^>]*>([\d.]+)<", section) == ["3.5", "2.25", "1.5", "2.75"]


def test_names_the_letters_that_are_no_token(results: Path, html: str) -> None:
    assert re.search(r"each of <span[^>]*>Â Ș ș</span> is one token", html)
    path = results / "tokenizer" / "stats.json"
    write_json(path, read_json(path) | {"letter_tokens": {"ș": 1, "Ș": 2, "Â": 2}})
    write_report(results, results / "report.html")
    page = (results / "report.html").read_text(encoding="utf-8")
    assert re.search(r"<span[^>]*>Â Ș</span> take two tokens each", page)


def test_loads_nothing_and_runs_no_script(html: str) -> None:
    elements = Elements(html).found
    assert {"script", "link", "img", "iframe", "object"}.isdisjoint(tag for tag, _ in elements)
    loading = {"src", "srcset", "data", "action", "xlink:href"}
    assert all(loading.isdisjoint(attributes) for _, attributes in elements)
    assert not any(name.startswith("on") for _, attributes in elements for name in attributes)
    assert "url(" not in html
    assert "@import" not in html
    assert "default-src 'none'" in html


def test_escapes_the_text_of_documents_and_samples(html: str) -> None:
    assert "<script" not in html
    # In three dropped documents and three near-duplicates, one of each part, in twenty repeated
    # lines, and in one continuation.
    assert html.count("&lt;script&gt;alert(&#39;ș&#39;)&lt;/script&gt; &amp;") == 27
    assert "<b>Bunica &lt;b&gt;</b>" in html


@pytest.mark.parametrize("place", ["source", "reason", "strategy", "key", "parity"])
def test_escapes_names_too(results: Path, place: str) -> None:
    if place == "source":
        for step in ("extracted", "cleaned", "deduped"):
            (results / step / "tales").rename(results / step / "<u>")
        for split in ("train", "valid", "test"):
            (results / "tokens" / split / "tales").rename(results / "tokens" / split / "<u>")
    else:
        name, old = {
            "reason": ("extracted/tales/a.stats.json", "redirect"),
            "strategy": ("samples.json", "greedy"),
            "key": ("metrics.json", "steps"),
            "parity": ("parity.json", "Unde"),
        }[place]
        path = results / name
        path.write_text(path.read_text().replace(f'"{old}', '"<u>'))
    write_report(results, results / "report.html")
    page = (results / "report.html").read_text(encoding="utf-8")
    assert "&lt;u&gt;" in page
    assert "<u>" not in page


def test_marks_the_languages(html: str) -> None:
    elements = Elements(html).found
    assert ("html", {"lang": "en"}) in elements
    texts = [attributes for tag, attributes in elements if attributes.get("class") == "text"]
    assert [attributes["lang"] for attributes in texts] == [""] * (6 + 2 * EXAMPLES) + ["ro"] * 2


def test_shows_the_figures_of_the_run_with_separators(html: str) -> None:
    text = re.sub(r"<[^>]+>", " ", html)
    for figure in ("2,970", "of 3,030 found", "2.09 MB", "3.28 M", "3,284,224", "1.234", "9,900"):
        assert figure in text, figure
    assert "2 × 10⁻⁵" in text


def test_names_only_the_parameters_that_a_strategy_uses(html: str) -> None:
    assert "<b>greedy</b> </p>" in html
    assert "<b>top-k</b> top k 50</p>" in html


def test_shows_the_figures_of_every_source(html: str) -> None:
    text = re.sub(r"<[^>]+>", " ", html)
    assert re.search(r"wiki\s+2\.500\s+15\.5\s+321\.0\s+–\s+–\s+–", text)
    assert re.search(r"tales\s+1\.234\s+15\.5\s+321\.0\s+1\.234\s+15\.5\s+321\.0", text)


def test_shows_the_agreement_probes_by_phenomenon_and_of_all(html: str) -> None:
    text = re.sub(r"<[^>]+>", " ", html)
    assert re.search(r"articles\s+66\.7 %\s+of 60\s+subject verb\s+50\.0 %\s+of 30\s", text)
    assert re.search(r"all\s+61\.1 %\s+of 90\s", text)


def test_a_training_without_probes_shows_none(results: Path) -> None:
    path = results / "metrics.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"probes": None}))
    write_report(results, results / "report.html")
    assert "Agreement probes</h3>" not in (results / "report.html").read_text()


def test_shows_what_rounding_costs(html: str) -> None:
    row = '<td>int8</td><td class="number">1.2351</td><td class="number">+0.04 %</td>'
    assert row in html


def test_says_why_the_binarys_figure_of_a_split_is_not_the_trainings(html: str) -> None:
    rounded = html.split("Rounded weights, on the test split")[1].split("<table>")[0]
    assert "in contexts as long as the model takes" in rounded


def test_the_parity_table_begins_with_the_prompt(html: str) -> None:
    assert '<thead><tr><th scope="col">prompt</th>' in html


def test_tells_when_the_samples_stopped_being_fluent(html: str) -> None:
    assert "Step 200: repeated 4-grams 71% (alarm over 20%)" in html


def test_draws_every_curve_that_has_points(html: str) -> None:
    assert html.count("<polyline") == 4
    assert "1.9 at step 200" in html
    assert "nan" not in html.lower().replace("nano", "")


def test_the_training_text_is_drawn_in_the_unit_of_the_validation_split(results: Path) -> None:
    chart = read_training(results).charts[0]
    assert chart.name == "Validation, bits per byte"
    # 12,000 tokens are 24,000 bytes: 4.25 nats a token are 3.07 bits a byte, under the 3.5 of step
    # 0, and 3.75 are 2.71, over the 1.9 of step 200.
    valid, training = (
        [float(place.split(",")[1]) for place in line.split()]
        for line in (chart.line, chart.others["training"])
    )
    height = (valid[2] - valid[0]) / (3.5 - 1.9)  # of a bit
    assert [(y - valid[0]) / height for y in training] == pytest.approx(
        [3.5 - 4.25 / math.log(2) / 2, 3.5 - 3.75 / math.log(2) / 2], abs=0.01
    )


def test_without_bytes_there_is_no_line_of_the_training_text(results: Path) -> None:
    metrics = read_json(results / "metrics.json")
    write_json(results / "metrics.json", metrics | {"data": {}})
    assert read_training(results).charts[0].others == {}


def script(results: Path, output: Path, hash_seed: str = "0") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, SCRIPT, "--results", results, "--output", output],
        env=os.environ | {"PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=False,
    )


def test_equal_results_give_equal_bytes_wherever_they_lie(results: Path, tmp_path: Path) -> None:
    elsewhere = shutil.copytree(results, tmp_path / "elsewhere")
    pages = set()
    for number, folder in enumerate([results, results, elsewhere]):
        output = tmp_path / f"{number}.html"
        assert script(folder, output, hash_seed=str(number)).returncode == 0
        pages.add(output.read_bytes())
    assert len(pages) == 1


@pytest.mark.parametrize("name", READ)
def test_a_missing_file_is_named(results: Path, name: str) -> None:
    (results / name).unlink()
    if name.startswith("extracted"):  # the part is then unknown: its other files are not asked for
        shutil.rmtree(results / "extracted")
        name = "extracted"
    with pytest.raises(UserError, match=re.escape(name)):
        write_report(results, results / "report.html")
    assert not (results / "report.html").exists()


@pytest.mark.parametrize("name", READ)
def test_a_damaged_file_is_named(results: Path, name: str) -> None:
    (results / name).write_bytes((results / name).read_bytes()[:25])
    with pytest.raises(UserError, match=re.escape(name)):
        write_report(results, results / "report.html")


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("metrics.json", "parameters"),
        ("metrics.json", "test"),
        ("metrics.json", "curve"),
        ("metrics.json", "probes"),
        ("parity.json", "max_logit_difference"),
        ("parity.json", "prompts"),
        ("parity.json", "precisions"),
        ("samples.json", "samples"),
        ("tokenizer/stats.json", "vocabulary"),
        ("tokens/test/wiki/articles.json", "words"),
    ],
)
def test_a_missing_key_is_named(results: Path, name: str, key: str) -> None:
    values = json.loads((results / name).read_text())
    del values[key]
    (results / name).write_text(json.dumps(values))
    with pytest.raises(UserError, match=f"{re.escape(name)}: .*{key}"):
        write_report(results, results / "report.html")


def test_a_training_that_diverged_is_still_shown(results: Path) -> None:
    path = results / "metrics.json"
    path.write_text(path.read_text().replace("1.9", "NaN"))
    write_report(results, results / "report.html")
    assert "2.1 at step 100" in (results / "report.html").read_text()


def test_the_script_ends_with_one_line_for_a_user_error(results: Path) -> None:
    (results / "parity.json").unlink()
    done = script(results, results / "report.html")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith(f"gpt2ro: {results}/parity.json: not found")


def test_without_a_test_split_the_validation_split_is_told(results: Path, tmp_path: Path) -> None:
    metrics = results / "metrics.json"
    write_json(metrics, read_json(metrics) | {"test": None})
    write_report(results, tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    Elements(page)
    assert "<dt>Validation split</dt>" in page and "no test split was asked for" in page
    assert "<dt>Test split</dt>" not in page and ">test: bits per byte<" not in page
