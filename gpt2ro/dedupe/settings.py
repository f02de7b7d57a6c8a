"""Settings of the steps signatures and clusters."""

from dataclasses import dataclass

from gpt2ro.settings import setting

SPLITS = ("train", "valid", "test")


@dataclass(frozen=True)
class DeduplicationSettings:
    """What counts as the same text, and which copy stays."""

    fold: bool = setting(
        True, "compare texts without case, diacritics, punctuation and spacing; else byte by byte"
    )
    prefer_sources: str = setting(
        "", "sources whose copy stays first among copies of one length, comma-separated"
    )


@dataclass(frozen=True)
class SplitSettings:
    """Shares of the splits, counted in clusters, so that no duplicate stands in two splits."""

    valid: float = setting(0.005, "share of the validation split", minimum=0, maximum=0.5)
    test: float = setting(0.005, "share of the test split", minimum=0, maximum=0.49)
    seed: int = setting(1, "seed of the assignment", minimum=0)
