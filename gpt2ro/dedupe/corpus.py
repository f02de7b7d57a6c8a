"""The signatures of all documents, in an order that does not depend on how the parts are named."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from gpt2ro.dedupe.columns import numbers
from gpt2ro.dedupe.settings import preferred_sources
from gpt2ro.dedupe.tables import read_band, read_table, signature_schema


@dataclass(frozen=True)
class Corpus:
    """The signatures of all documents, without the bands, which are read one at a time.

    Attributes:
        paths: the signatures of each part; parts are sorted by preference of their source, then
            by the names of source and part.
        bands: bands of a signature.
        hashes: (documents, 2) big-endian uint64.
        characters: (documents,) int32.
        sources: (documents,) int32, numbers of the sources, in order of preference.
        ids: (documents,) ids; one array, since taking from several first makes one of them.
        bounds: (parts + 1,) where each part begins and ends.
    """

    paths: list[Path]
    bands: int
    hashes: NDArray[np.uint64]
    characters: NDArray[np.int32]
    sources: NDArray[np.int32]
    ids: pa.LargeStringArray
    bounds: NDArray[np.int64]

    def rows(self, part: int) -> slice:
        """Return the rows of a part."""
        return slice(int(self.bounds[part]), int(self.bounds[part + 1]))

    def read_bands(self, rows: NDArray[np.int64]) -> Iterator[NDArray[np.uint64]]:
        """Yield each band of the documents in `rows`, (rows,), one band in memory at a time."""
        for band in range(self.bands):
            yield np.concatenate([read_band(path, self.bands, band) for path in self.paths])[rows]


def read_corpus(signatures: Sequence[Path], bands: int) -> Corpus:
    """Read the signatures of all parts, which are in order of preference.

    Raises:
        UserError: a file is missing, damaged, or was written with other settings.
    """
    columns = ["id", "hash", "characters"]
    hashes, characters, ids = [np.empty((0, 2), np.uint64)], [np.empty(0, np.int32)], []
    sizes = []
    for path in signatures:
        table = read_table(path, signature_schema(bands), columns)
        sizes.append(table.num_rows)
        hashes += [_words(chunk) for chunk in table["hash"].chunks]
        characters.append(numbers(table["characters"]))
        ids += table["id"].cast(pa.large_string()).chunks
    names = list(dict.fromkeys(path.parent.name for path in signatures))
    places = [names.index(path.parent.name) for path in signatures]
    return Corpus(
        paths=list(signatures),
        bands=bands,
        hashes=np.concatenate(hashes),
        characters=np.concatenate(characters),
        sources=np.repeat(np.array(places, np.int32), sizes),
        ids=pa.chunked_array(ids, pa.large_string()).combine_chunks(),
        bounds=np.cumsum([0, *sizes]),
    )


def preferred_order(signatures: Sequence[Path], prefer_sources: str) -> list[int]:
    """Return the indices of the files by preference of their source, source name and part name.

    Raises:
        UserError: a preferred source is unknown.
    """
    preferred = preferred_sources(prefer_sources, (path.parent.name for path in signatures))
    rank = {name: position for position, name in enumerate(preferred)}

    def key(index: int) -> tuple[int, str, str]:
        source = signatures[index].parent.name
        return rank.get(source, len(rank)), source, signatures[index].stem

    return sorted(range(len(signatures)), key=key)


def _words(hashes: pa.FixedSizeBinaryArray) -> NDArray[np.uint64]:
    # words: (documents, 2)
    words = np.frombuffer(hashes.buffers()[1], ">u8").reshape(-1, 2)
    return words[hashes.offset : hashes.offset + len(hashes)].astype(np.uint64)
