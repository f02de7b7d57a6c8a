"""What the functions in Rust must give, slow and obvious."""

import re
import unicodedata

import xxhash

# Unicode's White_Space; str.split() takes U+001C to U+001F for blanks too.
WHITE_SPACE = "\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
MASK = (1 << 64) - 1
MINHASH_SEED = 0x67707432726F


def folded(text: str) -> str:
    """Without case, diacritics (cedilla and comma too) and punctuation; one space between words."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = re.sub("[\u0300-\u036f]", "", plain).casefold()
    return " ".join(re.findall(r"[^\W_]+", plain))


def text_hash(text: str, fold: bool) -> bytes:
    return xxhash.xxh3_128_digest((folded(text) if fold else text).encode())


def words(text: str, fold: bool) -> list[str]:
    return re.findall(f"[^{WHITE_SPACE}]+", folded(text) if fold else text)


def shingles(text: str, fold: bool, length: int) -> set[int]:
    found = words(text, fold)
    count = max(1, len(found) - length + 1)
    runs = (" ".join(found[first : first + length]) for first in range(count))
    return {xxhash.xxh3_64_intdigest(run.encode()) for run in runs}


def similarity(left: set[int], right: set[int]) -> float:
    return len(left & right) / len(left | right)


def bands(hashes: set[int], count: int, rows: int) -> list[int]:
    random = split_mix()
    minima = []
    for _ in range(count * rows):
        multiplier, increment = next(random) | 1, next(random)
        minima.append(min(((x >> 32) * multiplier + increment) % 2**32 for x in hashes))
    cut = (minima[start : start + rows] for start in range(0, count * rows, rows))
    packed = (b"".join(minimum.to_bytes(4, "little") for minimum in band) for band in cut)
    return [xxhash.xxh3_64_intdigest(band) for band in packed]


def split_mix():  # type: ignore[no-untyped-def]
    """32-bit random numbers: the upper halves of SplitMix64's."""
    state = MINHASH_SEED
    while True:
        state = (state + 0x9E3779B97F4A7C15) & MASK
        mixed = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & MASK
        yield (mixed ^ (mixed >> 31)) >> 32
