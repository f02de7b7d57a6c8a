import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gpt2ro.dedupe.folding import HASH_BYTES, folded, text_hash


@pytest.mark.parametrize(
    "copy",
    [
        "Și-n ȚARĂ, 3 câini!",
        "şi-n ţară, 3 câini!",
        "si-n tara 3 caini",
        "s\u0326i-n\t t\u0326ara\u0306:\n3 — câini…",
        "„Și” n țară (3) CÂINI",
    ],
)
def test_folds_case_marks_punctuation_and_blanks(copy: str) -> None:
    assert folded(copy) == "si n tara 3 caini"


def test_keeps_digits_apart() -> None:
    assert text_hash("Satul are 312 locuitori.", True) != text_hash(
        "Satul are 313 locuitori.", True
    )


def test_compares_byte_by_byte_when_folding_is_off() -> None:
    assert text_hash("Țara", True) == text_hash("tara", True)
    assert text_hash("Țara", False) != text_hash("tara", False)
    assert len(text_hash("Țara", False)) == HASH_BYTES


def test_the_hash_is_that_of_other_xxh3_tools() -> None:
    # xxhsum -H2 of "tara"
    assert text_hash("Țara!", True) == text_hash("tara", False)
    assert text_hash("", False).hex() == "99aa06d3014798d86001c324468d497f"


@given(st.text())
@example("ℌ")  # decomposes to a capital
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@given(st.text("aăâîșțşţZĂÂÎȘȚ .,!0123"))
def test_upper_and_lower_case_fold_alike(text: str) -> None:
    assert folded(text.upper()) == folded(text.lower())
