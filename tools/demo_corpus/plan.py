"""Which fault is planted where. Places are ordinals from 0; of Wikipedia, titles."""

from collections.abc import Callable
from typing import NamedTuple

from demo_corpus import damage, strangers
from demo_corpus.faults import Place


class Part(NamedTuple):
    """A file of the corpus, by its source in config/sources.yaml and its name."""

    source: str
    name: str


WIKIPEDIA = Part("demo-wikipedia", "rowiki-demo-pages-articles.xml.bz2")
ANIMALS = Part("demo-oscar-2301", "ro_meta_part_1.jsonl.zst")
FAMILY = Part("demo-oscar-2301", "ro_meta_part_2.jsonl.zst")
LETTERS = Part("demo-oscar-2019", "ro_part_1.txt.gz")
DIALOGUES = Part("demo-opus", "ro.txt.gz")


class Damage(NamedTuple):
    """A document that is damaged; clean must undo it."""

    kind: str
    part: Part
    place: Place
    change: Callable[[str], str]


DAMAGES = (
    Damage("mojibake windows-1252", ANIMALS, 3, damage.read_as_windows_1252),
    Damage("mojibake windows-1252", LETTERS, 20, damage.read_as_windows_1252),
    Damage("mojibake latin-1", FAMILY, 23, damage.read_as_latin_1),
    Damage("cedillas", ANIMALS, 8, damage.with_cedillas),
    Damage("cedillas", LETTERS, 30, damage.with_cedillas),
    Damage("cedillas", DIALOGUES, 10, damage.with_cedillas),
    Damage("cedillas", WIKIPEDIA, "Lup", damage.with_cedillas),
    Damage("cedillas and commas", FAMILY, 28, damage.with_some_cedillas),
    Damage("decomposed letters", ANIMALS, 13, damage.decomposed),
    Damage("soft hyphens", ANIMALS, 18, damage.with_soft_hyphens),
    Damage("zero-width spaces", FAMILY, 33, damage.with_zero_width_spaces),
    Damage("HTML entities", ANIMALS, 23, damage.with_entities),
    Damage("Windows line ends", ANIMALS, 28, damage.with_windows_line_ends),
)


class PageLine(NamedTuple):
    """A line of the page around a text, put above or below it."""

    kind: str
    part: Part
    place: Place
    line: str
    above: bool


PAGE_LINES = (
    PageLine("cookie notice", ANIMALS, 33, strangers.COOKIE_NOTICE, True),
    PageLine("read also", ANIMALS, 33, strangers.READ_ALSO, False),
    PageLine("cookie button", FAMILY, 38, strangers.COOKIE_BUTTON, True),
    PageLine("share button", FAMILY, 38, strangers.SHARE, False),
    PageLine("menu", LETTERS, 40, strangers.MENU, True),
)


class Stranger(NamedTuple):
    """A document that clean must drop, appended to a part."""

    kind: str
    part: Part
    text: str
    reason: str


STRANGERS = (
    Stranger("Turkish", ANIMALS, strangers.TURKISH, "not Romanian"),
    Stranger("too short", ANIMALS, strangers.TOO_SHORT, "too short"),
    Stranger("digits and symbols", ANIMALS, strangers.DIGITS, "too few letters"),
    Stranger("French", FAMILY, strangers.FRENCH, "not Romanian"),
    Stranger("English", LETTERS, strangers.ENGLISH, "not Romanian"),
)


class Copy(NamedTuple):
    """A copy of an undamaged document, appended to a part; without a reason it is kept."""

    kind: str
    part: Part
    original: Part
    place: int
    change: Callable[[str], str]
    reason: str | None = "duplicate"


COPIES = (
    Copy("exact duplicate in its part", FAMILY, FAMILY, 4, damage.unchanged),
    Copy("exact duplicate in another source", FAMILY, LETTERS, 2, damage.unchanged),
    Copy("duplicate in capitals", FAMILY, FAMILY, 9, damage.in_capitals),
    Copy("duplicate without diacritics", FAMILY, LETTERS, 6, damage.without_diacritics),
    Copy("duplicate with cedillas", FAMILY, LETTERS, 12, damage.with_cedillas),
    Copy("other ending", FAMILY, FAMILY, 2, damage.with_other_ending, "near-duplicate"),
    Copy("other animals", FAMILY, ANIMALS, 5, damage.with_other_animals, None),
)
