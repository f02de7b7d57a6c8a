import pytest
from passages import (
    ENGLISH,
    FRENCH,
    KURDISH,
    PORTUGUESE,
    ROMANIAN,
    ROMANIAN_WITH_CEDILLA,
    TURKISH,
)

from gpt2ro.cleaning.repairs import repairer
from gpt2ro.cleaning.settings import CleaningSettings

REPAIRER = repairer(CleaningSettings(), ["cedilla letters"])


def with_comma_letters(text: str) -> str:
    return REPAIRER.repair(text)[0]


def test_maps_cedilla_to_comma_in_romanian() -> None:
    assert with_comma_letters(ROMANIAN_WITH_CEDILLA) == ROMANIAN


def test_maps_capitals() -> None:
    assert with_comma_letters("ŞTEFAN ŞI ŢARA") == "ȘTEFAN ȘI ȚARA"


def test_maps_a_word_without_context() -> None:
    assert with_comma_letters("Bucureşti") == "București"


@pytest.mark.parametrize("text", [TURKISH, KURDISH, FRENCH, PORTUGUESE, ENGLISH])
def test_leaves_other_languages_alone(text: str) -> None:
    assert with_comma_letters(text) == text


def test_keeps_turkish_s_cedilla_in_a_turkish_paragraph_of_a_romanian_text() -> None:
    mixed = f"{ROMANIAN_WITH_CEDILLA}\n{TURKISH}\n{ROMANIAN_WITH_CEDILLA}"
    assert with_comma_letters(mixed) == f"{ROMANIAN}\n{TURKISH}\n{ROMANIAN}"


def test_maps_a_romanian_paragraph_of_a_turkish_text() -> None:
    mixed = f"{TURKISH}\n{ROMANIAN_WITH_CEDILLA}\n{TURKISH}\n{TURKISH}"
    assert with_comma_letters(mixed) == f"{TURKISH}\n{ROMANIAN}\n{TURKISH}\n{TURKISH}"


def test_keeps_a_turkish_name_in_romanian_prose() -> None:
    text = "Oraşul Eskişehir din nord, unde a locuit şi Uğur Taş, se află în Turcia."
    expected = "Orașul Eskişehir din nord, unde a locuit și Uğur Taș, se află în Turcia."
    # "Eskişehir" has no letter that only Turkish has, so it is mapped like any Romanian word.
    assert with_comma_letters(text) == expected.replace("Eskişehir", "Eskișehir")
    assert "Işık" in with_comma_letters("Scriitoarea Işık a plecat şi s-a întors în ţară.")


def test_a_title_follows_its_document() -> None:
    assert with_comma_letters(f"Beşiktaş\n{TURKISH}").startswith("Beşiktaş\n")
    assert with_comma_letters(f"Piteşti\nÖ\n{ROMANIAN}").startswith("Pitești\n")


def test_a_german_name_does_not_make_a_line_turkish() -> None:
    assert with_comma_letters("Oraşul Lübeck\nAş vrea: ich möchte") == (
        "Orașul Lübeck\nAș vrea: ich möchte"
    )


def test_a_word_with_a_romanian_letter_is_romanian_even_in_turkish() -> None:
    assert with_comma_letters(f"{TURKISH} Râşnoavă Ploieştiță") == f"{TURKISH} Râșnoavă Ploieștiță"
