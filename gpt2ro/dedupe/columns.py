"""Columns of Arrow made of and read as numpy arrays and lists, buffer by buffer.

`pa.array` and `to_numpy` do it too, but import pandas where it is installed, as it is with
Snakemake's plugin for Slurm: 0.4 CPU seconds for each job.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


def number_column(values: NDArray[Any], valid: NDArray[np.bool_] | None = None) -> pa.Array:
    """Return a column of numbers.

    Args:
        values: (rows,), of any type of numbers.
        valid: (rows,); null where it is false.
    """
    return pa.Array.from_buffers(
        pa.from_numpy_dtype(values.dtype),
        len(values),
        [
            None if valid is None else pa.py_buffer(np.packbits(valid, bitorder="little")),
            pa.py_buffer(np.ascontiguousarray(values)),
        ],
    )


def string_column(values: Sequence[str]) -> pa.StringArray:
    """Return a column of strings, 2 GB together at most."""
    encoded = [value.encode() for value in values]
    ends = np.cumsum([0, *map(len, encoded)])
    assert ends[-1] <= np.iinfo(np.int32).max
    return pa.StringArray.from_buffers(
        len(encoded), pa.py_buffer(ends.astype(np.int32)), pa.py_buffer(b"".join(encoded))
    )


def bytes_column(values: bytes, width: int) -> pa.Array:
    """Return a column of byte strings of one width, given one after the other."""
    return pa.Array.from_buffers(
        pa.binary(width), len(values) // width, [None, pa.py_buffer(values)]
    )


def numbers(column: pa.ChunkedArray) -> NDArray[Any]:
    """Return a column of numbers without nulls, (rows,)."""
    dtype = column.type.to_pandas_dtype()
    parts = [
        np.frombuffer(chunk.buffers()[1], dtype)[chunk.offset : chunk.offset + len(chunk)]
        for chunk in column.chunks
    ]
    return np.concatenate([np.empty(0, dtype), *parts])
