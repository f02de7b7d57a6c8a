"""Columns made buffer by buffer are those that pyarrow makes, without pandas."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gpt2ro.dedupe.columns import bytes_column, number_column, numbers, string_column

ROOT = Path(__file__).resolve().parents[2]


@settings(deadline=None)  # the first call of pyarrow imports pandas
@given(st.lists(st.text()))
def test_strings_are_those_of_pyarrow(values: list[str]) -> None:
    column = string_column(values)
    column.validate(full=True)
    assert column.equals(pa.array(values, pa.string()))


@given(st.lists(st.tuples(st.integers(0, 2**64 - 1), st.booleans())))
def test_numbers_are_null_where_they_are_not_valid(rows: list[tuple[int, bool]]) -> None:
    values = np.array([value for value, _ in rows], np.uint64)
    valid = np.array([is_valid for _, is_valid in rows], bool)
    column = number_column(values, valid)
    column.validate(full=True)
    assert column.to_pylist() == [value if is_valid else None for value, is_valid in rows]


@pytest.mark.parametrize("dtype", [np.uint8, np.int32, np.uint64, np.float64])
def test_numbers_come_back_from_every_chunk_and_slice(dtype: type) -> None:
    values = np.arange(10, dtype=dtype)
    table = pa.chunked_array([number_column(values[::2]), number_column(values)[3:7]])
    assert numbers(table).tolist() == [0, 2, 4, 6, 8, 3, 4, 5, 6]
    assert numbers(table).dtype == dtype
    assert numbers(pa.chunked_array([], number_column(values).type)).tolist() == []


def test_byte_strings_have_one_width() -> None:
    assert bytes_column(b"aabbcc", 2).equals(pa.array([b"aa", b"bb", b"cc"], pa.binary(2)))


def test_signing_and_clustering_import_no_pandas(tmp_path: Path) -> None:
    program = """
import sys
from pathlib import Path
from gpt2ro.dedupe.clusters import write_decisions
from gpt2ro.dedupe.settings import DeduplicationSettings, SplitSettings
from gpt2ro.dedupe.signatures import write_signatures
from gpt2ro.documents import Document, write_documents
documents, signatures, decisions = (Path(sys.argv[1], "s", name) for name in "abc")
texts = ("Vântul bate.", "Vântul bate.", "Plouă.", "Ninge.", "E cald.")
write_documents(documents, [Document(str(n), text, "s") for n, text in enumerate(texts)])
settings = DeduplicationSettings()
write_signatures(documents, signatures, settings)
split = SplitSettings(valid=0, test=0)
write_decisions([signatures], [documents], [decisions], settings, split)
assert decisions.is_file()
print("pandas" in sys.modules)
"""
    command = [sys.executable, "-c", program, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
