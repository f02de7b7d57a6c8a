import lzma
from pathlib import Path

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

from gpt2ro.cleaning.filter_settings import FilterSettings
from gpt2ro.cleaning.language import (
    DAMAGED_WORDS,
    FOREIGN_WORDS,
    METER,
    PARTED_ENDS,
    STOP_WORDS,
    WHOLE_WORDS,
    romanian_score,
)


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


def test_no_damaged_word_is_a_word() -> None:
    assert not DAMAGED_WORDS & (STOP_WORDS | FOREIGN_WORDS | WHOLE_WORDS)
    assert all(word.isascii() for word in DAMAGED_WORDS - PARTED_ENDS)


LOST = str.maketrans("", "", "ăâîșțşţĂÂÎȘȚŞŢ")
MISREAD = str.maketrans("ăâîșțşţĂÂÎȘȚŞŢ", "ddiqfqfDDIQFQF")


def test_prose_that_lost_letters_or_was_misread_has_damaged_words_and_no_other_text_of_real_corpora(
    shared_corpora: Path,
) -> None:
    def texts(name: str) -> list[str]:
        with lzma.open(shared_corpora / "text" / f"{name}.txt.xz", "rt", encoding="utf-8") as file:
            return [text for text in file.read().split("\n\n") if len(text) >= 100]

    bound = FilterSettings().max_damaged_words
    for name in ("eltec_rom_novels", "law_procurement_rolegal", "prose_api_proza"):
        marked = [text for text in texts(name) if len(text.translate(LOST)) < 0.98 * len(text)]
        found = [METER.measure(text.translate(LOST)).damaged_words > bound for text in marked]
        assert sum(found) > 0.98 * len(found) > 90, name
        found = [METER.measure(text.translate(MISREAD)).damaged_words > bound for text in marked]
        assert sum(found) > 0.95 * len(found), name
    whole = [*texts("poetry_api_poezii"), *texts("eltec_rom_novels"), *texts("prose_api_proza")]
    # Three poems have question marks for letters and quotation marks.
    found = [text for text in whole if METER.measure(text).damaged_words > bound]
    assert [text for text in found if METER.measure(text.replace("?", "")).damaged_words] == []
    assert len(found) == 3
