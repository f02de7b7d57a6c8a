from pathlib import Path

import pytest

from gpt2ro.errors import UserError
from gpt2ro.record_file import HEAD, RecordFormat

NUMBERS = RecordFormat("gpt2ro numbr", 1, 8)


def fault(path: Path) -> str:
    with pytest.raises(UserError) as caught:
        NUMBERS.record_count(path)
    return str(caught.value)


def numbers(folder: Path, records: int) -> Path:
    path = folder / "a.bin"
    path.write_bytes(NUMBERS.head(records) + bytes(8 * records))
    return path


@pytest.mark.parametrize("records", [0, 1, 1000])
def test_the_head_says_how_many_records_follow(tmp_path: Path, records: int) -> None:
    assert NUMBERS.record_count(numbers(tmp_path, records)) == records


def test_the_head_has_the_bytes_that_the_description_gives() -> None:
    assert NUMBERS.head(258) == b"gpt2ro numbr" + b"\1\0\0\0" + b"\2\1\0\0\0\0\0\0"


def test_a_file_cut_at_any_byte_is_an_error(tmp_path: Path) -> None:
    path = numbers(tmp_path, 3)
    whole = path.read_bytes()
    for size in range(len(whole)):
        path.write_bytes(whole[:size])
        assert f"{path}: {size} bytes found, " in fault(path)


def test_the_error_of_a_file_cut_behind_a_record_has_found_and_expected(tmp_path: Path) -> None:
    path = numbers(tmp_path, 1000)
    path.write_bytes(path.read_bytes()[:-8])
    assert fault(path) == (
        f"{path}: 8,016 bytes found, 8,024 expected (1,000 records of 8 bytes, says its head); "
        "delete it and run again."
    )


def test_an_emptied_file_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.touch()
    assert fault(path) == (
        f"{path}: 0 bytes found, a head of 24 expected; delete it and run again."
    )


def test_a_file_with_more_behind_its_records_is_an_error(tmp_path: Path) -> None:
    path = numbers(tmp_path, 2)
    path.write_bytes(path.read_bytes() + bytes(8))
    assert "48 bytes found, 40 expected (2 records of 8 bytes" in fault(path)


def test_a_file_of_another_kind_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(RecordFormat("gpt2ro other", 1, 8).head(0))
    assert "begins with 'gpt2ro other', 'gpt2ro numbr' expected; delete it" in fault(path)
    path.write_bytes(b"\x1f\x8b" + bytes(HEAD.size))
    assert r"begins with '\x1f\\x8b\x00" in fault(path)


def test_a_file_of_another_version_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(RecordFormat("gpt2ro numbr", 2, 8).head(0))
    assert "version 2 of its layout, 1 expected; delete it and run again." in fault(path)


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    assert "a.bin: not found; the step that writes it" in fault(tmp_path / "a.bin")
