import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import reference_lines
from hypothesis import given, settings
from hypothesis import strategies as st
from pages import Part, documents, index_of

from gpt2ro.documents import write_documents
from gpt2ro.errors import UserError
from gpt2ro.files import partial_path
from gpt2ro.lines.counting import KeyCounter
from gpt2ro.lines.merge import merged
from gpt2ro.lines.tables import COUNT, KEY, LineIndex, TablePath, table_entries, write_table
from gpt2ro.lines.tables import Counts as Entries

LINES = st.lists(st.sampled_from(["Acasă", "acasa", "Știri", "", "***", "Un om."]), max_size=6)
PAGES = st.lists(st.tuples(LINES.map("\n".join), st.sampled_from(["a.ro", "b.ro"])), max_size=12)
# Files are made durable at every example: on a slow disk that is most of the time.
ON_DISK = settings(deadline=None, max_examples=30)


def entries(path: Path) -> dict[int, int]:
    read = TablePath(path).read(0, table_entries(path))
    return dict(zip(read.keys.tolist(), read.documents.tolist(), strict=True))


@ON_DISK
@given(PAGES, st.sampled_from([1, 7, 1000]))
def test_counts_what_the_reference_counts_whatever_fits_in_memory(
    pages: list[tuple[str, str]], buffer_keys: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        counted = Part(Path(folder), documents(pages)).count(buffer_keys)
        expected = reference_lines.counts(pages)
        assert list(entries(counted).items()) == list(expected.items())
        assert [path.name for path in Path(folder).glob("lines*")] == ["lines.bin"]


def test_progress_is_told_in_bytes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Part(tmp_path, documents([("ș" * 500_000, "a.ro")])).count()
    assert f"{tmp_path.name}/cleaned.zst: 1.0 MB, 1 documents" in capsys.readouterr().err


@ON_DISK
@given(st.lists(PAGES, min_size=1, max_size=4), st.integers(1, 4))
def test_the_index_holds_the_sums_of_all_parts_that_are_large_enough(
    parts: list[list[tuple[str, str]]], min_documents: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        counted = []
        for number, pages in enumerate(parts):
            (Path(folder) / str(number)).mkdir()
            counted.append(Part(Path(folder) / str(number), documents(pages)).count())
        index = index_of(counted, min_documents)
        sums = reference_lines.counts([page for pages in parts for page in pages])
        assert entries(index) == {key: n for key, n in sums.items() if n >= min_documents}


@ON_DISK
@given(st.lists(st.lists(st.integers(1, 9000), max_size=5000), max_size=5), st.integers(1, 3))
def test_tables_larger_than_a_block_are_merged(parts: list[list[int]], times: int) -> None:
    # A block has 1,024 entries at least: long runs of keys, some of them in several tables.
    parts = [[*part, *range(10_000, 10_000 + 1500 * times)] for part in parts]
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number, part in enumerate(parts):
            keys, found = np.unique(np.array(part, "<u8"), return_counts=True)
            paths.append(Path(folder) / str(number))
            write_table(paths[-1], [Entries(keys, found.astype("<u4"))])
        pieces = list(merged([TablePath(path) for path in paths], buffer_entries=1))
    keys = [key for piece in pieces for key in piece.keys.tolist()]
    numbers = [number for piece in pieces for number in piece.documents.tolist()]
    expected = Counter(key for part in parts for key in part)
    assert keys == sorted(expected)
    assert dict(zip(keys, numbers, strict=True)) == expected
    assert len(pieces) > 1 or not parts


def test_copies_are_not_counted(tmp_path: Path) -> None:
    made = documents([("Acasă\nUn om.", "a.ro")] * 3)
    counted = Part(tmp_path, made, copies=frozenset({1, 2})).count()
    assert set(entries(counted).values()) == {1}


def test_decisions_of_another_run_are_an_error(tmp_path: Path) -> None:
    part = Part(tmp_path, documents([("Acasă", "a.ro")]))
    write_documents(tmp_path / "cleaned.zst", documents([("Acasă", "a.ro")], part="q"))
    with pytest.raises(UserError, match=r"row 1 is for s/p/0, but .* has s/q/0 there"):
        part.count()
    assert not (tmp_path / "lines.bin").exists()


def test_a_damaged_or_missing_table_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "lines.bin"
    with pytest.raises(UserError, match="not found; the step that writes it has not run"):
        LineIndex(path)
    path.write_bytes(b"")
    with pytest.raises(UserError, match="0 bytes found, a head of 32 expected; delete it"):
        LineIndex(path)


def test_a_table_cut_behind_an_entry_is_an_error_wherever_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "lines.bin"
    keys = np.arange(1, 101, dtype=KEY)
    write_table(path, [Entries(keys, np.ones(len(keys), COUNT))])
    path.write_bytes(path.read_bytes()[:-12])
    cut = r"lines\.bin: 1,220 bytes found, 1,232 expected \(100 records of 12 bytes"
    with pytest.raises(UserError, match=cut):
        LineIndex(path)
    with pytest.raises(UserError, match=cut):
        TablePath(path)


def test_a_flipped_bit_is_an_error_wherever_a_table_is_read(tmp_path: Path) -> None:
    path = tmp_path / "lines.bin"
    keys = np.arange(1, 101, dtype=KEY)
    write_table(path, [Entries(keys, np.ones(len(keys), COUNT))])
    whole = path.read_bytes()
    for place in (32, len(whole) - 1):  # in a key, in a count
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :])
        for read in (LineIndex, TablePath):
            with pytest.raises(UserError, match=r"lines\.bin: checksum \w{16} found, \w{16} expe"):
                read(path)


def test_a_table_of_the_layout_without_a_head_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "lines.bin"
    path.write_bytes(np.arange(1, 7, dtype=KEY).tobytes() + np.ones(6, COUNT).tobytes())
    with pytest.raises(UserError, match=r"lines\.bin: begins with .*, 'gpt2ro table' expected"):
        LineIndex(path)


def test_any_tool_reads_a_table_as_its_description_says(tmp_path: Path) -> None:
    path = tmp_path / "lines.bin"
    write_table(path, [Entries(np.array([5, 2**63], "<u8"), np.array([7, 9], "<u4"))])
    count = (path.stat().st_size - 32) // 12
    assert np.fromfile(path, "<u8", count, offset=32).tolist() == [5, 2**63]
    assert np.fromfile(path, "<u4", offset=32 + 8 * count).tolist() == [7, 9]


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "index.bin"
    partial_path(path).symlink_to("/dev/full")
    keys = np.arange(1, 100_000, dtype=KEY)
    with pytest.raises(UserError, match=r"index\.bin: no space left on the device"):
        write_table(path, [Entries(keys, np.ones(len(keys), COUNT))])
    assert not list(tmp_path.iterdir())


def test_a_full_disk_is_told_of_what_is_kept_there_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**_: object) -> object:
        return Path("/dev/full").open("wb")

    monkeypatch.setattr("gpt2ro.lines.counting.tempfile.TemporaryFile", full)
    with (
        KeyCounter(tmp_path, buffer_keys=1) as counter,
        pytest.raises(UserError, match="temporary tables of lines: no space left on the device"),
    ):
        counter.add(bytes(8))


def test_an_index_looks_keys_up(tmp_path: Path) -> None:
    path = tmp_path / "index.bin"
    write_table(path, [])
    wanted = np.array([2**63, 5, 4], "<u8")
    assert LineIndex(path).documents(wanted).tolist() == [0, 0, 0]
    write_table(path, [Entries(np.array([5, 2**63], "<u8"), np.array([7, 9], "<u4"))])
    assert LineIndex(path).documents(wanted).tolist() == [9, 7, 0]
    assert LineIndex(path).documents(wanted[:0]).tolist() == []
