"""A run that is killed again and again ends with the same bytes as one that is not."""

from typing import Any

from workspace import Workspace

# A job's log appears when the job starts.
KILLED_AT = (
    "logs/download/letters/letters.txt.log",
    "logs/extract/tales/animals.txt.log",
    "logs/clean/tales/animals.txt.log",
    "logs/native.log",
    "logs/signatures/tales/animals.txt.log",
    "logs/clusters.log",
    "logs/dedupe/tales/animals.txt.log",
    "logs/tokenizer.log",
    "logs/encode/tales/animals.txt.log",
    "logs/train.log",
    "logs/convert.log",
    "logs/rust.log",
    "logs/parity.log",
    "logs/samples.log",
    "logs/report.log",
)


def test_a_step_that_failed_is_planned_again(built: Workspace) -> None:
    folder = built.folder / "results" / "tokenizer"
    kept = {path: path.read_bytes() for path in folder.iterdir()}
    with built.changed("config/config.yaml", "vocabulary: 500", "vocabulary: 60000"):
        assert built.snakemake().status == 1
        assert not folder.exists()
        # Later outputs are there, and of the vocabulary before.
        assert {"tokenizer", "train", "samples"} <= built.planned()
        assert {"tokenizer", "train"} <= built.planned("train")
    folder.mkdir()
    for path, content in kept.items():
        path.write_bytes(content)
    assert built.planned() == set()


def test_killed_in_every_rule_and_run_again_ends_with_the_same_bytes(
    built: Workspace, empty_workspace: Any
) -> None:
    killed = empty_workspace("killed")
    for log in KILLED_AT:
        killed.kill_when(killed.folder / "results" / log)
        unlocked = killed.snakemake("--unlock")
        assert unlocked.status == 0, unlocked.stderr
    killed.build()
    expected, found = built.outputs(), killed.outputs()
    # Binaries hold the path of their sources (panic messages); all they say is compared instead.
    for name in ("bin/gpt2ro", "bin/gpt2ro-rust-bert"):
        del expected[name], found[name]
    assert sorted(found) == sorted(expected)
    assert [name for name in expected if found[name] != expected[name]] == []
