from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gpt2ro.dedupe.candidates import NEIGHBOURS, candidate_pairs, places

BANDS = st.integers(1, 30).flatmap(
    lambda texts: st.lists(
        st.lists(st.integers(0, 5), min_size=texts, max_size=texts), min_size=1, max_size=4
    )
)


def pairs(bands: list[list[int]], sort_bytes: int = 1_000_000_000) -> list[tuple[int, int]]:
    arrays = (np.array(band, np.uint64) for band in bands)
    later, earlier = places(candidate_pairs(arrays, sort_bytes))
    return list(zip(later.tolist(), earlier.tolist(), strict=True))


def paired(bucket: list[int]) -> set[tuple[int, int]]:
    """The rule, obvious: with the first of the bucket, and with the eight before."""
    return {
        (bucket[n], bucket[m])
        for m, n in combinations(range(len(bucket)), 2)
        if m == 0 or n - m <= NEIGHBOURS
    }


@given(BANDS)
def test_pairs_are_those_of_the_rule(bands: list[list[int]]) -> None:
    expected: set[tuple[int, int]] = set()
    for band in bands:
        for value in set(band):
            expected |= paired([n for n, found in enumerate(band) if found == value])
    assert pairs(bands) == sorted(expected)


@given(BANDS, st.integers(1, 5_000))
def test_a_band_sorted_in_several_turns_gives_the_same_pairs(
    bands: list[list[int]], sort_bytes: int
) -> None:
    assert pairs(bands, sort_bytes) == pairs(bands)


def test_texts_that_share_no_band_are_no_pair() -> None:
    assert pairs([[1, 2], [3, 4]]) == []


def test_no_text_at_all_gives_no_pair() -> None:
    assert pairs([[]]) == []


def test_a_large_bucket_gives_no_more_pairs_a_text_than_a_small_one() -> None:
    found = pairs([[7] * 5000])
    assert len(found) <= (NEIGHBOURS + 1) * 5000
    assert {later for later, earlier in found if earlier == 0} == set(range(1, 5000))
