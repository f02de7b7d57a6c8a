"""Settings of the step clean."""

from dataclasses import dataclass

from gpt2ro.settings import setting


@dataclass(frozen=True)
class CleaningSettings:
    """What is repaired, and what a document must have to stay.

    A bound at the end of its range turns its filter off.
    """

    repair_mojibake: bool = setting(True, "undo text decoded in the wrong encoding, with ftfy")
    split_ligatures: bool = setting(
        True, "with repair_mojibake: write ligatures (ﬁ, ǆ) as the letters they hold"
    )
    repair_widths: bool = setting(
        True, "with repair_mojibake: write full-width and half-width forms (ａ, ｶ) as usual ones"
    )
    repair_legacy: bool = setting(
        True, "undo ISO 8859-2, 8859-16 and Windows-1250 read as Latin-1 (Bucureºti, þarã)"
    )
    repair_letters: bool = setting(
        True, "write ş and ţ with a cedilla as ș and ț with a comma, in Romanian only"
    )
    remove_tags: bool = setting(True, "remove HTML tags, comments and scripts left in the text")
    join_words: bool = setting(True, "join words divided at the end of a line")
    join_lines: bool = setting(True, "join the lines of paragraphs that are broken to a width")
    attach_punctuation: bool = setting(
        True, "remove the blank between a word and its comma or full stop"
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
