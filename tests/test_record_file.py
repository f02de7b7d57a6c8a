from pathlib import Path

import numpy as np
import pytest
import xxhash

from gpt2ro.errors import UserError
from gpt2ro.record_file import HEAD, RecordFormat

NUMBERS = RecordFormat("gpt2ro numbr", 1, 8)


def fault(path: Path) -> str:
    with pytest.raises(UserError) as caught:
        NUMBERS.verified_count(path)
    return str(caught.value)


def numbers(folder: Path, records: int) -> Path:
    path = folder / "a.bin"
    write(NUMBERS, path, records)
    return path


def write(records_of: RecordFormat, path: Path, records: int) -> None:
    with records_of.writer(path) as file:
        file.write(np.arange(records, dtype="<u8").data)


@pytest.mark.parametrize("records", [0, 1, 1000])
def test_the_head_says_how_many_records_follow(tmp_path: Path, records: int) -> None:
    assert NUMBERS.verified_count(numbers(tmp_path, records)) == records


def test_the_head_has_the_bytes_that_the_description_gives(tmp_path: Path) -> None:
    content = numbers(tmp_path, 258).read_bytes()
    checksum = xxhash.xxh3_64_intdigest(content[32:]).to_bytes(8, "little")
    assert content[:32] == b"gpt2ro numbr" + b"\1\0\0\0" + b"\2\1\0\0\0\0\0\0" + checksum


def test_pieces_of_any_size_give_the_bytes_of_one(tmp_path: Path) -> None:
    content = np.arange(100, dtype="<u8").tobytes()
    with NUMBERS.writer(tmp_path / "pieces.bin") as file:
        for start, stop in ((0, 1), (1, 13), (13, 13), (13, 800)):
            file.write(content[start:stop])
    assert (tmp_path / "pieces.bin").read_bytes() == numbers(tmp_path, 100).read_bytes()


def test_a_file_that_fails_while_it_is_written_does_not_appear(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), NUMBERS.writer(tmp_path / "a.bin") as file:
        file.write(bytes(8))
        raise RuntimeError
    assert not list(tmp_path.iterdir())


def test_a_bit_flipped_anywhere_is_an_error(tmp_path: Path) -> None:
    path = numbers(tmp_path, 3)
    whole = path.read_bytes()
    for bit in range(8 * len(whole)):
        damaged = bytearray(whole)
        damaged[bit // 8] ^= 1 << bit % 8
        path.write_bytes(damaged)
        assert fault(path).endswith("; delete it and run again.")


def test_the_error_of_a_flipped_bit_has_found_and_expected(tmp_path: Path) -> None:
    path = numbers(tmp_path, 2)
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + b"\1")
    found, expected = (
        f"{xxhash.xxh3_64_intdigest(content):016x}"
        for content in (whole[32:-1] + b"\1", whole[32:])
    )
    assert fault(path) == (
        f"{path}: checksum {found} found, {expected} expected, says its head; delete it and run "
        "again."
    )


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
        f"{path}: 8,024 bytes found, 8,032 expected (1,000 records of 8 bytes, says its head); "
        "delete it and run again."
    )


def test_an_emptied_file_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.touch()
    assert fault(path) == (
        f"{path}: 0 bytes found, a head of 32 expected; delete it and run again."
    )


def test_a_file_with_more_behind_its_records_is_an_error(tmp_path: Path) -> None:
    path = numbers(tmp_path, 2)
    path.write_bytes(path.read_bytes() + bytes(8))
    assert "56 bytes found, 48 expected (2 records of 8 bytes" in fault(path)


def test_a_file_of_another_kind_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    write(RecordFormat("gpt2ro other", 1, 8), path, 0)
    assert "begins with 'gpt2ro other', 'gpt2ro numbr' expected; delete it" in fault(path)
    path.write_bytes(b"\x1f\x8b" + bytes(HEAD.size))
    assert r"begins with '\x1f\\x8b\x00" in fault(path)


def test_a_file_of_another_version_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    write(RecordFormat("gpt2ro numbr", 2, 8), path, 0)
    assert "version 2 of its layout, 1 expected; delete it and run again." in fault(path)


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    assert "a.bin: not found; the step that writes it" in fault(tmp_path / "a.bin")
