"""Which documents a vocabulary is learned from: an even, seeded sample over the sources."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import xxhash

from gpt2ro.files import read_json


class SourceSample:
    """Draws documents of each source with the probability that keeps the whole under a cap.

    A document is drawn by the hash of its id and the seed: the same ones whatever the number and
    the order of the parts.

    Attributes:
        seed: of the hash, 64 bits.
    """

    def __init__(self, shares: Mapping[str, float], seed: int) -> None:
        self._limits = {source: int(share * 2**64) for source, share in shares.items()}
        self.seed = seed % 2**64

    def has(self, source: str, document_id: str) -> bool:
        """Return whether the document is drawn."""
        return xxhash.xxh3_64_intdigest(document_id.encode(), self.seed) < self._limits[source]

    def limit(self, source: str) -> int | None:
        """Return the hash below which documents of a source are drawn; None if all are."""
        limit = self._limits[source]
        return limit if limit < 2**64 else None


def source_bytes(stats: Sequence[Path]) -> dict[str, int]:
    """Return the UTF-8 bytes of the texts of each source, from the stats of its deduped parts.

    Raises:
        UserError: a file is missing or damaged.
    """
    sizes: Counter[str] = Counter()
    for path in stats:
        sizes[path.parent.name] += read_json(path)["bytes_out"]
    return dict(sizes)


def even_shares(sizes: Mapping[str, int], cap: int) -> dict[str, float]:
    """Return the share of each source, from 0 to 1, so that all together have at most `cap` bytes.

    Every source gives the same number of bytes, or all it has when that is less.
    """
    shares = {}
    left = cap
    for number, (source, size) in enumerate(sorted(sizes.items(), key=lambda item: item[1])):
        taken = min(size, left // (len(sizes) - number))
        shares[source] = taken / size if size else 1.0
        left -= taken
    return shares
