"""Filters: why a repaired text is not fit for training. They decide, and count nothing.

What a text is judged by is measured in Rust, in one call; the bounds and the names of the faults
are here. The measures are those of Gopher (Rae et al. 2021, table A1) and FineWeb (Penedo et al.
2024); docs/data.md tells where each bound comes from and what it drops.
"""

from dataclasses import dataclass
from functools import cache
from math import inf

from gpt2ro.cleaning.filter_settings import FilterSettings
from gpt2ro.cleaning.language import METER


@dataclass(frozen=True)
class Filter:
    """A fault, and how it is seen.

    Attributes:
        reason: the fault's name, under which documents are dropped.
        measure: the property of TextStatistics that is compared with the bounds.
        minimum: the setting below which a measure is at fault, if there is one.
        maximum: the setting above which a measure is at fault, if there is one.
    """

    reason: str
    measure: str
    minimum: str | None = None
    maximum: str | None = None

    def bounds(self, settings: FilterSettings) -> tuple[float, float]:
        """Return the least and the greatest value without fault."""
        low = getattr(settings, self.minimum) if self.minimum else -inf
        high = getattr(settings, self.maximum) if self.maximum else inf
        return low, high


# In this order: the first fault found is the reason.
FILTERS = (
    Filter("too few letters", "letters", "min_letters"),
    Filter("not Romanian", "language_score", "min_romanian"),
    Filter("letters lost", "damaged_words", maximum="max_damaged_words"),
    Filter("too few stop words", "stop_words", "min_stop_words"),
    Filter("words too short", "word_length", "min_word_length"),
    Filter("words too long", "word_length", maximum="max_word_length"),
    Filter("repeats lines", "duplicate_lines", maximum="max_duplicate_lines"),
    Filter(
        "repeats characters in lines",
        "duplicate_characters",
        maximum="max_duplicate_characters",
    ),
    *(
        Filter(
            f"repeats one run of {length} words",
            f"top_{length}gram",
            maximum=f"max_top_{length}gram",
        )
        for length in (2, 3, 4)
    ),
    *(
        Filter(
            f"repeats runs of {length} words",
            f"repeated_{length}grams",
            maximum=f"max_repeated_{length}grams",
        )
        for length in (5, 6, 7, 8, 9, 10)
    ),
    Filter("too few words with letters", "alphabetic_words", "min_alphabetic_words"),
    Filter("lines without punctuation", "punctuated_list", "min_punctuated_lines"),
    Filter("too many line breaks", "lines_per_word", maximum="max_lines_per_word"),
)


def drop_reason(text: str, settings: FilterSettings) -> str | None:
    """Return the fault for which a text is dropped, or None for a text that stays."""
    if not text:
        return "empty"
    if len(text) < settings.min_characters:
        return "too short"
    statistics = METER.measure(text)
    for reason, measure, low, high in faults(settings):
        if not low <= getattr(statistics, measure) <= high:
            return reason
    return None


@cache
def faults(settings: FilterSettings) -> tuple[tuple[str, str, float, float], ...]:
    """Return reason, measure and bounds of every filter, looked up once for all documents."""
    return tuple((one.reason, one.measure, *one.bounds(settings)) for one in FILTERS)
