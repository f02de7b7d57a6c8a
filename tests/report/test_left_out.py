"""The files of the sources that are not in the corpus, on its page."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from gpt2ro.errors import UserError
from gpt2ro.files import read_json, write_json
from gpt2ro.report.corpus_page import write_corpus_page
from gpt2ro.report.left_out import LeftOutFiles, files_left_out
from gpt2ro.report.report import write_report

PARTS = [("tales", "a"), ("tales", "b"), ("wiki", "articles")]
SCRIPTS = Path(__file__).resolve().parents[2] / "workflow" / "scripts"
PDF = "not a known kind of text; convert it: pdftotext"
PLANNED = json.dumps({"tales": {PDF: {"files": 12, "names": ["<b>&\"'.pdf", "-v.pdf"]}}})


def without_text(results: Path, part: str, *names: str, files: int = 0) -> None:
    path = results / "extracted" / "tales" / f"{part}.stats.json"
    told = {"files": files or len(names), "names": list(names)}
    write_json(path, read_json(path) | {"files_without_text": told})


def test_names_files_that_were_left_out_when_the_run_was_planned(results: Path) -> None:
    write_corpus_page(results, results / "corpus.html", left_out=[PLANNED])
    page = (results / "corpus.html").read_text(encoding="utf-8")
    shown = page.split("Files that are not in the corpus")[1].split("</section>")[0]
    assert f"<td>{PDF}</td>" in shown
    assert "<code>&lt;b&gt;&amp;&#34;&#39;.pdf</code> <code>-v.pdf</code> and 10 more" in shown
    write_report(results, results / "report.html", left_out=[PLANNED])
    assert shown in (results / "report.html").read_text(encoding="utf-8")


def test_says_nothing_where_every_file_is_in_the_corpus(results: Path) -> None:
    write_corpus_page(results, results / "corpus.html")
    page = (results / "corpus.html").read_text(encoding="utf-8")
    assert "Files that are not in the corpus" not in page


def test_adds_up_the_files_without_text_of_the_parts_of_a_source(results: Path) -> None:
    without_text(results, "a", *(f"{n:02}.txt" for n in range(0, 20, 2)), files=30)
    without_text(results, "b", *(f"{n:02}.txt" for n in range(1, 20, 2)))
    (found,) = files_left_out(results, PARTS)
    names = [f"{n:02}.txt" for n in range(10)]
    assert found == LeftOutFiles("tales", "no text in it", 40, names)
    assert found.more == 30


def test_the_most_frequent_reason_of_a_source_comes_first(results: Path) -> None:
    without_text(results, "a", *(f"{n}.txt" for n in range(5)), files=20)
    pictures = json.dumps({"atlas": {"poze": {"files": 1, "names": ["a.jpg"]}}})
    found = files_left_out(results, PARTS, [PLANNED, pictures])
    assert [(one.source, one.files) for one in found] == [
        ("atlas", 1),
        ("tales", 20),
        ("tales", 12),
    ]


@pytest.mark.parametrize(
    ("planned", "fault"),
    [
        ("{", "--left-out: not valid JSON"),
        ("[]", r"--left-out is \[\]; expected an object"),
        ('{"a": {"b": {"files": "c", "names": []}}}', "a: b: files is 'c'; expected a whole"),
        ('{"a": {"b": {"files": 1, "names": [2]}}}', "a: b: names is 2; expected a string"),
    ],
)
def test_what_is_no_such_object_is_told(results: Path, planned: str, fault: str) -> None:
    with pytest.raises(UserError, match=fault):
        files_left_out(results, PARTS, [planned])


@pytest.mark.parametrize("script", ["corpus_report.py", "report.py"])
def test_the_scripts_take_what_was_left_out_of_each_source(results: Path, script: str) -> None:
    other = json.dumps({"wiki": {"o arhivă": {"files": 1, "names": ["x.tar"]}}}, ensure_ascii=False)
    command = [sys.executable, SCRIPTS / script, "--results", results, "--output", results / "p"]
    subprocess.run([*command, f"--left-out={PLANNED}", f"--left-out={other}"], check=True)
    page = (results / "p").read_text(encoding="utf-8")
    assert re.search(r">tales</th><td>not a .*-v\.pdf", page)
    assert re.search(r">wiki</th><td>o arhivă.*x\.tar", page)
