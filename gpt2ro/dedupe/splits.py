"""The splits: drawn by a hash of the text, so that they depend on neither parts nor their order."""

import math

import numpy as np
from numpy.typing import NDArray

from gpt2ro.dedupe.settings import SPLITS, SplitSettings
from gpt2ro.errors import UserError

# Of fewer documents no share that is allowed fills a split as surely as `_workable_share` wants it.
FEW = 5


def split_numbers(hashes: NDArray[np.uint64], split: SplitSettings) -> NDArray[np.uint8]:
    """Return the split of every document, an index of SPLITS, drawn by its hash and the seed."""
    draws = _mixed(hashes[:, 0], split.seed)
    test = draws < np.uint64(split.test * 2**64)
    valid = ~test & (draws < np.uint64((split.test + split.valid) * 2**64))
    return (valid * SPLITS.index("valid") + test * SPLITS.index("test")).astype(np.uint8)


def check_splits(splits: NDArray[np.uint8], settings: SplitSettings) -> None:
    """Raise a UserError if a split is empty although a share is asked for it.

    Args:
        splits: the splits of the documents that stay.
    """
    counts = np.bincount(splits, minlength=len(SPLITS))
    shares = {
        "train": 1 - settings.valid - settings.test,
        "valid": settings.valid,
        "test": settings.test,
    }
    for name, count in zip(SPLITS, counts, strict=True):
        if shares[name] > 0 and not count:
            if len(splits) < FEW:
                raise UserError(
                    f"split.{name}: no document is left for it: {len(splits):,} distinct in the "
                    f"corpus, expected {FEW} or more; add text, or make more documents of each "
                    "file (extraction.text_documents: blank-line)."
                )
            raise UserError(
                f"split.{name}: the corpus is too small for this split: {len(splits):,} distinct "
                f"documents, share {shares[name]:g}, none fell into it; add text or set a share of "
                f"{_workable_share(len(splits)):g} or more"
                + (" (0 for no test split)." if name == "test" else ".")
            )


def _mixed(values: NDArray[np.uint64], seed: int) -> NDArray[np.uint64]:
    """Return uniform 64-bit numbers for (seed, value): SplitMix64 (Steele et al., 2014)."""
    mixed = values + np.uint64((seed + 1) * 0x9E3779B97F4A7C15 % 2**64)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def _workable_share(documents: int) -> float:
    """Return a share (at most 0.5) that leaves a split empty no more than once in 20 times."""
    share: float = 1 - 0.05 ** (1 / documents)
    return min(0.5, math.ceil(share * 1000) / 1000)
