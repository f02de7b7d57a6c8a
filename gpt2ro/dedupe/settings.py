"""Settings of the steps signatures and clusters."""

from collections.abc import Iterable
from dataclasses import dataclass

from gpt2ro.errors import UserError, nearest
from gpt2ro.settings import setting

SPLITS = ("train", "valid", "test")


@dataclass(frozen=True)
class SignatureSettings:
    """What of a text is compared.

    Shingles of 5 words: Lee et al., "Deduplicating training data makes language models better"
    (2022), and FineWeb (2024). Texts of the similarity J share a band with the probability
    1 - (1 - J^rows)^bands: with 20 x 6, 0.998 at 0.8, 0.92 at 0.7, 0.27 at 0.5.
    """

    fold: bool = setting(
        True, "compare texts without case, diacritics, punctuation and spacing; else byte by byte"
    )
    near: bool = setting(True, "look for near-duplicates too, texts that share most of their words")
    shingle_words: int = setting(
        5, "words of a shingle, the piece by which near-duplicates are compared", minimum=1
    )
    bands: int = setting(
        20, "bands of a signature; texts that share one are compared", minimum=1, maximum=200
    )
    rows: int = setting(6, "minimum hashes of a band", minimum=1, maximum=50)


@dataclass(frozen=True)
class DeduplicationSettings(SignatureSettings):
    """What counts as the same text, and which copy stays."""

    min_similarity: float = setting(
        0.7,
        "near-duplicates share this part of their distinct shingles (Jaccard) or more",
        minimum=0.1,
        maximum=1,
    )
    sort_megabytes: int = setting(
        1000,
        "memory for sorting a band of all signatures, MB; with less it takes more turns",
        minimum=1,
    )
    prefer_sources: str = setting(
        "", "sources whose copy stays first among copies of one length, comma-separated"
    )


def preferred_sources(prefer_sources: str, sources: Iterable[str]) -> list[str]:
    """Return the names in `deduplication.prefer_sources`.

    Args:
        sources: all there are.

    Raises:
        UserError: one is none of them.
    """
    preferred = [name.strip() for name in prefer_sources.split(",") if name.strip()]
    known = sorted(set(sources))
    for name in preferred:
        if name not in known:
            raise UserError(
                f'deduplication.prefer_sources: unknown source "{name}"; {nearest(name, known)}'
            )
    return preferred


@dataclass(frozen=True)
class SplitSettings:
    """Shares of the splits, counted in clusters, so that no duplicate stands in two splits."""

    valid: float = setting(0.005, "share of the validation split", minimum=0, maximum=0.5)
    test: float = setting(0.005, "share of the test split", minimum=0, maximum=0.49)
    seed: int = setting(1, "seed of the assignment", minimum=0)
