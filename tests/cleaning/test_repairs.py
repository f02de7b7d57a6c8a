import lzma
import re
import textwrap
import unicodedata
from pathlib import Path

import pytest
from ftfy.badness import MOJIBAKE_CATEGORIES
from hypothesis import example, given
from hypothesis import strategies as st
from passages import ENGLISH, FRENCH, KURDISH, PORTUGUESE, ROMANIAN, TURKISH

from gpt2ro.cleaning.filters import drop_reason
from gpt2ro.cleaning.repairs import repaired, repairs
from gpt2ro.cleaning.settings import CleaningSettings

SETTINGS = CleaningSettings()
STEPS = repairs(SETTINGS)

WRAPPED = textwrap.fill(ROMANIAN, 60) + "\n"
VERSE = """\
Somnoroase păsărele
Pe la cuiburi se adună,
Se ascund în rămurele –
Noapte bună!
Doar izvoarele suspină,
Pe când codrul negru tace;
Dorm și florile-n grădină –
Dormi în pace!"""


def clean(text: str) -> str:
    return repaired(text, STEPS)[0]


@pytest.mark.parametrize("text", [ROMANIAN, TURKISH, FRENCH, PORTUGUESE, ENGLISH, KURDISH])
def test_leaves_good_text_alone(text: str) -> None:
    assert repaired(text, STEPS) == (text, set())


@pytest.mark.parametrize(
    ("text", "expected", "kind"),
    [
        ("Ion &amp; Ana", "Ion & Ana", "HTML entities"),
        ("BucureÈ™ti", "București", "mojibake"),
        ("la BucureÈ™ti, în țară", "la București, în țară", "misread letters"),
        ("una\r\ndouă", "una\ndouă", "line ends"),
        ("Mol\xaddova", "Moldova", "invisible characters"),
        ("casa\u0306", "casă", "composed letters"),
        ("om cu om se-ntîlne§te §i atât", "om cu om se-ntîlnește și atât", "lost letters"),
        ("t¸ar˘a ˆın care s¸tim", "țară în care știm", "composed letters"),
        ("<b>Ion</b>", "Ion", "HTML tags"),
        ("ºi þarã", "și țară", "legacy encodings"),
        ("sǎ fie", "să fie", "legacy encodings"),
        ("ţară", "țară", "cedilla letters"),
        ("locui-\ntoare noi", "locuitoare\nnoi", "divided words"),
        ("Ion , Ana .", "Ion, Ana.", "spaced punctuation"),
        ("Ion ,Ana .Apoi", "Ion, Ana. Apoi", "spaced punctuation"),
        ("Plouă.Aici bate vântul,ninge.", "Plouă. Aici bate vântul, ninge.", "glued punctuation"),
        ("a)pentruIon\n„Da.”Apoi ,,Nu”", "a) pentru Ion\n„Da.” Apoi „Nu”", "glued punctuation"),
        ("s\u2011a", "s-a", "hyphens"),
        (
            "?i s-a hot?rât c? ora?ul va avea o pia?? mare, iar jude?ul ?tie de ce.",
            "Și s-a hotărât că orașul va avea o piață mare, iar județul știe de ce.",
            "lost letters",
        ),
        ("Text.\nCitește și: altul", "Text.", "boilerplate lines"),
        ("una   două", "una două", "blanks"),
    ],
)
def test_counts_each_repair_by_its_name(text: str, expected: str, kind: str) -> None:
    fixed, kinds = repaired(text, STEPS)
    assert fixed == expected
    assert kind in kinds
    assert set(STEPS.kinds) >= kinds


def test_repairs_what_another_repair_lays_bare() -> None:
    assert clean("&amp;amp;lt; &am\xadp; ş&#807;") == clean(clean("&amp;amp;lt; &am\xadp; ş&#807;"))
    assert clean("Ion &am\xadp; Ana") == "Ion & Ana"


def test_composes_a_combining_cedilla_as_the_comma_letter() -> None:
    assert clean("s\u0327i t\u0327ara\u0306") == "și țară"


def test_a_repair_that_is_turned_off_is_not_made() -> None:
    settings = CleaningSettings(
        repair_mojibake=False,
        repair_legacy=False,
        repair_letters=False,
        restore_letters=False,
        remove_tags=False,
        join_words=False,
        join_lines=False,
        attach_punctuation=False,
        space_punctuation=False,
        drop_boilerplate=False,
    )
    text = "Aceşti <b>oa-\nmeni</b> buni , din BucureÈ™ti.\nÎn È›ară\nCitește și: alta\n"
    text += f"{WRAPPED}ºi þarã,cã"
    assert repaired(text, repairs(settings)) == (text, set())
    every = {
        "mojibake",
        "misread letters",
        "legacy encodings",
        "cedilla letters",
        "HTML tags",
        "divided words",
    }
    every |= {"spaced punctuation", "glued punctuation", "boilerplate lines"}
    assert repaired(text, STEPS)[1] >= every


ENCODINGS = {"Windows-1250": "cp1250", "Windows-1252": "cp1252", "ASCII": "ascii"}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_text_that_lost_letters_gets_them_back_and_passes_the_filters(encoding: str) -> None:
    lost = ROMANIAN.encode(ENCODINGS[encoding], "replace").decode(ENCODINGS[encoding])
    assert drop_reason(lost, SETTINGS) == "letters lost"
    fixed, kinds = repaired(lost, STEPS)
    assert (fixed, kinds) == (ROMANIAN, {"lost letters"})
    assert drop_reason(fixed, SETTINGS) is None
    assert repaired(lost, repairs(CleaningSettings(restore_letters=False))) == (lost, set())


@pytest.mark.parametrize("text", [TURKISH, FRENCH, PORTUGUESE, KURDISH])
def test_no_letters_are_written_into_another_language_that_lost_its_own(text: str) -> None:
    lost = text.encode("ascii", "replace").decode("ascii") * 3
    assert "lost letters" not in repaired(lost, STEPS)[1]


def test_joins_the_lines_of_a_wrapped_text_only() -> None:
    fixed, kinds = repaired(WRAPPED, STEPS)
    assert fixed == " ".join(WRAPPED.split())
    assert kinds >= {"wrapped lines"}
    settings = CleaningSettings(join_lines=False)
    assert repaired(WRAPPED, repairs(settings))[0] == WRAPPED.strip()
    assert repaired(VERSE, STEPS) == (VERSE, set())


def test_keeps_the_names_written_with_a_capital_inside_of_real_sentences(
    shared_corpora: Path,
) -> None:
    path = shared_corpora / "text" / "ro_sts_sentences.txt.xz"
    with lzma.open(path, "rt", encoding="utf-8") as file:
        text = file.read()
    names = re.findall(r"[^\W\d_]*[a-zăâîșț]{2}[A-ZĂÂÎȘȚ][a-zăâîșț][^\W\d_]*", text)
    assert len(names) > 100
    fixed = clean(text)
    assert [name for name in names if name not in fixed] == []


# Three of four line ends divide a word: joining these alone would make the lines too long.
PRINTED = """\
Bunicul se trezea în fiecare dimineață înainte de răsăritul soa-
relui și pornea încet spre livada de la marginea satului, unde
îl așteptau merii bătrâni. Câinele mergea după el fără grabă, la
deal, ca să-și odihnească puțin picioarele cele scurte și bătrâ-
ne, cu limba scoasă, și se oprea la fiecare gard, unde visa să-
și găsească prieteni."""


def test_joins_wrapped_lines_though_words_are_divided_at_their_ends() -> None:
    right = PRINTED.replace("să-\n", "să-").replace("-\n", "").replace("\n", " ")
    assert repaired(PRINTED, STEPS) == (right, {"wrapped lines"})
    # As blanks are spared after lines are joined.
    assert clean(PRINTED.replace("\n", " \n")) == right


# What breaks text in the wild, far more often than random Unicode would.
FRAGMENTS = st.sampled_from(
    [
        *"aăâîșțşţȘŞ \n\t\r.,;&-",
        *"ığüö",
        *("\u0326", "\u0327", "\u0306", "\xad", "\u200b", "\u200d", "\xa0", "\u2028", "\x97"),
        *("&amp;", "&lt;", "&#537;", "&nbsp;", "lt;", "#", "x", "È™", "Äƒ", "Ã®", "â€", "œ"),
        *("<b>", "</b>", "<br>", "ă-\n", "ã", "º", "þi", " ,", "cuvânt " * 9, "\nși "),
        *("și ", "ve ", "bir ", "\nCitește și: x\n", "\n12 comentarii\n", "👩", "Ã ", "ﬁ"),
        *("".join(MOJIBAKE_CATEGORIES[kind][:6] for kind in MOJIBAKE_CATEGORIES if kind != "c1")),
    ]
)
TEXTS = st.lists(FRAGMENTS | st.characters(), max_size=25).map("".join)


@given(TEXTS)
@example("Ã\xad\x97 &amp;shy;")
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(TEXTS)
def test_clean_text_is_composed_and_visible(text: str) -> None:
    cleaned = clean(text)
    assert unicodedata.is_normalized("NFC", cleaned)
    kinds = {unicodedata.category(character) for character in cleaned.replace("\n", "")}
    assert not kinds & {"Cc", "Cs", "Co", "Zl", "Zp"}


@given(TEXTS)
def test_clean_text_has_no_blanks_to_spare(text: str) -> None:
    assert not re.search(r"[^\S \n]|  | \n|\n |\n\n\n|^\s|\s$", clean(text))


@given(TEXTS)
def test_no_word_mixes_cedilla_and_romanian_letters(text: str) -> None:
    for word in re.findall(r"\w*[şţŞŢ]\w*", clean(text)):
        assert not re.search("[ăĂșȘțȚ]", word)
