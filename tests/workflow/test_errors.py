"""Faults of the user: exit code 1, one clear line, nothing half-written."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from workspace import Workspace


@pytest.fixture(scope="module")
def fresh(new_workspace: Any) -> Workspace:
    workspace: Workspace = new_workspace("errors")
    return workspace


def the_line(stderr: str) -> str:
    """The one line of the error that is ours."""
    lines = [line for line in stderr.splitlines() if line.startswith("gpt2ro: ")]
    assert len(lines) == 1, stderr
    return lines[0]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("split:", "spilt:", 'unknown key "spilt"; did you mean "split"?'),
        (
            "  - letters",
            "  - leters",
            'unknown source "leters" in sources; did you mean "letters"?',
        ),
        ("  - letters", "  - folder", 'source "folder" needs corpus, the folder of your text;'),
    ],
)
def test_a_fault_in_the_config_is_told_before_anything_runs(
    fresh: Workspace, old: str, new: str, line: str
) -> None:
    with fresh.changed("config/config.yaml", old, new):
        result = fresh.snakemake()
    assert result.status == 1
    assert line in the_line(result.stderr)
    assert "config" in the_line(result.stderr)
    assert not (fresh.folder / "results").exists()


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("  threads: 1\n", "  overrides: {SCHEDULE.STEP: 9}\n", 'did you mean "SCHEDULE.STEPS"?'),
        ("  threads: 1\n", "  probes: data/none\n", "training.probes is data/none: no *.tsv there"),
        (
            "  prompts: miniature/prompts.txt",
            f"  prompts: {'a' * 300}",
            "aaa: file name too long; name another place.",
        ),
    ],
)
def test_a_fault_of_a_later_step_is_told_before_the_corpus_is_made(
    fresh: Workspace, old: str, new: str, line: str
) -> None:
    with fresh.changed("config/config.yaml", old, new):
        result = fresh.snakemake("corpus")
    assert result.status == 1
    assert line in the_line(result.stderr)
    assert not (fresh.folder / "results").exists()


@pytest.mark.parametrize("target", ["all", "train", "samples", "results/model/README.md"])
def test_a_training_without_a_validation_split_is_refused_when_it_is_planned(
    fresh: Workspace, target: str
) -> None:
    with fresh.changed("config/config.yaml", "  valid: 0.2", "  valid: 0"):
        result = fresh.snakemake(target)
    assert result.status == 1
    assert "config/config.yaml: split.valid is 0, and a training" in the_line(result.stderr)
    assert not (fresh.folder / "results").exists()
    assert not list((fresh.folder / ".snakemake" / "locks").iterdir())


def test_more_gpus_than_jobs_may_use_are_refused_when_it_is_planned(fresh: Workspace) -> None:
    two = ("--config", "training={gpus: 2}")
    refused = fresh.snakemake("--dry-run", *two)
    assert refused.status == 1
    line = the_line(refused.stderr)
    assert "training.gpus is 2, and jobs may use 1 (the resource gpu); add --resources" in line
    assert not (fresh.folder / "results").exists()
    for arguments in (("corpus",), ("train", "--resources", "gpu=2", "downloads=2")):
        planned = fresh.snakemake("--dry-run", *arguments, *two)
        assert planned.status == 0, planned.stderr


def test_a_corpus_needs_no_validation_split(fresh: Workspace) -> None:
    with fresh.changed("config/config.yaml", "  valid: 0.2\n  test: 0.1", "  valid: 0\n  test: 0"):
        result = fresh.snakemake("--dry-run", "corpus", "tokenizer")
    assert result.status == 0, result.stderr


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        (("trian",), '"trian" is neither .* nor a file that one writes; did you mean "train"?'),
        (("results/sampels.txt", "--dag"), 'did you mean "results/samples.txt"?'),
        (("-R", "tokeniser"), 'did you mean "tokenizer"?'),
        (("--until", "clear"), 'did you mean "clean"?'),
        (("all", "--prioritize", "trian"), 'did you mean "train"?'),
        (("results/extracted/tales/animal.txt.jsonl.zst",), "/animals.txt.jsonl.zst"),
        (("clean",), "for all parts write --until clean, for one a file of it: results/cleaned/"),
        (("config/full.yaml",), "a config is named with --configfile config/full.yaml."),
    ],
)
def test_a_mistyped_target_is_told_in_one_line_with_what_was_meant(
    fresh: Workspace, arguments: tuple[str, ...], advice: str
) -> None:
    result = fresh.snakemake("--dry-run", *arguments)
    assert result.status == 1
    line = the_line(result.stderr)
    assert re.search(re.escape(advice).replace(r"\.\*", ".*"), line), line
    assert "Exception" not in result.stdout + result.stderr
    assert not (fresh.folder / "results").exists()
    assert not list((fresh.folder / ".snakemake").glob("locks/*"))


@pytest.mark.parametrize(
    "arguments",
    [
        ("results/cleaned/letters/letters.txt.dropped.jsonl.zst",),
        ("results/logs/train.log",),
        ("-R", "clean", "--until", "dedupe"),
        ("train", "results/tokens/train/tales/family.txt.bin", "--rulegraph"),
        ("all", "--prioritize", "clean"),
        ("train", "--unlock"),
        ("--list-rules",),
    ],
)
def test_what_snakemake_takes_for_a_target_is_one(
    fresh: Workspace, arguments: tuple[str, ...]
) -> None:
    result = fresh.snakemake("--dry-run", *arguments)
    assert result.status == 0, result.stderr


def test_a_fault_that_is_not_of_a_target_is_told_as_snakemake_tells_it(fresh: Workspace) -> None:
    page = fresh.folder / "gpt2ro" / "report" / "macros.html"
    page.rename(page.with_suffix(".gone"))
    result = fresh.snakemake("--dry-run", "report")
    page.with_suffix(".gone").rename(page)
    assert result.status == 1
    told = result.stdout + result.stderr
    found = re.search(r'MissingInputException in rule (\w+) in file "(.*)"', told)
    assert found, told
    assert (found[1], Path(found[2]).name) == ("report", "report.smk")
    assert "gpt2ro: " not in told


def test_sources_without_a_text_are_told(fresh: Workspace, tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"x")
    folder = ("--configfile", "config/folder.yaml", "--config", f"corpus={tmp_path}")
    result = fresh.snakemake("--dry-run", *folder)
    assert result.status == 1
    assert "no file of a known kind in any of the sources (folder);" in result.stderr


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        (b"{a}.txt", "{a}.txt: has a brace in its name"),
        (b"\xfe\xe3ri.txt", "ri.txt: has a name that is not UTF-8, as Snakemake expects (convmv"),
    ],
)
def test_a_name_that_snakemake_cannot_take_is_told(
    fresh: Workspace, tmp_path: Path, name: bytes, fault: str
) -> None:
    (tmp_path / os.fsdecode(name)).write_text("x")
    folder = ("--configfile", "config/folder.yaml", "--config", f"corpus={tmp_path}")
    result = fresh.snakemake("--dry-run", *folder)
    assert result.status == 1
    assert fault in the_line(result.stderr)


def test_numbers_of_a_section_may_be_given_on_the_command_line(fresh: Workspace) -> None:
    result = fresh.snakemake("--dry-run", "--config", "training={threads: 3, probes: null}")
    assert result.status == 0, result.stderr
    result = fresh.snakemake("--dry-run", "--config", "training={threads: many}")
    assert "training.threads is 'many'; expected a whole number." in the_line(result.stderr)


def test_a_key_of_the_config_that_is_there_twice_is_told(fresh: Workspace) -> None:
    twice = "  valid: 0.2\n  valid: 0.3"
    with fresh.changed("config/config.yaml", "  valid: 0.2", twice):
        by_default = fresh.snakemake("--dry-run")
        named = fresh.snakemake("--dry-run", "--configfile", "config/config.yaml")
    for result in (by_default, named):
        assert result.status == 1
        assert "config/config.yaml: split.valid is there twice, on lines" in the_line(result.stderr)


def test_a_config_that_is_none_is_told_in_one_line(fresh: Workspace) -> None:
    path = fresh.folder / "config" / "config.yaml"
    before = path.read_bytes()
    found = {}
    for content in (b"a: \xff\n", b"- letters\n", b"a: [1\n"):
        path.write_bytes(content)
        found[content] = the_line(fresh.snakemake("--dry-run").stderr)
    path.unlink()
    path.mkdir()
    found[b""] = the_line(fresh.snakemake("--dry-run").stderr)
    path.rmdir()
    path.write_bytes(before)
    assert all(line.startswith("gpt2ro: config/config.yaml") for line in found.values()), found
    assert "is a directory" in found[b""]


def test_a_config_that_is_not_there_is_named(fresh: Workspace) -> None:
    result = fresh.snakemake("--configfile", "config/none.yaml")
    assert result.status != 0
    assert "config/none.yaml" in result.stderr


def damaged(data: bytes) -> bytes:
    return data + b"\n\xff\xfe\n"


@pytest.mark.parametrize(
    ("damage", "target", "line"),
    [
        (damaged, "results/extracted/tales/animals.txt.jsonl.zst", "animals.txt"),
    ],
)
def test_a_fault_in_the_text_is_told_and_leaves_nothing(
    fresh: Workspace, damage: Callable[[bytes], bytes], target: str, line: str
) -> None:
    path = fresh.folder / "miniature" / "text" / "animals.txt"
    before = path.read_bytes()
    path.write_bytes(damage(before))
    try:
        result = fresh.snakemake(target)
    finally:
        path.write_bytes(before)
    assert result.status == 1
    assert line in the_line(result.stderr)
    assert leftovers(fresh.folder / "results") == []
    # Snakemake prints pages below the line; it stands once more after them.
    last = result.stderr.split("What the failed jobs said last:\n")[1]
    told = the_line(result.stderr).removeprefix("gpt2ro: ")
    assert f"  extract: {told} (results/logs/extract/tales/animals.txt.log)\n" in last
    assert len(last.splitlines()) < 10


def leftovers(results: Path) -> list[Path]:
    """Files other than logs."""
    return [path for path in results.rglob("*") if path.is_file() and "logs" not in path.parts]


def test_a_corpus_that_is_empty_after_cleaning_is_told(new_workspace: Any) -> None:
    workspace: Workspace = new_workspace("empty")
    cleaning = "cleaning:\n  min_characters: 1000000\nextraction:"
    workspace.replace("config/config.yaml", "extraction:", cleaning)
    result = workspace.snakemake("corpus")
    assert result.status == 1
    assert "empty" in the_line(result.stderr)
    assert not list((workspace.folder / "results" / "clusters").rglob("*.parquet"))


def test_a_vocabulary_that_the_corpus_cannot_fill_is_told(new_workspace: Any) -> None:
    workspace: Workspace = new_workspace("vocabulary")
    workspace.replace("config/config.yaml", "  vocabulary: 500", "  vocabulary: 60000")
    result = workspace.snakemake("tokenizer")
    assert result.status == 1
    assert "60,000" in the_line(result.stderr) or "60000" in the_line(result.stderr)


def test_a_gpu_that_is_not_there_is_told(built: Workspace, tmp_path: Path) -> None:
    # A copy: the failed job takes the outputs of the one before it along.
    workspace = built.copied(tmp_path / "copy")
    overrides = "  threads: 1\n  overrides:\n    DEVICE: cuda\n"
    workspace.replace("config/config.yaml", "  threads: 1\n", overrides)
    result = workspace.snakemake("train")
    assert result.status == 1
    assert "cuda" in the_line(result.stderr)
