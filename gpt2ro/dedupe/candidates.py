"""Which pairs of texts are worth a comparison: those that share a band of their signatures.

Texts are named by their place in the order of preference, from 0; a pair is one number, so that
millions of them are an array: `later << 32 | earlier`.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from gpt2ro.arrays import distinct

# Pairs a text gives in a bucket, besides that with the bucket's first. All pairs of a bucket of up
# to 10 texts are compared, and no bucket, such as ten thousand pages made from one template, gives
# more than 9 pairs a text. With 24, a quarter more are dropped of 20,000 texts of one template with
# 3 words of 80 exchanged (as in bench/templates.py), in three times the time and memory.
NEIGHBOURS = 8

PLACE_BITS = 32
# Bytes that a text of a band takes while its buckets are found, besides the band itself.
SORTING_BYTES = 112


def candidate_pairs(
    bands: Iterable[NDArray[np.uint64]], sort_bytes: int = 1_000_000_000
) -> NDArray[np.uint64]:
    """Return the distinct pairs of texts that share a band, ascending: by later, then earlier text.

    The texts with one value of one band are a bucket. In it, in order of preference (which is by
    length first, so that neighbours are of about one length), each text is paired with the first
    and with the NEIGHBOURS before it.

    Args:
        bands: each band of all texts, (texts,), the texts in order of preference.
        sort_bytes: memory for finding the buckets of a band. If it takes more, they are found in
            several turns, each for a share of the values.
    """
    pairs = np.empty(0, np.uint64)
    for band in bands:
        turns = -(-SORTING_BYTES * len(band) // sort_bytes)
        # A bucket is of one value, so it belongs to one turn. Values are hashes.
        shares = (np.flatnonzero(band % np.uint64(turns) == turn) for turn in range(turns))
        found = [_pairs_in_buckets(band[texts], texts) for texts in shares]
        pairs = distinct(np.concatenate([pairs, *found]))
    return pairs


def places(pairs: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the later and the earlier text of each pair."""
    earlier = pairs & np.uint64((1 << PLACE_BITS) - 1)
    return (pairs >> np.uint64(PLACE_BITS)).astype(np.int64), earlier.astype(np.int64)


def _pairs_in_buckets(band: NDArray[np.uint64], texts: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Return the pairs of these texts, of which `band` has the values."""
    # Stable: inside a bucket the texts stay in order of preference.
    sorting = np.argsort(band, kind="stable")
    values, order = band[sorting], texts[sorting].astype(np.uint64)
    starts = np.flatnonzero(np.append(True, values[1:] != values[:-1])[: len(values)])
    firsts = np.repeat(order[starts], np.diff(np.append(starts, len(values))))
    pairs = [np.delete(order << np.uint64(PLACE_BITS) | firsts, starts)]
    for step in range(1, NEIGHBOURS + 1):
        same = values[step:] == values[:-step]
        pairs.append(order[step:][same] << np.uint64(PLACE_BITS) | order[:-step][same])
    return np.concatenate(pairs)
