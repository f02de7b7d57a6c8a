"""The commands of the README, as they are written there."""

import json
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
from workspace import ROOT, Workspace

CONFIGS = sorted({*(ROOT / "config").glob("*.yaml")} - {ROOT / "config" / "sources.yaml"})


def shell(workspace: Workspace, command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        cwd=workspace.folder,
        env=workspace.environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "command",
    [
        "snakemake --cores all train",
        "snakemake results/samples.txt",
        "snakemake tokenizer deploy report",
    ],
)
def test_runs_as_written_and_finds_everything_done(built: Workspace, command: str) -> None:
    done = shell(built, command)
    assert done.returncode == 0, done.stderr
    assert "Nothing to be done" in done.stderr


def test_a_run_with_nothing_to_do_says_where_the_pages_are(built: Workspace) -> None:
    told = shell(built, "snakemake train").stderr
    line = told.split("Nothing to be done (all requested files are present")[1].splitlines()[1]
    pages = "results/corpus.html (corpus, not there yet), results/samples.txt (samples), "
    assert line.endswith(f"by its target: {pages}results/report.html (report).")


def test_a_dry_run_can_tell_the_numbers_of_jobs_only(new_workspace: Any) -> None:
    done = shell(new_workspace("dry-run"), "snakemake --dry-run --quiet rules")
    assert done.returncode == 0, done.stderr
    told = done.stdout + done.stderr
    assert re.search(r"^train +1$", told, re.MULTILINE), told
    assert "Reason:" not in told


def test_the_page_on_the_corpus_needs_no_more_than_the_corpus(built: Workspace) -> None:
    done = shell(built, "snakemake -n corpus")
    assert done.returncode == 0, done.stderr
    assert "Writing the page on the corpus." in done.stdout + done.stderr
    assert "train" not in done.stdout + done.stderr


def test_the_page_on_the_corpus_is_told_which_files_of_a_folder_are_left_out(
    new_workspace: Any, tmp_path: Path
) -> None:
    (tmp_path / "mine.txt").write_text("Un text.")
    hostile = "{brace} $HOME 'q' \"<b>&.pdf"
    for name in (hostile, "-v.tar.gz"):
        (tmp_path / name).write_text("x")
    config = f"--configfile {ROOT}/config/folder.yaml --config corpus={tmp_path}"
    workspace = new_workspace("left-out")
    done = shell(workspace, f"snakemake -n -p corpus report {config}")
    assert done.returncode == 0, done.stderr
    pdf = "not a known kind of text; convert it: pdftotext"
    one = {"files": 1, "names": [hostile]}
    left_out = {pdf: one, "an archive; unpack it": {"files": 1, "names": ["-v.tar.gz"]}}
    for script in ("corpus_report.py", "report.py"):
        (command,) = re.findall(rf"python workflow/scripts/{script} .*", done.stdout + done.stderr)
        (word,) = (word for word in shlex.split(command) if word.startswith("--left-out="))
        assert json.loads(word.removeprefix("--left-out=")) == {"folder": left_out}


def test_another_tokenizer_stands_beside_ours_where_the_config_names_one(built: Workspace) -> None:
    done = shell(built, "snakemake -n report --config 'report={tokenizer_of: results/model}'")
    told = done.stdout + done.stderr
    assert done.returncode == 0, told
    assert "Comparing the tokenizer with that of results/model." in told
    assert "Fetching the tokenizer of results/model." in told
    assert "Training" not in told


def test_the_dag_is_a_picture_of_every_rule(built: Workspace) -> None:
    done = shell(built, "snakemake --dag | dot -Tsvg")
    assert done.stdout.lstrip().startswith("<?xml")
    drawn = {label.split("&#")[0] for label in re.findall(r">([^<>\n]+)</text>", done.stdout)}
    summary = built.snakemake("--summary").stdout.splitlines()[1:]
    rules = {line.split("\t")[2] for line in summary}
    assert {"download", "native", "clusters", "report"} < rules <= drawn


def edges(nodes: dict[str, str], arrows: list[tuple[str, str]]) -> set[tuple[str, str]]:
    """Which rule needs which, by the names of the nodes of a graph."""
    return {(nodes[needed], nodes[by]) for needed, by in arrows}


def test_the_picture_of_the_readme_has_the_rules_there_are(built: Workspace) -> None:
    picture = (ROOT / "docs" / "dag.svg").read_text()
    node = r'class="node">\s*<title>(\d+)</title>\s*<path[^>]*>\s*<text[^>]*>(\w+)<'
    drawn = edges(
        dict(re.findall(node, picture)), re.findall(r"<title>(\d+)&#45;&gt;(\d+)<", picture)
    )
    done = shell(built, f"snakemake --rulegraph --configfile {ROOT}/config/config.yaml")
    nodes = dict(re.findall(r'(\d+)\[label = "(\w+)"', done.stdout))
    real = edges(nodes, re.findall(r"(\d+) -> (\d+)", done.stdout))
    assert real and drawn == real, "snakemake --rulegraph | dot -Tsvg > docs/dag.svg"


def test_a_run_ends_with_a_line_on_what_there_is(built: Workspace) -> None:
    told = shell(built, "snakemake -n -F all").stdout
    assert "Everything is ready in results: samples.txt, report.html, " in told
    for name in ("samples.txt", "report.html", "model", "deploy", "bin"):
        assert (built.folder / "results" / name).exists()


def test_one_stage_again_keeps_the_others(built: Workspace) -> None:
    before = built.outputs()
    done = shell(built, "snakemake -R tokenizer --until tokenizer")
    assert done.returncode == 0, done.stderr
    assert "Training the tokenizer" in done.stderr
    assert "Training: " not in done.stderr
    assert built.outputs() == before


def test_without_a_test_split_the_precisions_are_measured_on_the_valid_one(
    new_workspace: Any,
) -> None:
    done = shell(new_workspace("no-test"), "snakemake -n -p --config 'split={test: 0}'")
    assert done.returncode == 0, done.stderr
    assert "--test results/tokens/valid " in done.stdout + done.stderr


@pytest.mark.parametrize("config", CONFIGS, ids=lambda path: path.stem)
def test_every_shipped_config_gives_a_plan(built: Workspace, config: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("Un text.")
    # The workspace's own config.yaml is the miniature: plan with the shipped file.
    corpus = f" --config corpus={tmp_path}" if config.stem == "folder" else ""
    done = shell(built, f"snakemake -n --configfile {config}{corpus}")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "train" in done.stdout + done.stderr
