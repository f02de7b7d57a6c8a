"""The functions in Rust give what the slow reference gives."""

import struct
import sys
import unicodedata
from importlib import import_module

import pytest
import reference
from hypothesis import example, given
from hypothesis import strategies as st

from gpt2ro import _native
from gpt2ro.dedupe.tables import HASH_BYTES
from gpt2ro.errors import UserError

# A character that this Python's Unicode does not know yet is no letter to it; Rust may know it.
KNOWN = st.characters(exclude_categories=("Cs", "Cn"))
TEXTS = st.text(KNOWN) | st.text("aăâîșțşţZȘ\u0326\u0301 .,_0½\n")
# Few words, so that they repeat, and that texts have shingles in common.
WORDY = st.lists(st.sampled_from(["a", "b", "c", "Ța", "x1", "—"]), max_size=40).map(" ".join)


def numbers(packed: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(packed) // 8}Q", packed))


def signer(fold: bool = True, words: int = 5, bands: int = 20, rows: int = 6) -> _native.Signer:
    return _native.Signer(fold, words, bands, rows)


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
    assert _native.fold(copy) == "si n tara 3 caini"


def test_every_character_that_python_knows_folds_as_in_python() -> None:
    # Between two letters, so that a separator shows.
    known = (chr(code) for code in range(sys.maxunicode + 1))
    texts = [f"a{c}b" for c in known if unicodedata.category(c) not in ("Cn", "Cs")]
    assert len(texts) > 280_000
    assert [text for text in texts if _native.fold(text) != reference.folded(text)] == []


@given(TEXTS)
@example("ℌ")  # decomposes to a capital
@example("a\u0591\u0301b")  # a mark that separates before one that is dropped
@example("\u0345")  # a mark that folds to a letter
@example("ﷺ")  # decomposes to eighteen characters
def test_folds_any_text_as_the_reference(text: str) -> None:
    assert _native.fold(text) == reference.folded(text)


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert _native.fold(_native.fold(text)) == _native.fold(text)


@given(st.text("aăâîșțşţZĂÂÎȘȚ .,!0123"))
def test_upper_and_lower_case_fold_alike(text: str) -> None:
    assert _native.fold(text.upper()) == _native.fold(text.lower())


@given(TEXTS | WORDY, st.booleans())
def test_the_hash_is_that_of_the_reference(text: str, fold: bool) -> None:
    found, _ = signer(fold, bands=0).signature(text)
    assert found == reference.text_hash(text, fold)
    assert len(found) == HASH_BYTES


def test_the_hash_is_that_of_other_xxh3_tools() -> None:
    # xxhsum -H2 of nothing
    assert signer().signature("…")[0].hex() == "99aa06d3014798d86001c324468d497f"


def test_digits_tell_texts_apart() -> None:
    one, other = (f"Satul are {n} locuitori." for n in (312, 313))
    assert signer().signature(one) != signer().signature(other)


@given(TEXTS | WORDY, st.booleans(), st.integers(1, 7))
def test_shingles_are_those_of_the_reference(text: str, fold: bool, words: int) -> None:
    found = numbers(signer(fold, words).shingles(text))
    assert found == sorted(reference.shingles(text, fold, words))


@given(WORDY, st.integers(0, 5), st.integers(1, 13))
def test_bands_are_those_of_the_reference(text: str, bands: int, rows: int) -> None:
    _, found = signer(words=2, bands=bands, rows=rows).signature(text)
    expected = reference.bands(reference.shingles(text, True, 2), bands, rows)
    assert numbers(found) == expected


def test_a_long_text_has_the_bands_of_the_reference() -> None:
    text = " ".join(f"cuvântul {n * n % 1013}" for n in range(3000))
    expected = reference.bands(reference.shingles(text, True, 5), 20, 6)
    assert numbers(signer().signature(text)[1]) == expected


@given(WORDY, WORDY)
def test_similarity_is_that_of_the_sets(left: str, right: str) -> None:
    pair = [signer(words=2).shingles(text) for text in (left, right)]
    sets = [reference.shingles(text, True, 2) for text in (left, right)]
    assert _native.similarity(*pair) == reference.similarity(*sets)


def test_bytes_that_are_no_hashes_are_an_error() -> None:
    with pytest.raises(ValueError, match="similarity: 7 and 8 bytes, expected multiples of 8"):
        _native.similarity(b"1234567", b"12345678")


@pytest.mark.parametrize("arguments", [(True, 0, 20, 6), (True, 5, 20, 0), (True, 5, -1, 6)])
def test_numbers_out_of_range_are_an_error(arguments: tuple[bool, int, int, int]) -> None:
    with pytest.raises((ValueError, OverflowError)):
        _native.Signer(*arguments)


def test_a_missing_extension_is_told_with_what_builds_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gpt2ro._native", None)
    monkeypatch.delitem(sys.modules, "gpt2ro.native", raising=False)
    with pytest.raises(UserError, match=r"gpt2ro/_native: .* cannot be loaded .* run make setup"):
        import_module("gpt2ro.native")
