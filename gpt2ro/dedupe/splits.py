"""The splits: drawn by a hash of the text, so that they depend on neither parts nor their order."""

import sys

import numpy as np
from numpy.typing import NDArray

from gpt2ro.dedupe.settings import SPLITS, SplitSettings
from gpt2ro.errors import UserError

TRAIN = SPLITS.index("train")


def split_numbers(
    hashes: NDArray[np.uint64], stays: NDArray[np.bool_], split: SplitSettings
) -> NDArray[np.uint8]:
    """Return the split of every document, an index of SPLITS, drawn by its hash and the seed.

    A split into whose share no document fell gets the one that was drawn nearest to it, as the
    folders of most people are small.

    Args:
        hashes: (documents, 2).
        stays: whether a document is no copy, (documents,).

    Raises:
        UserError: there are fewer documents than splits, or none is left for train.
    """
    draws = _mixed(hashes[:, 0], split.seed)
    test = draws < np.uint64(split.test * 2**64)
    valid = ~test & (draws < np.uint64((split.test + split.valid) * 2**64))
    splits = (valid * SPLITS.index("valid") + test * SPLITS.index("test")).astype(np.uint8)
    count = int(np.count_nonzero(stays))
    _check_count(count, split)
    for name, share in {"test": split.test, "valid": split.valid}.items():
        number = SPLITS.index(name)
        if share == 0 or np.any(splits[stays] == number):
            continue
        train = np.flatnonzero(stays & (splits == TRAIN))
        if len(train) < 2:
            raise UserError(_nothing_for_train(count, split))
        splits[train[np.argmin(draws[train])]] = number
        print(
            f"clusters: split.{name}: of {count:,} distinct documents none fell into its share of "
            f"{share:g}, so it gets one; a larger share measures a model more surely.",
            file=sys.stderr,
        )
    if not np.any(splits[stays] == TRAIN):
        raise UserError(_nothing_for_train(count, split))
    return splits


def _check_count(count: int, split: SplitSettings) -> None:
    least = 1 + (split.valid > 0) + (split.test > 0)
    if count < least:
        raise UserError(
            f"split: {count:,} distinct in the corpus, expected {least} documents or more, one for "
            "each split; look why others were dropped (cleaned/*/*.stats.json of the results), add "
            "text, or make more documents of each file (extraction.text_documents: blank-line)."
        )


def _nothing_for_train(count: int, split: SplitSettings) -> str:
    return (
        f"split: valid {split.valid:g} and test {split.test:g} leave none of {count:,} distinct "
        "documents for train; add text or set smaller shares."
    )


def _mixed(values: NDArray[np.uint64], seed: int) -> NDArray[np.uint64]:
    """Return uniform 64-bit numbers for (seed, value): SplitMix64 (Steele et al., 2014)."""
    mixed = values + np.uint64((seed + 1) * 0x9E3779B97F4A7C15 % 2**64)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))
