from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from gpt2ro.arrays import distinct


@given(st.lists(st.integers(0, 9) | st.integers(0, 2**64 - 1)))
def test_each_value_is_there_once_and_they_ascend(values: list[int]) -> None:
    given_array = np.array(values, np.uint64)
    assert distinct(given_array).tolist() == sorted(set(values))
    assert given_array.tolist() == values


@pytest.mark.parametrize("dtype", ["<u8", "<i8", "<u2"])
def test_the_type_stays(dtype: str) -> None:
    values: NDArray[Any] = np.array([3, 1, 3], dtype)
    assert distinct(values).dtype == np.dtype(dtype)
