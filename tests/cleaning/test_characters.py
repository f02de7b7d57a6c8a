import pytest

from gpt2ro.cleaning.repairs import repaired, repairer, repairs
from gpt2ro.cleaning.settings import CleaningSettings


def after(kind: str, text: str) -> str:
    return repairer(CleaningSettings(), [kind]).repair(text)[0]


def test_composes_letters_and_their_marks() -> None:
    assert after("composed letters", "s\u0326i t\u0326ară, a\u0302nc") == "și țară, ânc"


@pytest.mark.parametrize("end", ["\r\n", "\r", "\u2028", "\u2029", "\x85", "\f", "\v"])
def test_writes_every_line_end_as_a_newline(end: str) -> None:
    assert after("line ends", f"una{end}două") == "una\ndouă"


@pytest.mark.parametrize(
    "character",
    ["\0", "\x1b", "\x7f", "\x90", "\xad", "\u200b", "\u200e", "\u2060", "\ufeff", "\uf0b7"],
)
def test_removes_characters_that_show_nothing(character: str) -> None:
    assert after("invisible characters", f"Mol{character}dova") == "Moldova"


def test_keeps_the_joiner_of_an_emoji_and_no_other() -> None:
    assert after("invisible characters", "a\u200db 👩\u200d🚀") == "ab 👩\u200d🚀"


def test_removes_a_lone_surrogate() -> None:
    assert repaired("a\ud83db", repairs(CleaningSettings())) == ("ab", {"invisible characters"})


def test_writes_the_hyphens_of_word_processors_as_hyphens() -> None:
    assert after("hyphens", "s\u2011a dus într\u2010o zi") == "s-a dus într-o zi"


def test_keeps_dashes() -> None:
    assert after("hyphens", "– a — b") == "– a — b"


def test_collapses_blanks_and_blank_lines() -> None:
    messy = "\n  Una\t\tdouă\xa0 trei \n \n\n\n patru\u3000cinci  \n"
    assert after("blanks", messy) == "Una două trei\n\npatru cinci"


def test_keeps_a_text_that_is_in_order() -> None:
    text = "Una, două.\nTrei.\n\nPatru."
    assert after("blanks", text) == text
