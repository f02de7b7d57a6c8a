import pytest
from passages import (
    ENGLISH,
    FRENCH,
    KURDISH,
    PORTUGUESE,
    ROMANIAN,
    ROMANIAN_WITH_CEDILLA,
    ROMANIAN_WITHOUT_MARKS,
    TURKISH,
)

from gpt2ro.cleaning.language import SAMPLE_CHARACTERS, romanian_score


@pytest.mark.parametrize("text", [ROMANIAN, ROMANIAN_WITHOUT_MARKS, ROMANIAN_WITH_CEDILLA])
def test_romanian_scores_high_in_every_spelling(text: str) -> None:
    assert romanian_score(text) > 0.15


@pytest.mark.parametrize("text", [ENGLISH, FRENCH, KURDISH, PORTUGUESE, TURKISH])
def test_other_languages_score_low(text: str) -> None:
    assert romanian_score(text) < 0.05


def test_a_text_without_words_scores_zero() -> None:
    assert romanian_score("123 + 4 = 127") == 0.0


def test_a_long_text_is_judged_by_start_middle_and_end() -> None:
    foreign = f"{ENGLISH}\n" * (SAMPLE_CHARACTERS // 40)
    assert romanian_score(foreign) < romanian_score(foreign + f"{ROMANIAN}\n" * 20)
