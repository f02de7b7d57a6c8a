"""What of wikitext becomes text: headings, lists, italics."""

from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from extraction import dump, extract, left_out, page, texts


def lines(tmp_path: Path, wikitext: str, **settings: object) -> list[str]:
    path = dump(tmp_path / "w.xml.bz2", page(1, "Olt", escape(wikitext)))
    return [line for text in texts(path, "mediawiki", **settings) for line in text.split("\n")]


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("== Curs ==", "Curs"),
        ("==Curs==", "Curs"),
        ("== ''Hora'' ==", "Hora"),
        ("= Curs =", "Curs"),
        ("=Curs= ", "Curs"),
        ("= Ce este? =", "Ce este?"),
        ("= Înainte de 44 î.Hr. =", "Înainte de 44 î.Hr."),
        ("= Anul {{nowrap|1990}} =", "Anul"),
        ("= '''Hora''' și [[Cluj-Napoca|Cluj]]<ref name=a>Atlas.</ref> =", "Hora și Cluj"),
        ("= a = b =<!-- de scris -->", "a = b"),
        ("=== '''Hora''' și ''Sârba'' ===", "Hora și Sârba"),
        ("== [[Cluj-Napoca|Cluj]] ==", "Cluj"),
        ("== Anul 1990<ref>Atlas, 1980.</ref> ==", "Anul 1990"),
        ("== Anul {{nowrap|1990}} și după ==", "Anul și după"),
        ("== Curs == <!-- de scris -->", "Curs"),
        ("== Premii&nbsp;& distincții ==", "Premii\xa0& distincții"),
        ("== Ce este? ==", "Ce este?"),
        ("== Înainte de 44 î.Hr. ==", "Înainte de 44 î.Hr."),
    ],
)
def test_a_heading_with_markup_is_told_from_a_sentence(
    tmp_path: Path, heading: str, expected: str
) -> None:
    wikitext = f"Oltul e un râu.\n{heading}\nSe varsă în Dunăre."
    assert lines(tmp_path, wikitext) == ["Oltul e un râu.", expected, "Se varsă în Dunăre."]
    assert lines(tmp_path, wikitext, keep_headings=False) == [
        "Oltul e un râu.",
        "Se varsă în Dunăre.",
    ]


def test_a_sentence_that_says_what_a_heading_says_stays_one(tmp_path: Path) -> None:
    assert lines(tmp_path, "== Curs ==\nCurs.\nGata.") == ["Curs", "Curs.", "Gata."]


def test_what_only_begins_as_a_heading_stays_as_it_is(tmp_path: Path) -> None:
    assert lines(tmp_path, "== Curs\nGata.") == ["== Curs", "Gata."]
    assert lines(tmp_path, "= 5 + 2\na = b =\nGata.") == ["= 5 + 2", "a = b =", "Gata."]


def test_the_quotation_marks_of_a_text_are_those_that_it_has(tmp_path: Path) -> None:
    wikitext = "A scris ''Baltagul'', '''''Hanu Ancuței''''', „''Moara''” și \"Frații\"."
    expected = 'A scris Baltagul, Hanu Ancuței, „Moara” și "Frații".'
    assert lines(tmp_path, wikitext) == [expected]


def test_half_a_character_is_the_replacement_character(tmp_path: Path) -> None:
    wikitext = "Oltul &#xD83D; e un râu &#xD83D;&#xDE00;."
    assert lines(tmp_path, wikitext) == ["Oltul \ufffd e un râu 😀."]


CLAUSE = "Cibinul, care izvorăște din [[Munții Cindrel]] și trece prin Sibiu;"


@pytest.mark.parametrize("sign", ["*", "#", "**", "*#", ":*", "* "])
def test_an_item_that_reads_as_a_clause_is_a_line(tmp_path: Path, sign: str) -> None:
    assert lines(tmp_path, f"Afluenții sunt:\n{sign} {CLAUSE}\n{sign}[[Lotru]]\nAtât.") == [
        "Afluenții sunt:",
        "– Cibinul, care izvorăște din Munții Cindrel și trece prin Sibiu;",
        "Atât.",
    ]


@pytest.mark.parametrize(
    "item",
    [
        "[[Lotru]]",
        "[[Lista monumentelor istorice din județul Sibiu|monumentele istorice din județul Sibiu]]",
        "[https://exemplu.ro lista monumentelor istorice din județul Sibiu, în limba română].",
        "Ion Creangă, scriitor (1837)",
        "Popescu, Ion, Istoria Transilvaniei, Editura Dacia, Cluj-Napoca, 1990, p. 12",
        "{{flagicon|RO}} [[România]]",
        "",
    ],
)
def test_an_item_of_links_names_or_titles_goes(tmp_path: Path, item: str) -> None:
    assert lines(tmp_path, f"Afluenții sunt:\n* {item}\nAtât.") == ["Afluenții sunt:", "Atât."]


def test_items_of_sections_of_references_go_and_their_headings_too(tmp_path: Path) -> None:
    reference = "* Ion Popescu: Despre râurile care izvorăsc din munții noștri"
    wikitext = (
        f"Oltul.\n== Note ==\n=== Cărți ===\n{reference}\n== Vezi și ==\n{reference}\n"
        f"== Afluenți ==\n* {CLAUSE}\n== Galerie ==\nNimic."
    )
    found = lines(tmp_path, wikitext)
    assert [found[0], *found[1::2], found[-1]] == ["Oltul.", "Afluenți", "Galerie", "Nimic."]
    assert found[2].startswith("– Cibinul")


@pytest.mark.parametrize("heading", ["Vezi și", "Vezi şi", "VEZI ȘI", "''Referinţe''"])
def test_a_section_of_references_is_known_in_every_spelling(tmp_path: Path, heading: str) -> None:
    assert lines(tmp_path, f"Oltul.\n== {heading} ==\n* {CLAUSE}") == ["Oltul."]


def test_a_heading_stays_only_before_what_stays_of_its_section(tmp_path: Path) -> None:
    wikitext = (
        "Oltul.\n== A ==\n* [[Lotru]]\n* Lotru\n=== B ===\n* Cibin\n==== C ====\nCurge.\n"
        "=== D ===\n* Jiul\n== E ==\nGata."
    )
    assert lines(tmp_path, wikitext) == ["Oltul.", "A", "B", "C", "Curge.", "E", "Gata."]


def test_a_heading_of_the_first_level_is_above_the_others(tmp_path: Path) -> None:
    wikitext = "Oltul.\n= A =\n* Lotru\n== B ==\nCurge.\n= Note =\n== C ==\n* " + CLAUSE
    assert lines(tmp_path, wikitext) == ["Oltul.", "A", "B", "Curge."]


def test_a_term_stands_before_its_definition(tmp_path: Path) -> None:
    wikitext = (
        "== Termeni ==\n; Albie\n: Locul prin care curge râul.\n; Gol\n* Jiul\n; Mal: margine"
    )
    assert lines(tmp_path, wikitext) == [
        "Termeni",
        "Albie",
        "Locul prin care curge râul.",
        "Mal: margine",
    ]


def test_items_of_templates_and_tables_are_no_text(tmp_path: Path) -> None:
    wikitext = f"Oltul.\n{{{{Infocaseta\n| afluenți =\n* {CLAUSE}\n}}}}\n{{|\n|\n* {CLAUSE}\n|}}"
    assert lines(tmp_path, wikitext) == ["Oltul."]


def test_a_page_of_meanings_without_its_template_is_left_out(tmp_path: Path) -> None:
    meaning = "* [[Ares (zeu)|Ares]], care era zeul războiului la greci și fiul lui Zeus\n"
    path = dump(
        tmp_path / "w.xml.bz2",
        page(1, "Ares", f"'''Ares''' se poate referi la:\n{meaning * 9}"),
        page(2, "Olt", "Oltul e un râu."),
    )
    assert [document.meta["title"] for document in extract(path, "mediawiki")] == ["Olt"]
    assert left_out(path) == {"disambiguation page": 1}
