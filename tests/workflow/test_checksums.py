import asyncio
import os
import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from snakemake.io import _IOFile

RULES = Path(__file__).parents[2] / "workflow" / "rules" / "checksums.smk"

# Notes the name of each file that is hashed, and hashes it.
WORKFLOW = f"""
import hashlib

file_digest = hashlib.file_digest


def noted(file, algorithm):
    with open("hashed.txt", "a") as notes:
        print(file.name, file=notes)
    return file_digest(file, algorithm)


hashlib.file_digest = noted


include: "{RULES}"


rule last:
    input:
        "one.txt",
        "text.txt",
    output:
        "last.txt",
    shell:
        "cat {{input}} > {{output}}"


rule many:
    input:
        "text.txt",
    output:
        "one.txt",
        "two.txt",
        "three.txt",
    shell:
        "tee {{output}} < {{input}}"
"""


def snakemake(folder: Path) -> list[str]:
    """Run the workflow above; return the files that were hashed."""
    notes = folder / "hashed.txt"
    notes.unlink(missing_ok=True)
    words = [sys.executable, "-m", "snakemake", "--cores", "1", "--quiet", "all"]
    words += ["--max-checksum-file-size", "1000"]
    subprocess.run(words, cwd=folder, check=True, capture_output=True)
    return notes.read_text().split() if notes.exists() else []


def test_a_job_of_many_outputs_hashes_its_input_once(tmp_path: Path) -> None:
    (tmp_path / "Snakefile").write_text(WORKFLOW)
    (tmp_path / "text.txt").write_text("Un text.")
    assert snakemake(tmp_path) == ["text.txt", "one.txt"]


def test_a_file_that_is_touched_reruns_nothing_and_another_content_does(tmp_path: Path) -> None:
    (tmp_path / "Snakefile").write_text(WORKFLOW)
    text, result = tmp_path / "text.txt", tmp_path / "last.txt"
    text.write_text("Un text.")
    snakemake(tmp_path)
    before = result.stat().st_mtime_ns
    os.utime(text, ns=(before + 10**9, before + 10**9))
    snakemake(tmp_path)
    assert result.stat().st_mtime_ns == before
    text.write_text("Alt text")
    os.utime(text, ns=(before + 2 * 10**9, before + 2 * 10**9))
    snakemake(tmp_path)
    assert result.read_text() == "Alt textAlt text"


@pytest.fixture
def hashed_once(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(_IOFile, "checksum", _IOFile.checksum)  # is put back behind the test
    return runpy.run_path(str(RULES))["hashed_once"]


def checksums(hashed_once: Any, path: Path) -> tuple[Callable[..., str], list[str]]:
    """Return what hashes a file, by its content itself, and the contents that were hashed."""
    contents: list[str] = []

    async def method(file: Any, *_: object) -> str:
        contents.append(Path(file.file).read_text())
        return contents[-1]

    file = SimpleNamespace(file=str(path), is_storage=False)
    remembering = hashed_once(method)
    return lambda *arguments: asyncio.run(remembering(file, *arguments)), contents


def test_a_file_is_hashed_again_when_it_was_written_or_replaced(
    hashed_once: Any, tmp_path: Path
) -> None:
    path, other = tmp_path / "a", tmp_path / "b"
    path.write_text("unu")
    checksum, contents = checksums(hashed_once, path)
    assert [checksum(9), checksum(9)] == ["unu", "unu"]
    path.write_text("doi")
    assert [checksum(9), checksum(9)] == ["doi", "doi"]
    other.write_text("trei")
    other.replace(path)
    assert [checksum(9), checksum(9)] == ["trei", "trei"]
    assert contents == ["unu", "doi", "trei"]


def test_another_limit_of_size_and_what_is_asked_for_by_name_are_not_remembered(
    hashed_once: Any, tmp_path: Path
) -> None:
    path = tmp_path / "a"
    path.write_text("unu")
    checksum, contents = checksums(hashed_once, path)
    for arguments in [(9,), (8,), (9, True), (9, False, "md5"), (9, False, "md5")]:
        checksum(*arguments)
    assert len(contents) == 5


def test_a_missing_file_is_left_to_snakemake(hashed_once: Any, tmp_path: Path) -> None:
    checksum, _ = checksums(hashed_once, tmp_path / "a")
    with pytest.raises(FileNotFoundError):
        checksum(9)
