"""The step clusters: which documents are copies of one text, which copy stays, in which split.

Nothing here depends on how the corpus is cut into parts, or on the order in which they are named:
a text is known by its hash, the one that stays is chosen by length, source and hash (exact copies
of one length and source: by id), and the split by the hash and the seed.

Memory: 85 MB and 180 bytes a document; measured with one exact and two near copies in ten: 102 MB
for 100,000 documents, 368 for 1,600,000, 662 for 3,200,000 (`bench/clusters.py`). Bands are read
one at a time and sorted in turns of `sort_megabytes`, 112 bytes a document; texts are read one by
one.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from gpt2ro.dedupe.columns import number_column, string_column
from gpt2ro.dedupe.corpus import Corpus, preferred_order, read_corpus
from gpt2ro.dedupe.near import near_copies
from gpt2ro.dedupe.settings import SPLITS, DeduplicationSettings, SplitSettings
from gpt2ro.dedupe.signatures import band_count
from gpt2ro.dedupe.splits import split_numbers
from gpt2ro.dedupe.tables import DECISIONS, write_table
from gpt2ro.errors import UserError
from gpt2ro.files import read_json


def write_decisions(
    signatures: Sequence[Path],
    documents: Sequence[Path],
    outputs: Sequence[Path],
    deduplication: DeduplicationSettings,
    split: SplitSettings,
) -> None:
    """Cluster all parts and write the decisions of each.

    Args:
        signatures: of every part.
        documents: the shards of cleaned documents, in the same order; they are not read, and may
            be left out, when near-duplicates are not looked for.
        outputs: the decisions, in the same order.

    Raises:
        UserError: no document is left, or not one for each split, a preferred source is unknown, or
            signatures and documents do not belong together.
    """
    order = preferred_order(signatures, deduplication.prefer_sources)
    corpus = read_corpus([signatures[index] for index in order], band_count(deduplication))
    if not len(corpus.characters):
        raise UserError(_empty_corpus(signatures))
    kept = exact_copies(corpus)
    similarities = np.full(len(kept), np.nan)
    if deduplication.near:
        shards = [documents[index] for index in order]
        rows = np.flatnonzero(kept == np.arange(len(kept)))
        copies = near_copies(corpus, rows, shards, deduplication, outputs[0].parent)
        kept, similarities = with_near_copies(kept, copies)
    splits = split_numbers(corpus.hashes, kept == np.arange(len(kept)), split)
    for part, index in enumerate(order):
        table = _decisions(corpus.ids, corpus.rows(part), kept, similarities, splits)
        write_table(outputs[index], table)


def exact_copies(corpus: Corpus) -> NDArray[np.int64]:
    """Return for every document the row of the exact copy that stays: its own if it is the one.

    The longest copy of a text stays; of equal length, the one of the preferred source, then the
    first by part and place.
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


def with_near_copies(
    kept: NDArray[np.int64], copies: NDArray[np.void]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the row that stays for every document, and how similar it is to the document.

    An exact copy of a near-duplicate has the fate of that: the row returned always stays.

    Args:
        kept: the row of the exact copy that stays.
        copies: of these, (texts,) of NEAR_COPY.

    Returns:
        kept: (documents,) rows.
        similarities: (documents,); NaN for what stays and for its exact copies.
    """
    stays = np.arange(len(kept))
    similarities = np.full(len(kept), np.nan)
    stays[copies["dropped"]] = copies["stays"]
    similarities[copies["dropped"]] = copies["similarity"]
    return stays[kept], similarities[kept]


def _decisions(
    ids: pa.LargeStringArray,
    rows: slice,
    kept: NDArray[np.int64],
    similarities: NDArray[np.float64],
    splits: NDArray[np.uint8],
) -> pa.Table:
    """Return the decisions of one part, the documents `rows` of the corpus."""
    dropped = kept[rows] != np.arange(rows.start, rows.stop)
    indices = number_column(splits[rows], valid=~dropped)
    return pa.Table.from_arrays(
        [
            ids[rows].cast(pa.string()),
            string_column(SPLITS).take(indices),
            ids.take(number_column(kept[rows], valid=dropped)).cast(pa.string()),
            number_column(similarities[rows], valid=~np.isnan(similarities[rows])),
        ],
        schema=DECISIONS,
    )


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
