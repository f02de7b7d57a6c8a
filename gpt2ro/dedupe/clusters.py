"""The step clusters: which documents are copies of one text, which copy stays, in which split.

Nothing here depends on how the corpus is cut into parts, or on the order in which they are named:
a cluster is known by its hash, the copy that stays by length, source and id, and the split by the
hash and the seed.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from gpt2ro.dedupe.settings import SPLITS, DeduplicationSettings, SplitSettings
from gpt2ro.dedupe.tables import DECISIONS, SIGNATURES, read_table, write_table
from gpt2ro.errors import UserError, nearest
from gpt2ro.files import read_json


@dataclass(frozen=True)
class Corpus:
    """The signatures of all documents; parts are sorted by preference of their source, then name.

    Memory while clustering: 165 bytes a document, measured on 3 million with ids of 20 characters.

    Attributes:
        hashes: (documents, 2) big-endian uint64.
        characters: (documents,) int32.
        ids: (documents,) ids.
        bounds: (parts + 1,) where each part begins and ends.
    """

    hashes: NDArray[np.uint64]
    characters: NDArray[np.int32]
    ids: pa.ChunkedArray
    bounds: NDArray[np.int64]


def write_decisions(
    signatures: Sequence[Path],
    outputs: Sequence[Path],
    deduplication: DeduplicationSettings,
    split: SplitSettings,
) -> None:
    """Cluster all parts and write the decisions of each, `outputs` in the order of `signatures`.

    Raises:
        UserError: no document is left, a split would be empty, or a preferred source is unknown.
    """
    order = _preferred_order(signatures, deduplication.prefer_sources)
    corpus = _read_corpus([signatures[index] for index in order])
    if not len(corpus.characters):
        raise UserError(_empty_corpus(signatures))
    kept = kept_copies(corpus)
    splits = split_numbers(corpus.hashes, split)
    _check_splits(splits[kept == np.arange(len(kept))], split)
    for position, index in enumerate(order):
        rows = slice(corpus.bounds[position], corpus.bounds[position + 1])
        write_table(outputs[index], _decisions(corpus.ids, rows, kept[rows], splits[rows]))


def kept_copies(corpus: Corpus) -> NDArray[np.int64]:
    """Return for every document the row of the copy that stays: its own row if it is the one.

    The longest copy of a cluster stays; of equal length, the one of the preferred source, then
    the first by part and place.
    """
    rows = len(corpus.characters)
    # Stable, and rows are in order of preference already; the last key sorts first.
    order = np.lexsort((-corpus.characters, corpus.hashes[:, 1], corpus.hashes[:, 0]))
    ordered = corpus.hashes[order]
    first = np.ones(rows, bool)
    first[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    kept = np.empty(rows, np.int64)
    kept[order] = order[first][np.cumsum(first) - 1]
    return kept


def split_numbers(hashes: NDArray[np.uint64], split: SplitSettings) -> NDArray[np.uint8]:
    """Return the split of every document, an index of SPLITS, drawn by its hash and the seed."""
    draws = _mixed(hashes[:, 0], split.seed)
    test = draws < np.uint64(split.test * 2**64)
    valid = ~test & (draws < np.uint64((split.test + split.valid) * 2**64))
    return (valid * SPLITS.index("valid") + test * SPLITS.index("test")).astype(np.uint8)


def _mixed(values: NDArray[np.uint64], seed: int) -> NDArray[np.uint64]:
    """Return uniform 64-bit numbers for (seed, value): SplitMix64 (Steele et al., 2014)."""
    mixed = values + np.uint64((seed + 1) * 0x9E3779B97F4A7C15 % 2**64)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def _preferred_order(signatures: Sequence[Path], prefer_sources: str) -> list[int]:
    """Return the indices of the files by preference of their source, source name and part name."""
    preferred = [name.strip() for name in prefer_sources.split(",") if name.strip()]
    sources = sorted({path.parent.name for path in signatures})
    for name in preferred:
        if name not in sources:
            raise UserError(
                f'deduplication.prefer_sources: unknown source "{name}"; {nearest(name, sources)}'
            )
    rank = {name: position for position, name in enumerate(preferred)}

    def key(index: int) -> tuple[int, str, str]:
        source = signatures[index].parent.name
        return rank.get(source, len(rank)), source, signatures[index].stem

    return sorted(range(len(signatures)), key=key)


def _read_corpus(signatures: Sequence[Path]) -> Corpus:
    tables = [read_table(path, SIGNATURES) for path in signatures]
    bounds = np.cumsum([0, *(table.num_rows for table in tables)])
    hashes = [_words(chunk) for table in tables for chunk in table["hash"].chunks]
    table = pa.concat_tables(tables)
    return Corpus(
        hashes=np.concatenate([np.empty((0, 2), np.uint64), *hashes]),
        characters=table["characters"].to_numpy(),
        ids=table["id"],
        bounds=bounds,
    )


def _words(hashes: pa.FixedSizeBinaryArray) -> NDArray[np.uint64]:
    # words: (documents, 2)
    words = np.frombuffer(hashes.buffers()[1], ">u8").reshape(-1, 2)
    return words[hashes.offset : hashes.offset + len(hashes)].astype(np.uint64)


def _decisions(
    ids: pa.ChunkedArray, rows: slice, kept: NDArray[np.int64], splits: NDArray[np.uint8]
) -> pa.Table:
    """Return the decisions of one part, the documents `rows` of the corpus."""
    dropped = kept != np.arange(rows.start, rows.stop)
    names = pa.array(SPLITS).take(pa.array(splits))
    return pa.Table.from_arrays(
        [
            _array(ids[rows]),
            pa.array(np.where(dropped, None, names.to_numpy(zero_copy_only=False)), pa.string()),
            _array(ids.take(pa.array(kept, mask=~dropped))),
        ],
        schema=DECISIONS,
    )


def _array(values: pa.ChunkedArray) -> pa.Array:
    """Return one array, so that the file does not tell how the columns were chunked."""
    return pa.concat_arrays([pa.array([], values.type), *values.chunks])


def _check_splits(splits: NDArray[np.uint8], settings: SplitSettings) -> None:
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
            raise UserError(
                f"split.{name}: the corpus is too small for this split: {len(splits):,} distinct "
                f"documents, share {shares[name]:g}, none fell into it; add text or set a share of "
                f"{_workable_share(len(splits)):g} or more (0 for no split)."
            )


def _workable_share(documents: int) -> float:
    """Return a share (at most 0.5) that leaves a split empty no more than once in 20 times."""
    share: float = 1 - 0.05 ** (1 / documents)
    return min(0.5, math.ceil(share * 1000) / 1000)


def _empty_corpus(signatures: Sequence[Path]) -> str:
    """Describe an empty corpus by the most frequent reasons in the stats of the step clean."""
    reasons: Counter[str] = Counter()
    for path in signatures:
        stats = path.parents[2] / "cleaned" / path.parent.name / f"{path.stem}.stats.json"
        if stats.is_file():
            for reason, counts in read_json(stats)["dropped"].items():
                reasons[reason] += counts["documents"]
    found = ", ".join(f"{reason} ({count:,})" for reason, count in reasons.most_common(3))
    why = f"dropped by the step clean: {found}" if found else "the sources hold no text"
    return (
        f"clusters: the corpus is empty after cleaning {len(signatures)} parts; {why}; check the "
        "sources and the section cleaning of the config."
    )
