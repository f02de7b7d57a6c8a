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

from gpt2ro.cleaning.language import romanian_score


@pytest.mark.parametrize("text", [ROMANIAN, ROMANIAN_WITHOUT_MARKS, ROMANIAN_WITH_CEDILLA])
def test_romanian_scores_high_in_every_spelling(text: str) -> None:
    assert romanian_score(text) > 0.15


@pytest.mark.parametrize("text", [ENGLISH, FRENCH, KURDISH, PORTUGUESE, TURKISH])
def test_other_languages_score_low(text: str) -> None:
    assert romanian_score(text) < 0.05


def test_a_text_without_words_scores_zero() -> None:
    assert romanian_score("123 + 4 = 127") == 0.0


def test_a_long_text_is_judged_as_a_whole() -> None:
    foreign = f"{ENGLISH}\n" * 300
    scores = [romanian_score(f"{foreign}{ROMANIAN}\n{foreign * times}") for times in (0, 1, 9)]
    assert romanian_score(ROMANIAN) > scores[0] > scores[1] > scores[2] > romanian_score(foreign)
