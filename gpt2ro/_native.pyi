"""What the corpus needs of Rust (rust/python); the slow references are in the tests of its stages.

A shingle is a run of `shingle_words` consecutive words; a text of fewer words is one shingle. Every
function releases the interpreter lock while it works.
"""

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import final

@final
class Repairer:
    """Repairs texts: encodings, letters, Unicode form, markup, lines, blanks."""

    KINDS: list[str]
    """The names of all kinds of repair, in the order in which they are made."""

    def __new__(
        cls,
        *,
        kinds: Iterable[str],
        entities: Mapping[str, str],
        romanian_words: AbstractSet[str],
        foreign_words: AbstractSet[str],
        line_without_mojibake: Callable[[str], str],
        mojibake_beside: str,
        mojibake_alone: str,
        mojibake_behind_quotes: str,
    ) -> Repairer:
        """Make a repairer.

        Args:
            kinds: the repairs to make, of KINDS.
            entities: named characters of HTML, "&amp;" to "&".
            romanian_words: frequent words of Romanian, in lower case.
            foreign_words: frequent words of languages that share some of those.
            line_without_mojibake: repairs a line that may hold mojibake.
            mojibake_beside: characters on which it acts beside one another.
            mojibake_alone: characters on which it acts wherever they stand.
            mojibake_behind_quotes: those on which it acts behind an opening quote or a dash.

        Raises:
            ValueError: a kind is unknown.
        """

    def repair(self, text: str, /) -> tuple[str, list[str]]:
        """Return the repaired text and the kinds of repair that changed it, in order.

        A text in order is returned as the same object. Repairing the result changes nothing.

        Raises:
            UnicodeEncodeError: the text holds a lone surrogate.
            Exception: what line_without_mojibake raised.
        """

@final
class Signer:
    """Computes what copies of a text are found by.

    Signatures of signers with equal arguments can be compared.
    """

    def __new__(cls, fold: bool, shingle_words: int, bands: int, rows: int) -> Signer:
        """Make a signer.

        Args:
            fold: words are those of the folded text; else what white space separates.
            shingle_words: words of a shingle, at least 1.
            bands: bands of a MinHash signature; 0 for none.
            rows: minima of a band, at least 1.

        Raises:
            ValueError, OverflowError: a number is out of its range.
        """

    def signature(self, text: str, /) -> tuple[bytes, bytes]:
        """Return the hash of the text, of the folded one if the signer folds, and its bands.

        Returns:
            hash: 128-bit XXH3, 16 bytes, big-endian, as xxhsum prints it. Among n texts two
                different ones share a hash with a probability of about n² / 2^129, 1e-21 for a
                billion.
            bands: 8 bytes a band, little-endian.
        """

    def shingles(self, text: str, /) -> bytes:
        """Return the distinct hashes of the shingles, ascending, 8 bytes each, little-endian."""

def fold(text: str, /) -> str:
    """Return the text without case, diacritics and punctuation: its words, one space between two.

    Full case folding, NFKD, no marks U+0300 to U+036F, case folding again; words are of letters and
    digits (categories L and N).
    """

def similarity(left: bytes, right: bytes, /) -> float:
    """Return the Jaccard similarity of two sets of shingles, as `Signer.shingles` returns them.

    Raises:
        ValueError: one is no sequence of 8-byte hashes.
    """
