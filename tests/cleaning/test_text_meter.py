"""The measures in Rust give what the slow reference gives."""

import pytest
import reference_filters as reference
from hypothesis import example, given
from hypothesis import strategies as st
from passages import ROMANIAN

from gpt2ro import _native

VOCABULARY = (
    ["și", "de", "ă"], ["the", "de"], ["cnd", "de"], ["și", "în", "a"], "adeinoprstuî", "ășț",
)  # fmt: skip
METER = _native.TextMeter(*VOCABULARY)
NAMES = [name for name in vars(_native.TextStatistics) if not name.startswith("_")]

# A character that this Python's Unicode does not know yet is no letter to it; Rust may know it.
TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cn")))
# Few words and lines, so that they repeat.
WORDS = st.sampled_from(
    [
        *("și", "Și", "ȘI", "the", "De", "a", "ă1", "—", "12", "într-o", "lup.", "\n"),
        *("Cnd", "?i", "h?r"),
    ]
)
WORDY = st.lists(WORDS, max_size=60).map(" ".join)


@given(TEXTS | WORDY)
@example("")
@example("a" * 3 + "\x1c\x85\n\u2028b")  # blanks to Python only, and to both
@example("aJ\u030c½ Ⅷ ٣ _ \u0345")  # marks, and digits of other kinds
@example("İI SS ß ŞI")
@example("HOT?RÂRE ?i via??a, b?id=3 ?Da \ufffd\ufffdi\ufffd ?")
def test_measures_any_text_as_the_reference(text: str) -> None:
    found = METER.measure(text)
    expected = reference.statistics(text, *VOCABULARY)
    assert {name: getattr(found, name) for name in NAMES} == expected


@given(st.lists(st.sampled_from("abc"), min_size=20, max_size=80).map(" ".join))
def test_measures_repeated_runs_of_words_as_the_reference(text: str) -> None:
    words = text.split()
    expected = [reference.repeated(words, length) / len(text) for length in range(5, 11)]
    found = METER.measure(text)
    assert [getattr(found, f"repeated_{length}grams") for length in range(5, 11)] == expected


def test_a_long_text_is_measured_as_the_reference_does() -> None:
    lines = [f"{ROMANIAN} {n * n % 89}, {n % 7}\n" for n in range(100)]
    text = "".join(lines)
    found = METER.measure(text)
    expected = reference.statistics(text, *VOCABULARY)
    assert {name: getattr(found, name) for name in NAMES} == expected


@given(st.text("@0123456789.-:ăaR \n") | st.text("23fFg: \n") | TEXTS)
@example("2fFf:3: :\n2fFf: : :\n4fff:3::\n3 2333:::")
def test_suspects_the_lines_that_the_reference_suspects(text: str) -> None:
    assert _native.personal_lines(text) == reference.personal_lines(text)


@given(st.lists(st.text("ășaȘ ", max_size=9)).map("\n".join), st.integers(0, 9))
def test_removes_the_lines_that_the_reference_removes(text: str, max_characters: int) -> None:
    phrases = "[aă]+( [aș]+)?|ș"
    found = _native.LineRemover(phrases, max_characters).without_phrases(text)
    expected = reference.without_phrases(text, phrases, max_characters)
    assert (found is None) == (text == expected)
    assert found in (None, expected)


def test_an_expression_that_is_not_valid_is_an_error() -> None:
    with pytest.raises(ValueError, match="unclosed group"):
        _native.LineRemover("(", 9)
