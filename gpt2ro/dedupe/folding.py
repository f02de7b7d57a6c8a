"""The folded text: what stays equal when a text is copied with other case, marks or punctuation."""

import re
import unicodedata

import xxhash

HASH_BYTES = 16

# Letters and digits; digits stay, because they alone tell bot-written village articles apart.
WORD_CHARACTERS = re.compile(r"[^\W_]+")
MARKS = re.compile(r"[\u0300-\u036f]+")


def folded(text: str) -> str:
    """Return the text without case, diacritics (cedilla and comma too) and punctuation.

    Words are separated by one space; digits are kept. Folding twice changes nothing.
    """
    plain = text.casefold()
    if not plain.isascii():
        plain = MARKS.sub("", unicodedata.normalize("NFKD", plain)).casefold()
    return " ".join(WORD_CHARACTERS.findall(plain))


def text_hash(text: str, fold: bool) -> bytes:
    """Return the 128-bit XXH3 hash of a text, folded or as it is: 16 bytes, big-endian.

    Among n texts two different ones share a hash with a probability of about n² / 2^129, 1e-21 for
    a billion.
    """
    return xxhash.xxh3_128_digest((folded(text) if fold else text).encode())
