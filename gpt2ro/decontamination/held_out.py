"""The n-grams of held-out text: of each part's valid and test documents, then of all as one index.

A file of n-grams is plain little-endian uint64, ascending, each once: numpy.fromfile(path, "<u8").
The index is mapped, so jobs side by side share its memory: 8 bytes for each word of the valid and
test splits. Merging the parts takes three times that.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from gpt2ro.decontamination.ngrams import NGRAM, NgramHasher, Ngrams, distinct
from gpt2ro.dedupe.decisions import decided_documents
from gpt2ro.errors import UserError
from gpt2ro.files import atomic_path
from gpt2ro.progress import Progress
from gpt2ro.sources.text import whole_text

HELD_OUT = ("valid", "test")

# One entry in 16 to 32 is true. Of more than 4 million n-grams no table is made: it would take more
# than 64 MB in every job.
TABLE_PER_NGRAM = 16
MAX_TABLE_BITS = 26


def write_held_out(path: Path, decisions: Path, output: Path, words: int) -> None:
    """Write the n-grams of the valid and test documents of one part.

    Raises:
        UserError: the decisions are not those of this shard.
    """
    hasher = NgramHasher(words)
    found = []
    with Progress(f"held out {path.name}") as progress:
        for document, decision in decided_documents(path, decisions):
            if decision["split"] in HELD_OUT:
                found.append(hasher.ngrams(document.text))
            progress.update(len(document.text), documents=1)
    write_ngrams(output, distinct(found))


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
    write_ngrams(output, distinct(found))


def _text(path: Path) -> str:
    if not path.is_file():
        raise UserError(
            f"decontamination.benchmarks: {path} not found; name text files, comma-separated."
        )
    return whole_text(path)


def write_ngrams(path: Path, ngrams: Ngrams) -> None:
    """Write n-grams atomically."""
    with atomic_path(path) as partial:
        ngrams.astype(NGRAM).tofile(partial)


def read_ngrams(path: Path) -> Ngrams:
    """Map a file of n-grams.

    Raises:
        UserError: it is missing or damaged.
    """
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        raise UserError(f"{path}: not found; the step that writes it has not run.") from None
    if size % NGRAM.itemsize:
        raise UserError(
            f"{path}: {size:,} bytes found, a multiple of {NGRAM.itemsize} expected; delete it and "
            "run again."
        )
    return np.memmap(path, NGRAM, mode="r") if size else np.empty(0, NGRAM)


class Index:
    """The n-grams that train documents must not have.

    Most are not there: a table of what their first bits may be turns nearly all away, at a fifth of
    the time of a binary search.
    """

    def __init__(self, ngrams: Ngrams) -> None:
        # Slices of a memmap proper are ten times slower than those of a plain array over it.
        self._ngrams = np.asarray(ngrams)
        bits = (len(ngrams) * TABLE_PER_NGRAM).bit_length()
        self._first_bits = bits if bits <= MAX_TABLE_BITS else 0
        self._table = np.ones(1, bool)
        if self._first_bits:
            self._table = np.zeros(1 << bits, bool)
            self._table[self._prefixes(self._ngrams)] = True

    def _prefixes(self, ngrams: Ngrams) -> Ngrams:
        # A shift by all 64 bits, for a table of one entry, gives 0.
        return ngrams >> NGRAM.type(64 - self._first_bits)

    def has_any(self, ngrams: Ngrams) -> bool:
        """Return whether one of the n-grams is held out."""
        if not len(self._ngrams):
            return False
        candidates = ngrams[self._table[self._prefixes(ngrams)]]
        if not len(candidates):
            return False
        places = np.searchsorted(self._ngrams, candidates)
        places[places == len(self._ngrams)] = 0
        return bool((self._ngrams[places] == candidates).any())
