"""Settings of the step clean."""

from dataclasses import dataclass

from gpt2ro.settings import setting


@dataclass(frozen=True)
class CleaningSettings:
    """What is repaired, and what a document must have to stay.

    A bound at the end of its range turns its filter off.
    """

    repair_mojibake: bool = setting(True, "undo text decoded in the wrong encoding, with ftfy")
    repair_letters: bool = setting(
        True, "write ş and ţ with a cedilla as ș and ț with a comma, in Romanian only"
    )
    drop_boilerplate: bool = setting(
        True, "remove lines of navigation, cookie notices and share buttons"
    )
    min_characters: int = setting(
        100, "drop documents with fewer characters, after the repairs", minimum=0
    )
    min_letters: float = setting(
        0.6,
        "drop documents with a lower share of letters among non-blank characters",
        minimum=0,
        maximum=1,
    )
    max_repeated_lines: float = setting(
        0.3,
        "drop documents with a higher share of characters in lines seen before",
        minimum=0,
        maximum=1,
    )
    min_romanian: float = setting(
        0.05,
        "drop documents with a lower Romanian score, from -1 (foreign) to 1 (Romanian)",
        minimum=-1,
        maximum=1,
    )
