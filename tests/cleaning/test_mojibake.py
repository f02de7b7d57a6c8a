import bz2
import gzip
import lzma
import re
import string
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

import pytest
from ftfy import fix_text
from ftfy.badness import BADNESS_RE, MOJIBAKE_CATEGORIES
from ftfy.chardata import CHARMAP_ENCODINGS
from hypothesis import assume, given
from hypothesis import strategies as st

from gpt2ro.cleaning.mojibake import (
    CONFIG,
    CUT_QUOTE,
    DOOMED,
    RULED,
    STRAY_CONTROL,
    alone,
    is_sound,
    line_repair,
    shielding,
    suspicious_lines,
)
from gpt2ro.cleaning.repairs import repairer
from gpt2ro.cleaning.settings import CleaningSettings
from gpt2ro.native import Repairer

SETTINGS = CleaningSettings()
REPAIRER = repairer(SETTINGS, ["mojibake"])
SAMPLE = "În București, „țara” e frumoasă – și așa rămâne."


def without_mojibake(text: str) -> str:
    return REPAIRER.repair(text)[0]


def flagged_lines(text: str) -> set[str]:
    """Return the lines that the gate gives to ftfy."""
    lines: set[str] = set()

    def keep(line: str) -> str:
        lines.add(line)
        return line

    Repairer(
        kinds=["mojibake"],
        entities={},
        romanian_words=set(),
        foreign_words=set(),
        line_without_mojibake=keep,
        mojibake_beside=RULED,
        mojibake_alone=alone(SETTINGS),
        mojibake_behind_quotes=DOOMED,
        mojibake_lines=suspicious_lines(SETTINGS),
    ).repair(text)
    return lines


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


@pytest.mark.parametrize("end", ["", " ", ".", ",", "?"])
def test_a_closing_quote_that_lost_its_last_byte_is_none_the_less_one(end: str) -> None:
    right = "Ea a zis „Da”" + end.strip("?")
    cut = broken(right.replace("”", "\0"), "windows-1252").replace("\0", "â€") + "?" * (end == "?")
    assert without_mojibake(cut) == right
    # ftfy alone takes it for a dagger.
    assert fix_text("„Daâ€ zise", CONFIG) == "„Da†zise"


def test_takes_ligatures_and_full_width_letters_apart() -> None:
    assert without_mojibake("ﬁnal și ｃａｓă") == "final și casă"


def test_keeps_ligatures_and_widths_when_asked() -> None:
    text = "ﬁnal și ｃａｓă, ǆ"
    assert repairer(CleaningSettings(split_ligatures=False), ["mojibake"]).repair(text)[0] == (
        "ﬁnal și casă, ǆ"
    )
    assert repairer(CleaningSettings(repair_widths=False), ["mojibake"]).repair(text)[0] == (
        "final și ｃａｓă, dž"
    )


@pytest.mark.parametrize("text", ["„Așa”, zise.", "“Așa”", "‘Așa’", "«Așa»", "l’été"])
def test_keeps_curled_quotes(text: str) -> None:
    assert without_mojibake(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "Se scrie cu „Â” în interior și cu „Î” la început",
        "Verbele „A COBORÎ”, „A HOTĂRÎ” și „A URÎ”",
        "„Ă”, „Â”, „Î”, „Ș”, „Ț”",
        "„Â“, ”Â”, “Î”, (“Â”), «Î»,«Â»",
        "«A COBORÎ», COBORÎ» și COBORÎ – COBORÎ—",
        "A COBORÎ\xa0, „A SE CITI CU Î”",
        "COMITETUL „DÂ–A”",
        "RO\xadMÂ\xadNIA, PÂ\xadNĂ, COBORÎ\xadRE",
        "Litera Â se scrie în interior",
        "literele Ă, Â și Î, literele â și Â nu",
    ],
)
def test_keeps_letters_that_ftfy_takes_for_halves_of_a_character(text: str) -> None:
    assert fix_text(text, CONFIG) != text
    assert without_mojibake(text) == text


@pytest.mark.parametrize(
    ("text", "repaired"),
    [
        ("„Î” Ã®n „URÎ” La", "„Î” în „URÎ” La"),
        ("„Â” și ﬁnal", "„Â” și final"),
        ("WINDOWSÂ® 10", "WINDOWS® 10"),
        ("un literat Â mare", "un literat \xa0mare"),
        ("a zis: Â„VINO AICIÂ”", "a zis: „VINO AICI”"),
        ("a zis: Â“VINO AICIÂ”", "a zis: “VINO AICI”"),
        ("„Adevărul” Citește tot Â»", "„Adevărul” Citește tot »"),
        ("«Da» Â«VIN Â»", "«Da» «VIN »"),
        ("EUÂ\xadROÂ\xadPA", "EU\xadRO\xadPA"),
        ("stele È™i Â\xad", "stele și \xad"),
        ("unghiul Î” din Î‘Î¸Î®Î½Î±", "unghiul Δ din Αθήνα"),
        ("„Â” \ue000", "„” \ue000"),
    ],
)
def test_undoes_what_is_no_such_letter(text: str, repaired: str) -> None:
    assert without_mojibake(text) == repaired


# Neighbours that complete the rules of three characters.
CONTEXTS = [("", ""), ("", "a"), ("a", " "), ("Ø", ""), ("", "½"), ("", "„"), (".", " ")]


@pytest.mark.parametrize(("before", "after"), CONTEXTS)
def test_every_pair_that_a_rule_of_ftfy_matches_is_flagged(before: str, after: str) -> None:
    pairs = (f"{before}{one}{two}{after}" for one in RULED for two in ("", *RULED))
    ruled = {text for text in pairs if BADNESS_RE.search(text)}
    assert len(ruled) > 10_000
    assert ruled - flagged_lines("\n".join(sorted(ruled))) == set()


def test_pairs_that_no_rule_of_ftfy_matches_are_not_flagged() -> None:
    # Each line has two characters of the rules side by side.
    for text in ("da! »— nu", "viţă—de-vie"):
        assert flagged_lines(text) == set()


def test_ordinary_romanian_is_not_flagged() -> None:
    text = f"{SAMPLE} Îşi ţine „şirul” Ţăran’i – «aşa» — şi ’şi."
    assert flagged_lines(text) == set()


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
    repaired = ftfy_alone(text)
    assume(not re.search("[\x80-\x9f]", repaired))
    assert without_mojibake(text) == repaired


def test_a_control_that_ftfy_makes_and_leaves_is_removed() -> None:
    assert ftfy_alone("Ā¸") == "\x8f"
    assert without_mojibake("Ā¸") == ""


@given(
    st.sampled_from(["latin-1", "windows-1252", "windows-1250"]), st.text("aăâîșț „”«»\xa0–ZĂÎ.\n")
)
def test_is_exactly_ftfy_on_broken_romanian(encoding: str, text: str) -> None:
    mojibake = text.encode().decode(encoding, errors="ignore")
    if not STRAY_CONTROL.search(mojibake):
        # No letter of it is taken for one that is meant.
        expected = ftfy_alone(mojibake, lambda text: fix_text(with_whole_quotes(text), CONFIG))
        assert without_mojibake(mojibake) == expected


# Bytes of characters of two, three and four, and what ftfy takes for some of them.
HIGH_BYTES = [bytes([byte]) for byte in range(0x80, 0x100)]
REST = [b" ", b" ", b"?", b"\x1a", b"a", b"que", b"."]
BYTES = st.sampled_from([*HIGH_BYTES, *"ă à „ € 😀".encode().split(), *REST])
LINES = st.lists(BYTES, max_size=6).map(b"".join)


@given(st.sampled_from(CHARMAP_ENCODINGS), LINES, st.sampled_from(["", " ă", "ța", "»", "\ufffd"]))
def test_a_line_that_ftfy_is_not_asked_about_is_sound(encoding: str, line: bytes, end: str) -> None:
    text = line.decode(encoding) + end
    if not STRAY_CONTROL.search(text):
        assert line_repair(SETTINGS)(text) == fixed(text)


def test_a_line_is_sound_if_a_character_of_it_is_no_part_of_another_one() -> None:
    for line in (
        "Iașul: ”Îți dau",
        "│ │«Da» │",
        "În „viața proletară” ”În domeniul artistic",
    ):
        assert BADNESS_RE.search(line)
        assert is_sound(line)
    for line in ("Ã și", "„viațÄƒ”, în țară", "»Î", "ã?", "a" * 10**6 + "ă"):
        assert not is_sound(line)


def fixed(text: str) -> str:
    """Return the text as ftfy repairs it when it is not shown the letters that are meant."""
    lines = with_whole_quotes(text).split("\n")
    return "\n".join(shielding(lambda line: fix_text(line, CONFIG), line) for line in lines)


def with_whole_quotes(text: str) -> str:
    return CUT_QUOTE.sub("â€\x9d", text)


def ftfy_alone(text: str, fix: Callable[[str], str] = fixed) -> str:
    """Return the text as ftfy repairs it, asked again until it changes nothing."""
    for _ in range(10):
        text, before = fix(text), text
        if text == before:
            break
    return text


OPENERS: dict[str, Callable[..., TextIO]] = {
    **{".gz": gzip.open, ".bz2": bz2.open},
    **dict.fromkeys((".tsv", ".txt", ".wiki", ".ro", ".jsonl", ".xml"), open),
}


def real_lines(corpora: Path) -> Iterator[str]:
    for path in sorted((corpora / "text").glob("*.xz")):
        with lzma.open(path, "rt", encoding="utf-8", newline="\n") as file:
            yield from (line.rstrip("\n") for line in file)
    for path in sorted((corpora / "formats").rglob("*")):
        if path.is_file() and path.suffix in OPENERS:
            # One of the foreign dumps is UTF-16, which is of no use here.
            with OPENERS[path.suffix](path, "rt", encoding="utf-8", errors="ignore") as file:
                yield from file.read().split("\n")


def test_misses_no_real_line_that_ftfy_changes(shared_corpora: Path) -> None:
    lines = [line for line in dict.fromkeys(real_lines(shared_corpora)) if not line.isascii()]
    assert len(lines) > 400_000
    flagged = flagged_lines("\n".join(lines))
    assert len(flagged) < len(lines) / 5
    missed = [line for line in lines if line not in flagged and fix_text(line, CONFIG) != line]
    assert missed == []
    repair = line_repair(SETTINGS)
    differing = [
        line for line in flagged if not STRAY_CONTROL.search(line) and repair(line) != fixed(line)
    ]
    assert differing == []
