from pathlib import Path
from typing import Any

import pytest

from gpt2ro.dedupe.shingle_file import ShingleFile
from gpt2ro.errors import UserError


def test_gives_back_what_was_added(tmp_path: Path) -> None:
    with ShingleFile(tmp_path / "new") as sets:
        for shingles in (b"12345678", b"abcdefgh12345678"):
            sets.add(shingles)
        sets.complete()
        assert (len(sets), sets.size(0), sets.size(1)) == (2, 1, 2)
        assert (sets[0], sets[1]) == (b"12345678", b"abcdefgh12345678")


def test_has_no_name_while_it_is_used(tmp_path: Path) -> None:
    with ShingleFile(tmp_path) as sets:
        sets.add(bytes(8))
        sets.complete()
        assert list(tmp_path.iterdir()) == []


def test_may_stay_empty(tmp_path: Path) -> None:
    with ShingleFile(tmp_path) as sets:
        sets.complete()
        assert len(sets) == 0


def test_a_full_disk_is_told_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**_: Any) -> Any:
        return Path("/dev/full").open("wb")

    monkeypatch.setattr("gpt2ro.dedupe.shingle_file.tempfile.TemporaryFile", full)
    with ShingleFile(tmp_path) as sets:
        sets.add(bytes(8))
        expected = r"temporary file of shingles, 0 MB so far: no space left on the device"
        with pytest.raises(UserError, match=expected):
            sets.complete()
