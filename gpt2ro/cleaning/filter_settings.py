"""Settings of the filters of the step clean; docs/data.md tells where the defaults come from."""

from dataclasses import dataclass, replace
from typing import TypeVar

from gpt2ro.settings import setting


@dataclass(frozen=True)
class FilterSettings:
    """What a document must have to stay. A bound at the end of its range turns its filter off."""

    min_characters: int = setting(
        100, "drop documents with fewer characters, after the repairs", minimum=0
    )
    min_letters: float = setting(
        0.6,
        "drop documents with a lower share of letters among non-blank characters",
        minimum=0,
        maximum=1,
    )
    min_alphabetic_words: float = setting(
        0.7,
        "drop documents with a lower share of words in which there is a letter",
        minimum=0,
        maximum=1,
    )
    min_word_length: float = setting(
        1, "drop documents with a lower mean length of words, characters", minimum=0
    )
    max_word_length: float = setting(
        14, "drop documents with a higher mean length of words, characters", minimum=0
    )
    max_lines_per_word: float = setting(
        0.4, "drop documents with more line breaks a word", minimum=0
    )
    min_punctuated_lines: float = setting(
        0.081,
        "drop documents with a lower share of lines that end with punctuation",
        minimum=0,
        maximum=1,
    )
    max_duplicate_lines: float = setting(
        0.4,
        "drop documents with a higher share of lines seen before in them",
        minimum=0,
        maximum=1,
    )
    max_duplicate_characters: float = setting(
        0.4,
        "drop documents with a higher share of characters in lines seen before in them",
        minimum=0,
        maximum=1,
    )
    max_top_2gram: float = setting(
        0.32, "drop documents with a higher share of their most frequent 2 words", minimum=0
    )
    max_top_3gram: float = setting(
        0.29, "drop documents with a higher share of their most frequent 3 words", minimum=0
    )
    max_top_4gram: float = setting(
        0.26, "drop documents with a higher share of their most frequent 4 words", minimum=0
    )
    max_repeated_5grams: float = setting(
        0.4, "drop documents with a higher share of runs of 5 words seen before", minimum=0
    )
    max_repeated_6grams: float = setting(
        0.37, "drop documents with a higher share of runs of 6 words seen before", minimum=0
    )
    max_repeated_7grams: float = setting(
        0.345, "drop documents with a higher share of runs of 7 words seen before", minimum=0
    )
    max_repeated_8grams: float = setting(
        0.32, "drop documents with a higher share of runs of 8 words seen before", minimum=0
    )
    max_repeated_9grams: float = setting(
        0.29, "drop documents with a higher share of runs of 9 words seen before", minimum=0
    )
    max_repeated_10grams: float = setting(
        0.265, "drop documents with a higher share of runs of 10 words seen before", minimum=0
    )
    min_stop_words: int = setting(
        2, "drop documents with fewer different stop words of Romanian", minimum=0
    )
    max_damaged_words: float = setting(
        0.005,
        "drop documents with a higher share of words that lost letters (cnd for când, hot?râre)",
        minimum=0,
    )
    min_romanian: float = setting(
        0.1,
        "drop documents with a lower Romanian score, from -1 (foreign) to 1 (Romanian)",
        minimum=-1,
        maximum=1,
    )


# FineWeb-2's bounds for Romanian (its configuration ron_Latn) where they differ from the defaults.
# They were chosen on crawled pages.
FINEWEB_2 = {
    "min_alphabetic_words": 0.779,
    "max_lines_per_word": 0.207,
    "max_duplicate_lines": 0.289,
    "max_duplicate_characters": 0.1,
    "max_top_2gram": 0.161,
    "max_top_3gram": 0.146,
    "max_top_4gram": 0.131,
    "max_repeated_5grams": 0.16,
    "max_repeated_6grams": 0.149,
    "max_repeated_7grams": 0.138,
    "max_repeated_8grams": 0.127,
    "max_repeated_9grams": 0.117,
    "max_repeated_10grams": 0.106,
}

Bounds = TypeVar("Bounds", bound=FilterSettings)


def with_fineweb_2(settings: Bounds) -> Bounds:
    """Return the settings with FineWeb-2's bounds where these are stricter."""
    stricter = {
        name: (max if name.startswith("min_") else min)(bound, getattr(settings, name))
        for name, bound in FINEWEB_2.items()
    }
    return replace(settings, **stricter)
