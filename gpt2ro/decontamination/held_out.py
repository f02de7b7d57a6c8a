"""The n-grams of held-out text: of each part's valid and test documents, then of all as one index.

A file of n-grams is the head of `gpt2ro.record_file` and little-endian uint64, ascending, each
once: numpy.fromfile(path, "<u8", offset=32). The index is mapped, so jobs side by side share its
memory: 8 bytes for each word of the valid and test splits. Merging the parts takes three times
that.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gpt2ro.decontamination.ngrams import NGRAM, NgramHasher, Ngrams, merged
from gpt2ro.documents import part_name
from gpt2ro.errors import UserError
from gpt2ro.native import HeldOutIndex
from gpt2ro.progress import Progress
from gpt2ro.record_file import HEAD, RecordFormat
from gpt2ro.sources.text import whole_text

HELD_OUT = ("valid", "test")
NGRAM_FILE = RecordFormat("gpt2ro ngram", 2, NGRAM.itemsize)

# That go into the table of an index at once: 8 MB.
TABLE_NGRAMS = 1_000_000


def write_held_out(path: Path, decisions: Path, output: Path, words: int) -> None:
    """Write the n-grams of the valid and test documents of one part.

    Raises:
        UserError: the decisions are not those of this shard.
    """
    # It loads pyarrow, which the index is written without.
    from gpt2ro.dedupe.decisions import documents_of_splits

    hasher = NgramHasher(words)
    found = []
    with Progress(f"held out {part_name(path)}") as progress:
        for document in documents_of_splits(path, decisions, HELD_OUT):
            found.append(hasher.ngrams(document.text))
            progress.update(len(document.text.encode()), documents=1)
    write_ngrams(output, merged(found))


def write_index(
    parts: Sequence[Path], benchmarks: Sequence[Path], output: Path, words: int
) -> None:
    """Write the n-grams of all parts and of the benchmarks as one index.

    Raises:
        UserError: a benchmark is missing or is no text, or a file of n-grams is damaged.
    """
    hasher = NgramHasher(words)
    found = [read_ngrams(path) for path in parts]
    found += [hasher.ngrams(_text(path)) for path in benchmarks]
    write_ngrams(output, merged(found))


def _text(path: Path) -> str:
    if not path.is_file():
        raise UserError(
            f"decontamination.benchmarks: {path} not found; name text files, comma-separated."
        )
    return whole_text(path)


def write_ngrams(path: Path, ngrams: Ngrams) -> None:
    """Write n-grams atomically."""
    with NGRAM_FILE.writer(path) as file:
        # Not tofile: its error at a full disk does not say so.
        file.write(ngrams.astype(NGRAM).data)


def read_ngrams(path: Path) -> Ngrams:
    """Map a file of n-grams.

    Raises:
        UserError: it is missing or damaged.
    """
    count = NGRAM_FILE.verified_count(path)
    if not count:
        return np.empty(0, NGRAM)  # nothing cannot be mapped
    return np.memmap(path, NGRAM, "r", HEAD.size, count)


def index_of(ngrams: Ngrams, words: int) -> HeldOutIndex:
    """Return what finds texts that have one of the n-grams, (n-grams,) uint64, ascending."""
    # Slices of a memmap proper are ten times slower than those of a plain array over it.
    known = np.asarray(ngrams)

    def are_known(packed: bytes) -> bytes:
        candidates = np.frombuffer(packed, NGRAM)
        places = np.searchsorted(known, candidates)
        places[places == len(known)] = 0
        flags: NDArray[np.bool_] = known[places] == candidates
        return flags.tobytes()

    starts = range(0, len(known), TABLE_NGRAMS)
    packed = (known[start : start + TABLE_NGRAMS].tobytes() for start in starts)
    return HeldOutIndex(words, len(known), packed, are_known)
