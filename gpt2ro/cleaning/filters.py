"""Filters: why a repaired text is not fit for training. They decide, and count nothing.

What a text is judged by is measured in Rust, in one call; the bounds and the names of the faults
are here. The measures are those of Gopher (Rae et al. 2021, table A1) and FineWeb (Penedo et al.
2024); docs/data.md tells where each bound comes from and what it drops.
"""

from collections.abc import Callable
from dataclasses import dataclass

from gpt2ro.cleaning.filter_settings import FilterSettings
from gpt2ro.cleaning.language import METER, score
from gpt2ro.native import TextStatistics

# Of fewer lines the default bound, 0.081, would ask for a single one that ends with punctuation:
# titles, captions and letters in which every line ends with a name have none, and are no lists.
LINES_OF_A_LIST = 13

Measure = Callable[[TextStatistics], float]


@dataclass(frozen=True)
class Filter:
    """A fault, and how it is seen.

    Attributes:
        reason: the fault's name, under which documents are dropped.
        measure: what is compared with the bounds.
        minimum: the setting below which a measure is at fault, if there is one.
        maximum: the setting above which a measure is at fault, if there is one.
    """

    reason: str
    measure: Measure
    minimum: str | None = None
    maximum: str | None = None

    def finds_fault(self, statistics: TextStatistics, settings: FilterSettings) -> bool:
        """Return whether a text with these statistics has the fault."""
        value = self.measure(statistics)
        too_low = self.minimum is not None and value < getattr(settings, self.minimum)
        return too_low or (self.maximum is not None and value > getattr(settings, self.maximum))


def _top_share(index: int) -> Measure:
    return lambda text: text.top_ngrams[index]


def _repeated_share(index: int) -> Measure:
    return lambda text: text.repeated_ngrams[index]


def _punctuated_share(text: TextStatistics) -> float:
    return text.punctuated_lines if text.lines >= LINES_OF_A_LIST else 1.0


# In this order: the first fault found is the reason.
FILTERS = (
    Filter("too few letters", lambda text: text.letters, "min_letters"),
    Filter("not Romanian", lambda text: score(text), "min_romanian"),
    Filter("too few stop words", lambda text: text.stop_words, "min_stop_words"),
    Filter("words too short", lambda text: text.word_length, "min_word_length"),
    Filter("words too long", lambda text: text.word_length, maximum="max_word_length"),
    Filter("repeats lines", lambda text: text.duplicate_lines, maximum="max_duplicate_lines"),
    Filter(
        "repeats characters in lines",
        lambda text: text.duplicate_characters,
        maximum="max_duplicate_characters",
    ),
    *(
        Filter(
            f"repeats one run of {length} words", _top_share(index), None, f"max_top_{length}gram"
        )
        for index, length in enumerate((2, 3, 4))
    ),
    *(
        Filter(
            f"repeats runs of {length} words",
            _repeated_share(index),
            maximum=f"max_repeated_{length}grams",
        )
        for index, length in enumerate((5, 6, 7, 8, 9, 10))
    ),
    Filter(
        "too few words with letters", lambda text: text.alphabetic_words, "min_alphabetic_words"
    ),
    Filter("lines without punctuation", _punctuated_share, "min_punctuated_lines"),
    Filter("too many line breaks", lambda text: text.lines_per_word, maximum="max_lines_per_word"),
)


def drop_reason(text: str, settings: FilterSettings) -> str | None:
    """Return the fault for which a text is dropped, or None for a text that stays."""
    if not text:
        return "empty"
    if len(text) < settings.min_characters:
        return "too short"
    statistics = METER.measure(text)
    for candidate in FILTERS:
        if candidate.finds_fault(statistics, settings):
            return candidate.reason
    return None
