"""A run that is killed again and again ends with the same bytes as one that is not."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from workspace import Workspace, workspace_with_letters

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


@contextmanager
def set_aside(built: Workspace) -> Iterator[None]:
    """Give the place of a workspace, and what cargo compiled there, to another for a while."""
    kept = built.folder.with_name("set-aside")
    built.folder.rename(kept)
    try:
        yield
    finally:
        shutil.rmtree(built.folder, ignore_errors=True)
        kept.rename(built.folder)


def test_killed_in_every_rule_and_run_again_ends_with_the_same_bytes(
    built: Workspace, letters_address: str
) -> None:
    expected = built.outputs()
    with set_aside(built):
        killed = workspace_with_letters(built.folder, letters_address)
        first, *others = KILLED_AT
        killed.kill_when(killed.folder / "results" / first)
        assert "--unlock" in killed.snakemake("corpus").stderr
        unlocked = killed.snakemake("--unlock")
        assert unlocked.status == 0, unlocked.stderr
        for log in others:
            # Without a lock there is none to be taken away, which is a start of Snakemake each.
            killed.kill_when(killed.folder / "results" / log, "--nolock")
        killed.build()
        found = killed.outputs()
    # Binaries may have been linked again; all they say is compared instead.
    for name in ("bin/gpt2ro", "bin/gpt2ro-rust-bert"):
        del expected[name], found[name]
    assert sorted(found) == sorted(expected)
    assert [name for name in expected if found[name] != expected[name]] == []
