"""Each repair in Rust gives what its slow reference gives."""

import string
import sys
import unicodedata

import pytest
from ftfy.badness import MOJIBAKE_CATEGORIES
from hypothesis import example, given, settings
from hypothesis import strategies as st
from reference_repairs import REPAIRS

from gpt2ro.cleaning.repairs import repairer
from gpt2ro.cleaning.settings import CleaningSettings
from gpt2ro.native import Repairer

SETTINGS = CleaningSettings()
ALONE = {kind: repairer(SETTINGS, [kind]) for kind in Repairer.KINDS}

# A character that this Python's Unicode does not know yet may have properties in Rust's tables.
KNOWN = st.characters(exclude_categories=("Cs", "Cn"))
FRAGMENTS = {
    "HTML entities": [*"&;#xX0159afa", "&amp;", "&#537;", "&#x219;", "&#128;", "&EACUTE;", "&lt;"],
    "HTML tags": [
        *("<b>", "</b>", "<br/>", "<p>", "</p>", "<td>", "<!--", "-->", "<i", " x='1'", ">", "<"),
        *("<span>", "</span>", "<script>", "</script>", "</SCRIPT >", "\n", " ", "a", "B", "<x>"),
        *(
            "\n\n",
            "<style>",
            "</style>",
            "<SCRIPT src=a>",
            "un cuvânt " * 5,
            ";",
            "=",
            "<b",
            " sau",
        ),
        *(" hidden", " data-a", "<q dar", "{"),
    ],
    "mojibake": [
        *"ab .\n?½ăâîșțşţĂÂÎȘȚŞŢ„”“«»–—…’ﬁａ\x97\x80ÃÂœ",
        *("".join(MOJIBAKE_CATEGORIES[kind][:12] for kind in MOJIBAKE_CATEGORIES if kind != "c1")),
    ],
    "misread letters": [*"ÄÃĂÈČÅĹƒ‚¢˘®Ž™˜›šŸźž£Ł aăA.-\n", "È™", "-a", ".a", "Å£", "ĹŁ", "Ä‚"],
    "legacy encodings": [
        *"ãÃºªþÞ¥µ aoeiCBõçð1.n",
        "ºi",
        "cã ",
        " să ",
        "não ",
        *"ؤإب›™ƒ€",
        "ؤƒ",
        "ب™",
        *"ǎǍǐŋɔțȘ",
    ],
    "line ends": [*"a\r\n\v\f\x85\u2028\u2029 "],
    "invisible characters": [*"a\0\x9f\xad\u200b\u200d\ufeff\ue000\U0010ffff☀\ufe0f👩"],
    "composed letters": [
        *"asiı\u0326\u0327\u0306\u0301\u0345\u1100\u1161가",
        *("˘", "ˆ", "¸", "˘a", "ˆı", "ˆA", "s¸", "T¸", "¸s", " ", "t", "\n"),
    ],
    "cedilla letters": [*"şţŞŢășığöç _\u0301", "\n", " ve ", " și ", " bir ", " de "],
    "lost letters": [
        *(*"?\ufffd. \n-„A", "?i ", "pia?a ", "c? ", " ?n", "ora?", "ORA?", "Ion ", "ș", "ă", "î"),
        *("hot?r?re ", "\ufffdi ", "via\ufffd\ufffd ", "de la și ", "a?=", "?Da?", "foarte ", "!"),
        *("diminea?a ?i ", "la str?zile din ora?, ", "les "),
        *("§", "§i ", "§ti", "u§ă", "U§", "5", "iv ", "b"),
    ],
    "hyphens": [*"a-\u2010\u2011–"],
    "divided words": [
        *(*"aeisnmtă-\n |, ", "-\n", "ndu", "într", "cuvin", "te", "le", "au", "CON", "să", "de"),
        *("mi", "și", "prim", "cadru", "acum"),
    ],
    "wrapped lines": [
        *("cuvânt ", "ană ", "\n", "\n", "și ", "|", "-", "— ", "1. ", "a) ", "(a) ", "Domn "),
        *("cuvin-\nte", "să-\n", "mi ", "„", "«", ". ", "”", "și aici un rând destul de lung "),
    ],
    "spaced punctuation": [*" ,.;:!?1)”|\n\t", "a", "ă", " , b", "\xa0", " .Da", " ;"],
    "glued punctuation": [
        *(*" ,.;!?1(_/\n", "ab", "Da", "ță", "Șa", "E", ".Com", ",", ".", "aB"),
        *("aș", "Îi", "in", "In", "pentru", "Jo", "a" * 60, " ,,", "\n1)", "\n(2)", "\na)", "\n3."),
        *("„", "“", "”", ".”", "!”", "„ab", "ab''", "''", "’’", ".’’ ", ",, ab"),
        *("\n,, ", '"', "\n\n"),
    ],
    "blanks": [*"ab  \n\n\t\xa0\u3000"],
}


def fixed_point(kind: str, text: str) -> str:
    for _ in range(10):
        text, before = REPAIRS[kind](text), text
        if text == before:
            break
    return text


def texts(kind: str) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(FRAGMENTS[kind]) | KNOWN, max_size=30).map("".join)


@pytest.mark.parametrize("kind", REPAIRS)
def test_repairs_any_text_as_the_reference(kind: str) -> None:
    @settings(max_examples=150, deadline=None)
    @given(texts(kind))
    def compare(text: str) -> None:
        assert ALONE[kind].repair(text)[0] == fixed_point(kind, text)

    compare()


@pytest.mark.parametrize("kind", REPAIRS)
def test_repairs_texts_of_its_own_fragments_as_the_reference(kind: str) -> None:
    @settings(max_examples=250, deadline=None)
    @given(st.lists(st.sampled_from(FRAGMENTS[kind]), max_size=60).map("".join))
    def compare(text: str) -> None:
        assert ALONE[kind].repair(text)[0] == fixed_point(kind, text)

    compare()


@pytest.mark.parametrize("kind", [kind for kind in REPAIRS if kind != "mojibake"])
def test_repairs_every_character_between_two_letters_as_the_reference(kind: str) -> None:
    codes = (chr(code) for code in range(sys.maxunicode + 1))
    known = [c for c in codes if unicodedata.category(c) not in ("Cn", "Cs") and c != "\n"]
    assert len(known) > 280_000
    # Each in a line of its own, of a text short enough to be judged at once.
    for start in range(0, len(known), 5000):
        text = "\n".join(f"s{character}a" for character in known[start : start + 5000])
        assert ALONE[kind].repair(text)[0] == fixed_point(kind, text)


@settings(deadline=None)
@given(st.text(KNOWN | st.sampled_from(string.ascii_letters + "ăâîșțÎ "), min_size=30))
@example("a" * 14 + "ă„" + "b" * 40)
@example("a" * 15 + "  " + "b" * 40)
@example("a" * 15 + "ă”b" + "b" * 40)
def test_a_text_that_is_returned_as_it_is_needs_no_repair(text: str) -> None:
    fixed, kinds = repairer(SETTINGS, list(REPAIRS)).repair(text)
    if not kinds:
        assert fixed is text
        assert [kind for kind, repair in REPAIRS.items() if repair(text) != text] == []


def test_an_unknown_kind_is_an_error() -> None:
    with pytest.raises(ValueError, match='unknown kind "dust"; KINDS has them all'):
        repairer(SETTINGS, ["dust"])


def test_an_expression_that_is_not_valid_is_an_error() -> None:
    with pytest.raises(ValueError, match="mojibake_lines is not valid: regex parse error"):
        Repairer(
            kinds=["mojibake"],
            entities={},
            romanian_words=set(),
            foreign_words=set(),
            line_without_mojibake=str,
            mojibake_beside="",
            mojibake_alone="",
            mojibake_behind_quotes="",
            mojibake_lines="[",
        )


def test_an_error_of_the_line_repair_reaches_the_caller() -> None:
    def fail(line: str) -> str:
        raise RuntimeError(line)

    broken = Repairer(
        kinds=["mojibake"],
        entities={},
        romanian_words=set(),
        foreign_words=set(),
        line_without_mojibake=fail,
        mojibake_beside="",
        mojibake_alone="ã",
        mojibake_behind_quotes="",
        mojibake_lines="x",
    )
    with pytest.raises(RuntimeError, match=r"^xãx$"):
        broken.repair("ab\nxãx")
