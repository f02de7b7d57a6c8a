"""Romanian in a legacy encoding that was read as Latin-1 or Windows-1252."""

import lzma
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
from passages import ENGLISH, FRENCH, KURDISH, PORTUGUESE, ROMANIAN, TURKISH

from gpt2ro.cleaning.repairs import repaired, repairer, repairs
from gpt2ro.cleaning.settings import CleaningSettings

# Windows-1250 read as Latin-1 has controls for quotation marks, which are repaired as mojibake.
ENCODINGS = repairer(CleaningSettings(), ["legacy encodings", "mojibake"])
REPAIRER = repairer(CleaningSettings(), ["legacy encodings"])
CEDILLA = str.maketrans("șțȘȚ", "şţŞŢ")
STEPS = repairs(CleaningSettings())
LEGACY = ("iso-8859-2", "windows-1250", "iso-8859-16")
MISTAKES = [(legacy, wrong) for legacy in LEGACY for wrong in ("latin-1", "windows-1252")]
MARKED = re.compile("[ãÃºªþÞ]")
MARKS = 3

ICELANDIC = """\
Þetta er það sem þú þarft að vita um veðrið á Íslandi. Það rignir oft á haustin og þá er gott að \
vera heima og lesa góða bók, því að þær eru margar til."""
# Without ão, õ and ç, by which Portuguese is told from afar.
PORTUGUESE_WITH_WEAK_LETTERS = """\
Na manhã de sexta a minha irmã comprou lã e uma romã. Amanhã a irmã dela vem com a avelã e a \
hortelã, que é boa de manhã."""
ICELANDIC_TITLES = "Þessir óþekktu lyklar fundust\nÞetta er ekki þekkt\nÞú þarft að bíða"
GUARANI = """\
Opa tetãnguéra oñopytyvõ vaʼerã, ha terã katu hetã mbaʼe oikotevẽva, upevarã oñemoĩ ko tembiapo."""
SPANISH = """\
El artículo 1º y el 2º dicen que la 3ª sección, según la Dª María, no está lista. El nº 5 de la \
calle está cerca y el niño juega con la niña en la plaza."""


def misread(text: str, legacy: str, wrong: str) -> str | None:
    """Return what a text in a legacy encoding looks like, or None if that cannot hold it."""
    written = text if legacy == "iso-8859-16" else text.translate(CEDILLA)
    try:
        return written.encode(legacy).decode(wrong)
    except UnicodeError:
        return None


@pytest.mark.parametrize(("legacy", "wrong"), MISTAKES)
def test_restores_romanian(legacy: str, wrong: str) -> None:
    text = misread(ROMANIAN, legacy, wrong)
    assert text and MARKED.search(text)
    assert REPAIRER.repair(text) == (ROMANIAN, ["legacy encodings"])


def test_all_repairs_together_restore_quotes_too() -> None:
    original = f"„{ROMANIAN}” – «da»."
    for legacy, wrong in MISTAKES[2:4]:
        assert repaired(misread(original, legacy, wrong) or "", STEPS)[0] == original
    quoted = "¥Aºa e, ºi nu altã!µ zise ªtefan."
    assert REPAIRER.repair(quoted)[0] == "„Așa e, și nu altă!” zise Ștefan."


def test_a_legacy_letter_behind_a_capital_is_no_mojibake() -> None:
    # ftfy alone gives "κi".
    text = "Îºi zice cã þara-i mare"
    assert repaired(text, STEPS)[0] == "Își zice că țara-i mare"


def test_mojibake_is_no_legacy_encoding() -> None:
    text = "MÃ®ine vÄƒ aÈ™tept lÃ¢ngÄƒ casÄƒ, mÃªme."
    assert REPAIRER.repair(text) == (text, [])


@pytest.mark.parametrize(
    "text",
    [
        *(ROMANIAN, TURKISH, FRENCH, PORTUGUESE, ENGLISH, KURDISH, ICELANDIC, SPANISH),
        "Dacă un unghi are aº și celălalt are bº, atunci suma lor este aº + bº, sub 180º.",
        "Srª Maria, Drª Ana și Profª Ioana au venit. Srª Maria a plecat.",
        "Parcul Thingvellir (Þingvellir), Thor (Þor), Thing (Þing) sunt nume din Islanda",
        "Natã, Itã, Irã, Islã și Aquidauanã sunt în Brazilia și au fost vizitate de mulți",
        *(PORTUGUESE_WITH_WEAK_LETTERS, ICELANDIC_TITLES, GUARANI, "irmã\nmanhã\nlã\nalemã"),
    ],
)
def test_leaves_right_text_alone(text: str) -> None:
    assert REPAIRER.repair(text) == (text, [])


def test_leaves_right_text_alone_among_degrees_and_ordinals() -> None:
    text = f"{ROMANIAN} La 60ºC, apoi la 23 ºC și 5 ºC; nr. 1º, 2ª, São Paulo, João, Guimarães."
    assert REPAIRER.repair(text) == (text, [])


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        # In texts that were read rightly for the rest.
        ("Þi-aș face un cuib. Þi-oi zice că", "Ți-aș face un cuib. Ți-oi zice că"),
        ("a declarat cã în garã se opriserã și", "a declarat că în gară se opriseră și"),
        # Other languages in the same text; names of attributes, which look like words of theirs.
        (
            "The layer is in the menu, and it is not the one for the image.\n"
            "Masca este utilizatã ca strat de sus",
            None,
        ),
        (
            "The layer is in the menu, and it is not the one for the image.\n"
            "Masca este utilizatã ºi modificatã ca strat de sus",
            "The layer is in the menu, and it is not the one for the image.\n"
            "Masca este utilizată și modificată ca strat de sus",
        ),
        (
            'id="id_par1" c) cãzutã id="id_par2" d) ridicatã id="id_par3"',
            'id="id_par1" c) căzută id="id_par2" d) ridicată id="id_par3"',
        ),
        # No function word, one kind of letter.
        ("pagubã, daunã moralã adusã cuiva", "pagubă, daună morală adusă cuiva"),
        ("(58 octeþi) (59 octeþi)", "(58 octeți) (59 octeți)"),
        # ã before o and e, a word of one letter, names.
        (
            "Poate bunãoarã sã adãogãm, zise ºi nu aº pleca, dacã mã lasã Benkõ.",
            "Poate bunăoară să adăogăm, zise și nu aș pleca, dacă mă lasă Benkő.",
        ),
    ],
)
def test_judges_by_the_words_that_hold_the_letters(wrong: str, right: str | None) -> None:
    assert REPAIRER.repair(wrong)[0] == (right or wrong)


def test_portuguese_names_stay_in_a_text_that_is_full_of_them() -> None:
    text = "João, São Paulo, Guimarães: masã, casã, grãdinã dupã mãr"
    assert REPAIRER.repair(text)[0] == "João, São Paulo, Guimarães: masă, casă, grădină după măr"


def test_reads_again_what_was_read_as_windows_1256() -> None:
    original = f"„{ROMANIAN}” – «da»…"
    for text in (original, original.translate(CEDILLA)):
        assert repaired(text.encode().decode("cp1256"), STEPS)[0] == original


@pytest.mark.parametrize(
    "text", ["السلام عليكم", "یک کتاب خوب بک", "o literă ؤƒ singură", "أ® ا ؤƒ"]
)
def test_leaves_arabic_and_persian_alone(text: str) -> None:
    assert REPAIRER.repair(text) == (text, [])


def test_reads_real_samples_of_windows_1256_again(shared_corpora: Path) -> None:
    table = (shared_corpora / "formats" / "encoding_defects_samples.tsv").read_text("utf-8")
    samples = [line.split("\t")[2] for line in table.split("\n") if "ؤƒ" in line]
    assert len(samples) > 10
    for sample in samples:
        assert not re.search("[\u0600-\u06ff]|â€", repaired(sample, STEPS)[0])


def documents(path: Path) -> Iterator[str]:
    with lzma.open(path, "rt", encoding="utf-8") as file:
        yield from (text for text in file.read().split("\n\n") if text.strip())


# Real text in modern spelling: short documents, so that few letters must be enough.
SAMPLED = ("ro_sts_sentences", "ronec_sentences", "rowordnet_glosses", "ud_rrt", "prose_api_proza")


def test_restores_99_in_100_real_samples_that_three_letters_mark(shared_corpora: Path) -> None:
    samples = restored = 0
    for name in SAMPLED:
        for number, text in enumerate(documents(shared_corpora / "text" / f"{name}.txt.xz")):
            right = text.translate(str.maketrans("şţŞŢ", "șțȘȚ"))
            if number % 12 or MARKED.search(right):
                continue
            for mistake in MISTAKES:
                wrong = misread(right, *mistake)
                if wrong and len(MARKED.findall(wrong)) >= MARKS:
                    samples += 1
                    restored += ENCODINGS.repair(wrong)[0] == right
    assert samples > 10_000
    assert restored >= 0.99 * samples


def passages(path: Path) -> Iterator[str]:
    """Yield pieces of at most 300 characters: few letters, often no function word beside them."""
    for text in documents(path):
        yield from textwrap.wrap(text, 300, replace_whitespace=False, break_on_hyphens=False)


def romanian_letters(text: str) -> str:
    """Return what is compared: other letters of Central Europe (Miloševič) are not restored."""
    return re.sub("[^A-Za-zăâîșțĂÂÎȘȚãºþÃªÞ]", "", text)


def test_restores_99_in_100_passages_of_every_real_file(shared_corpora: Path) -> None:
    shares = {}
    for path in sorted((shared_corpora / "text").glob("*.xz")):
        count = restored = 0
        for text in list(passages(path))[:: 1 + path.stat().st_size // 30_000]:
            right = text.translate(str.maketrans("şţŞŢ", "șțȘȚ"))
            for mistake in MISTAKES if not MARKED.search(right) else ():
                wrong = misread(right, *mistake)
                if wrong and len(MARKED.findall(wrong)) >= MARKS:
                    count += 1
                    found = ENCODINGS.repair(wrong)[0]
                    restored += romanian_letters(found) == romanian_letters(right)
        if count:
            shares[path.name] = restored / count
    assert len(shares) >= 15
    assert {name: share for name, share in shares.items() if share < 0.99} == {}


def test_changes_no_right_real_document(shared_corpora: Path) -> None:
    # What changes has ã or ǎ for ă, or þ or º in a word, which no Romanian has: it was not right.
    wrong = re.compile(r"[a-zâî]ã|ã[a-zâî]|\bã|þ|Þ[a-zâîãăț]|[a-z]º[a-z]|\bº[a-z]")
    changed = 0
    for path in sorted((shared_corpora / "text").glob("*.xz")):
        for text in documents(path):
            fixed, kinds = REPAIRER.repair(text)
            if kinds:
                changed += 1
                assert "ǎ" in text or len(wrong.findall(text)) >= 2, text[:200]
                assert not re.search("[0-9] ?[șȘ]C", fixed)
    assert changed < 50
