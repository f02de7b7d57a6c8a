from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gpt2ro.dedupe.tables import DECISIONS, read_band, read_table, signature_schema, write_table
from gpt2ro.errors import UserError

SIGNATURES = signature_schema(2)
ROWS = pa.Table.from_pydict(
    {"id": ["s/p/0"], "hash": [b"x" * 16], "characters": [4], "band_00": [7], "band_01": [2**63]},
    SIGNATURES,
)


def test_reads_back_what_was_written(tmp_path: Path) -> None:
    write_table(tmp_path / "a.parquet", ROWS)
    assert read_table(tmp_path / "a.parquet", SIGNATURES) == ROWS


def test_reads_one_band_alone(tmp_path: Path) -> None:
    write_table(tmp_path / "a.parquet", ROWS)
    assert read_band(tmp_path / "a.parquet", 2, 1).tolist() == [2**63]


def test_a_band_more_than_expected_is_an_error(tmp_path: Path) -> None:
    write_table(tmp_path / "a.parquet", ROWS)
    with pytest.raises(UserError, match="band_01 found, id, hash, characters, band_00 expected"):
        read_band(tmp_path / "a.parquet", 1, 0)


def test_equal_tables_give_equal_bytes(tmp_path: Path) -> None:
    write_table(tmp_path / "a.parquet", ROWS)
    write_table(tmp_path / "b.parquet", ROWS)
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()


def test_a_missing_table_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"none\.parquet: not found; the step .* has not run"):
        read_table(tmp_path / "none.parquet", SIGNATURES)


@pytest.mark.parametrize("kept", [0, 20, -1])
def test_a_damaged_table_is_an_error_that_names_it(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "a.parquet"
    write_table(path, ROWS)
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(UserError, match=r"a\.parquet: damaged .* delete it and run again"):
        read_table(path, SIGNATURES)


@pytest.mark.parametrize("column", SIGNATURES.names)
def test_a_flipped_bit_in_a_page_is_an_error(tmp_path: Path, column: str) -> None:
    path = tmp_path / "a.parquet"
    write_table(path, ROWS)
    pages = pq.read_metadata(path).row_group(0).column(SIGNATURES.names.index(column))
    whole = path.read_bytes()
    first = pages.dictionary_page_offset or pages.data_page_offset
    # The last byte of the dictionary, and that of the values.
    for place in {pages.data_page_offset, first + pages.total_compressed_size}:
        content = bytearray(whole)
        content[place - 1] ^= 1
        path.write_bytes(content)
        with pytest.raises(UserError, match=r"a\.parquet: damaged .*CRC checksum verification"):
            read_table(path, SIGNATURES)


def test_other_columns_are_an_error(tmp_path: Path) -> None:
    pq.write_table(pa.table({"id": ["a"]}), tmp_path / "a.parquet")
    with pytest.raises(
        UserError, match="columns id found, id, split, duplicate_of, similarity expected"
    ):
        read_table(tmp_path / "a.parquet", DECISIONS)
