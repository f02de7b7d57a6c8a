import re
import string

import pytest
from ftfy import fix_text
from ftfy.badness import BADNESS_RE, MOJIBAKE_CATEGORIES
from hypothesis import given
from hypothesis import strategies as st

from gpt2ro.cleaning.mojibake import (
    CONFIG,
    RULED,
    STRAY_CONTROL,
    SUSPICIOUS,
    without_entities,
    without_mojibake,
)

SAMPLE = "În București, „țara” e frumoasă – și așa rămâne."


def broken(text: str, encoding: str) -> str:
    """Return UTF-8 text as a program shows it that takes it for another encoding."""
    return text.encode().decode(encoding)


def test_undoes_utf8_read_as_latin1() -> None:
    assert without_mojibake(broken(SAMPLE, "latin-1")) == SAMPLE


def test_undoes_utf8_read_as_windows_1252() -> None:
    assert without_mojibake("BucureÈ™ti, Ã®n È›arÄƒ â€“ aÈ™a") == "București, în țară – așa"


def test_undoes_one_broken_line_among_good_ones() -> None:
    text = f"O linie bună.\n{broken(SAMPLE, 'latin-1')}\nAltă linie bună: „așa”."
    assert without_mojibake(text) == f"O linie bună.\n{SAMPLE}\nAltă linie bună: „așa”."


def test_reads_windows_controls_as_dashes_and_quotes() -> None:
    assert without_mojibake("pân\x92 la \x84mare\x94, \x97 zise") == "pân’ la „mare”, — zise"


def test_does_not_take_a_letter_and_a_dash_for_one_broken_character() -> None:
    # ftfy alone gives "viț㠗 sânge".
    assert fix_text("din viţă \x97 sânge", CONFIG) != "din viţă — sânge"
    assert without_mojibake("din viţă \x97 sânge") == "din viţă — sânge"
    assert without_mojibake("o ţară\x94 nouă") == "o ţară” nouă"


def test_takes_ligatures_and_full_width_letters_apart() -> None:
    assert without_mojibake("ﬁnal și ｃａｓă") == "final și casă"


@pytest.mark.parametrize("text", ["„Așa”, zise.", "“Așa”", "‘Așa’", "«Așa»", "l’été"])
def test_keeps_curled_quotes(text: str) -> None:
    assert without_mojibake(text) == text


def test_replaces_entities() -> None:
    assert without_entities("&bdquo;Ion &amp; Ana&rdquo; &#537;i") == "„Ion & Ana” și"


def test_keeps_an_ampersand_that_is_no_entity() -> None:
    assert without_entities("AT&T, R&D; x&y") == "AT&T, R&D; x&y"


# Neighbours that complete the rules of three characters.
CONTEXTS = [("", ""), ("", "a"), ("a", " "), ("Ø", ""), ("", "½"), ("", "„"), (".", " ")]


def test_every_pair_that_a_rule_of_ftfy_matches_is_suspicious() -> None:
    ruled = re.compile(f"[{RULED}]")
    characters = [chr(code) for code in range(0x80, 0x10000) if ruled.match(chr(code))]
    missed = [
        text
        for before, after in CONTEXTS
        for one in characters
        for two in ("", *characters)
        for text in [before + one + two + after]
        if BADNESS_RE.search(text) and not SUSPICIOUS.search(text)
    ]
    assert missed == []


@given(
    st.text(
        st.sampled_from(
            string.ascii_letters[:8]
            + " .,\n?½"
            + "ăâîșțşţĂÂÎȘȚŞŢ„”“«»–—…’ﬁａ"
            + "".join(
                MOJIBAKE_CATEGORIES[kind][:12] for kind in MOJIBAKE_CATEGORIES if kind != "c1"
            )
        ),
        max_size=12,
    )
)
def test_is_exactly_ftfy_on_any_text_without_controls(text: str) -> None:
    assert without_mojibake(text) == fix_text(text, CONFIG)


@given(st.sampled_from(["latin-1", "windows-1252", "windows-1250"]), st.text("aăâîșț „”–ZĂÎ.\n"))
def test_is_exactly_ftfy_on_broken_romanian(encoding: str, text: str) -> None:
    mojibake = text.encode().decode(encoding, errors="ignore")
    expected = "\n".join(fix_text(STRAY_CONTROL.sub("", x), CONFIG) for x in mojibake.split("\n"))
    if not STRAY_CONTROL.search(mojibake):
        assert without_mojibake(mojibake) == expected
