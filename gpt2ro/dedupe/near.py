"""Near-duplicates: texts that share most of their shingles, and which of them stay.

Of the texts in order of preference, one is dropped when it is similar enough to one that stays. So
no two that stay are known to be similar, and each that is dropped is similar to the very text that
stays in its place: in a chain of versions, where the first and the last have little in common, the
last is kept.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gpt2ro.arrays import distinct
from gpt2ro.dedupe.candidates import candidate_pairs, places
from gpt2ro.dedupe.corpus import Corpus
from gpt2ro.dedupe.settings import DeduplicationSettings
from gpt2ro.dedupe.shingle_file import HASH_BYTES, ShingleFile
from gpt2ro.dedupe.signatures import text_signer
from gpt2ro.documents import parse_document, read_blocks
from gpt2ro.errors import UserError
from gpt2ro.native import similarity
from gpt2ro.progress import Progress

# Of each text that is dropped: its row, that of the text that stays in its place, and their Jaccard
# similarity.
NEAR_COPY = np.dtype([("dropped", np.int64), ("stays", np.int64), ("similarity", np.float64)])
# Pairs that are Python's numbers at a time: as such they take ten times the memory.
PIECE = 100_000


def near_copies(
    corpus: Corpus,
    rows: NDArray[np.int64],
    documents: Sequence[Path],
    settings: DeduplicationSettings,
    folder: Path,
) -> NDArray[np.void]:
    """Return the texts to be dropped as near-duplicates, (texts,) of NEAR_COPY.

    Candidates are the pairs that share a band; all of them are compared exactly. For that the
    documents are read once, and the shingles of the candidates are kept in a temporary file.

    Args:
        rows: the rows of different texts.
        documents: the shards of the parts, in the order of the corpus.
        folder: for the temporary file: 8 bytes for each distinct shingle of each candidate, about
            as much as their text.

    Raises:
        UserError: the shards are not those of the signatures, or the disk is full.
    """
    preferred = rows[_preference(corpus, rows)]
    later, earlier = (
        preferred[texts] for texts in places(_candidates(corpus, preferred, settings))
    )
    candidates = distinct(np.concatenate([later, earlier]))
    with ShingleFile(folder) as sets:
        _add_shingles(sets, corpus, candidates, documents, settings)
        pairs = _numbered(candidates, later, earlier)
        texts = int(np.count_nonzero(np.diff(later))) + bool(len(later))
        found = np.fromiter(_dropped(pairs, sets, settings.min_similarity, texts), NEAR_COPY)
    for column in ("dropped", "stays"):
        found[column] = candidates[found[column]]
    return found


def _numbered(
    candidates: NDArray[np.int64], later: NDArray[np.int64], earlier: NDArray[np.int64]
) -> Iterator[tuple[int, int]]:
    """Yield pairs of rows as the numbers that their texts have among the candidates."""
    for start in range(0, len(later), PIECE):
        sides = (rows[start : start + PIECE] for rows in (later, earlier))
        yield from zip(*(np.searchsorted(candidates, rows).tolist() for rows in sides), strict=True)


def _preference(corpus: Corpus, rows: NDArray[np.int64]) -> NDArray[np.intp]:
    """Return the order of preference: the longest first, then by source, then by hash.

    By hash and not by id, so that it does not depend on how the corpus is cut into parts.
    """
    hashes = corpus.hashes[rows]
    order: NDArray[np.intp] = np.lexsort(
        (hashes[:, 1], hashes[:, 0], corpus.sources[rows], -corpus.characters[rows])
    )
    return order


def _candidates(
    corpus: Corpus, rows: NDArray[np.int64], settings: DeduplicationSettings
) -> NDArray[np.uint64]:
    size = corpus.bands * len(rows) * HASH_BYTES
    with Progress("clusters: bands", size) as progress:

        def watched() -> Iterator[NDArray[np.uint64]]:
            for band in corpus.read_bands(rows):
                yield band
                progress.update(band.nbytes)

        return candidate_pairs(watched(), settings.sort_megabytes * 1_000_000)


def _add_shingles(
    sets: ShingleFile,
    corpus: Corpus,
    candidates: NDArray[np.int64],
    documents: Sequence[Path],
    settings: DeduplicationSettings,
) -> None:
    """Write the shingles of the candidates, rows in ascending order, to the file."""
    signer = text_signer(settings)
    with Progress("clusters: shingles of candidates", documents=len(candidates)) as progress:
        for part, path in enumerate(documents):
            rows = corpus.rows(part)
            first, last = np.searchsorted(candidates, [rows.start, rows.stop])
            wanted = candidates[first:last].tolist()
            for text in _texts(path, corpus, rows, wanted):
                sets.add(signer.shingles(text))
                progress.update(len(text.encode()), documents=1)
    sets.complete()


def _texts(path: Path, corpus: Corpus, rows: slice, wanted: list[int]) -> Iterator[str]:
    """Yield the texts of the rows `wanted` of one part; a part without any is not read."""
    remaining = iter(wanted)
    row = next(remaining, None)
    if row is None:
        return
    place = rows.start
    for block in read_blocks(path):
        lines = block.removesuffix(b"\n").split(b"\n")
        while row < place + len(lines):
            document = parse_document(lines[row - place], path, row - rows.start + 1)
            expected = corpus.ids[row].as_py()
            if document.id != expected:
                raise _another_run(path, f"has {document.id} where {expected} is expected")
            yield document.text
            row = next(remaining, None)
            if row is None:
                return
        place += len(lines)
    raise _another_run(path, f"ends before document {row - rows.start + 1}")


def _another_run(path: Path, what: str) -> UserError:
    return UserError(
        f"{path}: {what}; the signatures are of another run; run the step signatures again."
    )


def _dropped(
    pairs: Iterator[tuple[int, int]], sets: ShingleFile, least: float, texts: int
) -> Iterator[tuple[int, int, float]]:
    """Yield each text to be dropped, by number, with the most similar one that stays, and how much.

    Args:
        pairs: (later, earlier) in the order of preference, the pairs of one later text together.
        least: the similarity from which on a text is dropped.
        texts: later ones in `pairs`.
    """
    gone = bytearray(len(sets))
    with Progress("clusters: comparisons", documents=texts) as progress:
        for later, group in groupby(pairs, itemgetter(0)):
            best, place = 0.0, later
            for _, earlier in group:
                if gone[earlier] or _bound(sets, later, earlier) < max(least, best):
                    continue
                value = similarity(sets[later], sets[earlier])
                if value > best:
                    best, place = value, earlier
                size = HASH_BYTES * (sets.size(later) + sets.size(earlier))
                progress.update(size)
            progress.update(0, documents=1)
            if best >= least:
                gone[later] = True
                yield later, place, best


def _bound(sets: ShingleFile, one: int, other: int) -> float:
    """Return the similarity that two sets of these sizes can have at most."""
    sizes = sets.size(one), sets.size(other)
    return min(sizes) / max(sizes)
