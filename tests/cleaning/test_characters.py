import pytest

from gpt2ro.cleaning.characters import (
    all_visible,
    composed,
    with_plain_hyphens,
    with_plain_line_ends,
    with_single_blanks,
    without_invisible,
)


def test_composes_letters_and_their_marks() -> None:
    assert composed("s\u0326i t\u0326ară, a\u0302nc") == "și țară, ânc"


@pytest.mark.parametrize("end", ["\r\n", "\r", "\u2028", "\u2029", "\x85", "\f", "\v"])
def test_writes_every_line_end_as_a_newline(end: str) -> None:
    assert with_plain_line_ends(f"una{end}două") == "una\ndouă"


@pytest.mark.parametrize(
    "character",
    ["\0", "\x1b", "\x7f", "\x90", "\xad", "\u200b", "\u200e", "\u2060", "\ufeff", "\uf0b7"],
)
def test_removes_characters_that_show_nothing(character: str) -> None:
    assert without_invisible(f"Mol{character}dova") == "Moldova"


def test_keeps_the_joiner_of_an_emoji_and_no_other() -> None:
    assert without_invisible("a\u200db 👩\u200d🚀") == "ab 👩\u200d🚀"


def test_removes_a_lone_surrogate() -> None:
    assert without_invisible("a\ud83db") == "ab"


def test_writes_the_hyphens_of_word_processors_as_hyphens() -> None:
    assert with_plain_hyphens("s\u2011a dus într\u2010o zi") == "s-a dus într-o zi"


def test_keeps_dashes() -> None:
    assert with_plain_hyphens("– a — b") == "– a — b"


def test_collapses_blanks_and_blank_lines() -> None:
    messy = "\n  Una\t\tdouă\xa0 trei \n \n\n\n patru\u3000cinci  \n"
    assert with_single_blanks(messy) == "Una două trei\n\npatru cinci"


def test_keeps_a_text_that_is_in_order() -> None:
    text = "Una, două.\nTrei.\n\nPatru."
    assert with_single_blanks(text) == text


@pytest.mark.parametrize("character", ["\r", "\t", "\xa0", "\xad", "\u2028", "\ue000", "\uffff"])
def test_a_character_to_repair_is_not_visible(character: str) -> None:
    assert not all_visible(f"a{character}b")


def test_ordinary_text_is_visible() -> None:
    assert all_visible("Și „țara” – 3 € 😀\nαβγ")
