import errno
import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from gpt2ro import files
from gpt2ro.errors import UserError


def test_a_file_appears_only_when_complete(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "out.txt"
    with files.atomic_path(path) as partial:
        partial.write_text("text")
        assert not path.exists()
    assert path.read_text() == "text"
    assert not partial.exists()


def test_a_failure_leaves_the_old_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "out.txt"
    path.write_text("old")
    with pytest.raises(ValueError), files.atomic_path(path) as partial:
        partial.write_text("new")
        raise ValueError
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_pipe_is_written_to_and_stays_one(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    files.write_text(path, "text")
    assert os.read(reader, 100) == b"text"
    os.close(reader)
    assert path.is_fifo()
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_or_quota_is_told_in_one_line(tmp_path: Path, number: int) -> None:
    with (
        pytest.raises(UserError, match=r"out\.txt: no space left on the device"),
        files.atomic_path(tmp_path / "out.txt"),
    ):
        raise OSError(number, os.strerror(number))


@pytest.mark.parametrize(("blocks", "told"), [(0, UserError), (1_000_000, RuntimeError)])
def test_of_an_error_without_a_number_the_disk_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, blocks: int, told: type[Exception]
) -> None:
    status = SimpleNamespace(f_bavail=blocks, f_frsize=4096)
    monkeypatch.setattr(os, "statvfs", lambda folder: status)
    with pytest.raises(told), files.atomic_path(tmp_path / "out.txt") as partial:
        partial.write_text("a part")
        raise RuntimeError("of a library that keeps no number")
    assert not list(tmp_path.iterdir())


def test_an_error_without_a_number_that_names_a_full_disk_is_told(tmp_path: Path) -> None:
    with (
        pytest.raises(UserError, match=r"a\.safetensors: no space left on the device"),
        files.atomic_path(tmp_path / "a.safetensors"),
    ):
        raise RuntimeError("I/O error: No space left on device")


def test_a_file_that_does_not_fit_is_told_before_it_is_written(tmp_path: Path) -> None:
    files.require_space(tmp_path / "a.ot", 1)
    with pytest.raises(UserError, match=r"a\.ot, 1,000,000,000,000 MB: no space left on the dev"):
        files.require_space(tmp_path / "a.ot", 10**18)


def test_json_is_written_with_sorted_keys_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "facts.json"
    files.write_json(path, {"b": "ș", "a": 1})
    assert path.read_text(encoding="utf-8") == '{\n  "a": 1,\n  "b": "ș"\n}\n'
    assert files.read_json(path) == {"a": 1, "b": "ș"}


def test_damaged_json_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "facts.json"
    path.write_text("{")
    with pytest.raises(UserError, match=r"facts\.json: not valid JSON"):
        files.read_json(path)
    with pytest.raises(UserError, match=r"none\.json: not found"):
        files.read_json(tmp_path / "none.json")


def test_sha256_is_that_of_the_standard(tmp_path: Path) -> None:
    path = tmp_path / "abc"
    path.write_bytes(b"abc")
    # FIPS 180-2, appendix B.1
    assert files.sha256(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
