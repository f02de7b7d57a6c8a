"""Other MinHash libraries, used as their documentation shows, for bench/dedupe.py.

They get lower-case words as they stand: folding is ours.
"""

from collections.abc import Callable

from gpt2ro.dedupe.settings import DeduplicationSettings

Pairs = set[tuple[int, int]]


def shingles(text: str, length: int) -> set[str]:
    words = text.lower().split()
    return {" ".join(words[n : n + length]) for n in range(max(1, len(words) - length + 1))}


def datasketch_pairs(texts: list[str], settings: DeduplicationSettings) -> Pairs:
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(
        num_perm=settings.bands * settings.rows, params=(settings.bands, settings.rows)
    )
    pairs: Pairs = set()
    for number, text in enumerate(texts):
        signature = MinHash(num_perm=settings.bands * settings.rows)
        signature.update_batch([one.encode() for one in shingles(text, settings.shingle_words)])
        pairs |= {(other, number) for other in index.query(signature)}
        index.insert(number, signature)
    return pairs


def rensa_pairs(texts: list[str], settings: DeduplicationSettings) -> Pairs:
    from rensa import RMinHash, RMinHashLSH

    count = settings.bands * settings.rows
    index = RMinHashLSH(threshold=0.7, num_perm=count, num_bands=settings.bands)
    pairs: Pairs = set()
    for number, text in enumerate(texts):
        signature = RMinHash(num_perm=count, seed=1)
        signature.update(list(shingles(text, settings.shingle_words)))
        pairs |= {(other, number) for other in index.query(signature)}
        index.insert(number, signature)
    return pairs


PEERS: dict[str, Callable[[list[str], DeduplicationSettings], Pairs]] = {
    "datasketch": datasketch_pairs,
    "rensa": rensa_pairs,
}
