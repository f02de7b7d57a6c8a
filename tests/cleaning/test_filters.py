import pytest
from passages import ENGLISH, ROMANIAN, ROMANIAN_WITHOUT_MARKS, TURKISH

from gpt2ro.cleaning.filters import drop_reason, letter_share, repeated_share
from gpt2ro.cleaning.settings import CleaningSettings

SETTINGS = CleaningSettings()
OFF = CleaningSettings(min_characters=0, min_letters=0, max_repeated_lines=1, min_romanian=-1)


@pytest.mark.parametrize("text", [ROMANIAN, ROMANIAN_WITHOUT_MARKS])
def test_keeps_romanian(text: str) -> None:
    assert drop_reason(text, SETTINGS) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        (ROMANIAN[:99], "too short"),
        ("12.03.2020 | 14,5 | 17,2 | lei\n" * 9, "too few letters"),
        (f"{ROMANIAN}\n{ROMANIAN}", "repeats lines"),
        (ENGLISH, "not Romanian"),
        (TURKISH, "not Romanian"),
    ],
)
def test_names_the_fault(text: str, reason: str) -> None:
    assert drop_reason(text, SETTINGS) == reason


@pytest.mark.parametrize("text", ["x", "123", f"{ENGLISH}\n{ENGLISH}", TURKISH])
def test_keeps_everything_but_nothing_when_the_filters_are_off(text: str) -> None:
    assert drop_reason(text, OFF) is None
    assert drop_reason("", OFF) == "empty"


def test_a_text_at_the_bound_stays() -> None:
    settings = CleaningSettings(min_characters=len(ROMANIAN))
    assert drop_reason(ROMANIAN, settings) is None
    assert drop_reason(ROMANIAN[:-1], settings) == "too short"


def test_letter_share_counts_letters_of_any_alphabet() -> None:
    assert letter_share("ăβ 1.") == 0.5
    assert letter_share("") == 0.0


def test_repeated_share_counts_characters_after_the_first_copy() -> None:
    assert repeated_share("aaa\nbb\naaa\n\naaa") == pytest.approx(6 / 11)
    assert repeated_share("una\ndouă") == 0.0
