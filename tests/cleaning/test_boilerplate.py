import lzma
import re
from pathlib import Path

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from gpt2ro.cleaning.boilerplate import (
    EDGE_CHARACTERS,
    EXPRESSION,
    HEADS,
    IN_CAPITALS,
    MAX_CHARACTERS,
    PHRASES,
    SIGNED_EXPRESSIONS,
    is_boilerplate,
    without_boilerplate,
)
from gpt2ro.native import LineRemover

*SHORT, (NOTICE, _, _, MAX_NOTICE) = SIGNED_EXPRESSIONS
ONE_EXPRESSION = LineRemover(
    "|".join([EXPRESSION, *(phrases for phrases, *_ in SHORT)]), MAX_CHARACTERS
)
ONE_NOTICE = LineRemover(NOTICE, MAX_NOTICE)
PIECES = (
    "da accept Accept sunt_de_acord cookie COOKIES coo\u212aie toate_drepturile sunt rezervate "
    "REZERVATE all_rights_re\u017ferved all_rights_reserved Acasă Știri_Sport | > › • · » , . "
    "12 PUBLICITATE — - ? Copyright copyright-ul vezi_tot Unu "
    "This_cookie_is_set_by_a_plugin. este_bună"
)


@pytest.mark.parametrize(
    "line",
    [
        "Citește și: Cum se face vinul",
        "Citeste mai mult...",
        "Vezi mai multe detalii »",
        "Distribuie pe Facebook",
        "Urmărește-ne pe Instagram",
        "Abonați-vă la newsletter",
        "Acest site folosește cookie-uri pentru a vă oferi o experiență mai bună.",
        "Sunt de acord cu utilizarea cookie-urilor",
        "Politica de confidentialitate",
        "Termeni și condiții",
        "© 2021 Ziarul Nostru",
        "Copyright 2009. Toate drepturile rezervate.",
        "Lasă un comentariu",
        "12 comentarii",
        "[modificare]",
        "Adaugă în coș",
        "Meniu | Acasă | Despre noi | Contact",
        "Prima pagină • Știri • Sport • Vremea »",
        "Acasă > Știri > Sport intern",
        "Citește tot articolul »",
        "Vezi toate știrile",
        "Continuă lectura",
        "Articole similare:",
        "Trimite unui prieten",
        "Facebook | Twitter | WhatsApp",
        "FACEBOOK TWITTER EMAIL",
        "Distribuie articolul",
        "Folosim cookie-uri pentru a personaliza conținutul",
        "Acceptă toate",
        "Setări cookie-uri",
        "TOATE DREPTURILE REZERVATE",
        "Powered by WordPress",
        "Lasă un răspuns",
        "Comentarii (12)",
        "Adresa ta de email nu va fi publicată. Câmpurile obligatorii sunt marcate cu *",
        "Publicat la 12 mai 2020, ora 14:05",
        "Publicat de Ion Popescu pe 12.03.2020",
        "Ultima actualizare: 3.04.2019",
        "Foto: Arhiva personală",
        "Etichete: pisici, câini, vrăbii",
        "Timp de citire: 3 minute",
        "1234 vizualizări",
        "Pagina 3 din 12",
        "Sari la conținut",
        "- PUBLICITATE -",
        "MONITORUL OFICIAL AL ROMÂNIEI, PARTEA I, Nr. 345/12.V.2004",
        "Pentru alte sensuri, vedeți Vulpe (dezambiguizare).",
        "Read more",
        "Copyright",
        "Copyright Ziarul Nostru",
        "Abonează-te la canalul nostru de YouTube!",
        "Abonați-vă la revista noastră!",
        "- Vezi tot",
        "— PUBLICITATE —",
        "ACASĂ | DESPRE NOI | ECHIPA",
        "Bucătărie › Retete › Produse noi",
        "Ziarul > Actualitate > Bani",
        "S-ar putea să vă placă și",
        "Te-ar putea interesa și:",
        "Cele mai citite",
        "Alte știri din Ziarul Nostru",
        "Continue reading Drumul spre munte",
        "Click to share on Facebook (Opens in new window)",
        "Dă clic pentru a partaja pe Facebook (Se deschide într-o fereastră nouă)",
        "Partajează asta:",
        "Distribuiți pe X",
        "Trimiteți către Pinterest",
        "Lasă un răspuns Anulează răspunsul",
        "Leave a Reply Cancel reply",
        "No Comments",
        "Comments Off on Drumul spre munte",
        "Spune-ne părerea ta!",
        "Your email address will not be published. Required fields are marked *",
        "Salvează-mi numele, emailul și site-ul web în acest navigator.",
        "Acest sit folosește Akismet pentru a reduce spamul. Află cum sunt procesate datele tale.",
        "This site uses Akismet to reduce spam. Learn how your comment data is processed.",
        "Apreciază:",
        "Apreciere Încarc...",
        "Like Loading...",
        "The post Drumul spre munte first appeared on Ziarul Nostru.",
        "Articolul Drumul spre munte apare prima dată în Ziarul Nostru.",
        "Posted on 6 May 2013",
        "ADVERTISEMENT",
        "Trimiteți un comentariu",
        "Trimiteți prin e-mailPostați pe blog!Distribuiți pe X",
        "Postare mai veche",
        "Pagina de pornire",
        "Abonați-vă la: Postare comentarii (Atom)",
        "Tema Simplu. Un produs Blogger.",
        "Publicat de Ion Popescu la 12:30",
        "Sunteți pe pagina 1din 19",
        "You are on page 1of 19",
        "Anda di halaman 1dari 24",
        "Download to read offline",
        "Mărimea: px",
        "Porniți afișarea la pagina:",
        'Download "Monografia comunei"',
        "Download & View Monografia comunei as PDF for free.",
        "Page 2: Monografia comunei",
        "Page 17",
        "Views 2,370 Downloads 408 File size 6MB",
        "39 views",
        "0 download",
        "• Uploaded by: Ion Popescu",
        "Post on 02-Mar-2016",
        "• Words: 26,484",
        "Post category:Editorial",
        "You are currently viewing MONOGRAFIA COMUNEI",
        "Recommended Posts",
        "Required fields are marked *",
        "Citire estimată: 4 minute 10528 vizualizări",
        "Data/ora curentă este: Vin Mai 10, 2024 5:58 pm",
        "Descărcați ca pdf sau txt",
        "Skip to main content",
        "Jump to content",
        "3 min read",
        "+ Font mai mare | - Font mai mic",
    ],
)
def test_knows_the_lines_of_a_page(line: str) -> None:
    assert is_boilerplate(line)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "Acasă",
        "Citește și scrie bine, zicea bunica despre nepotul ei.",
        "Vezi și tu cum plouă?",
        "Termenii și condițiile păcii au fost aspre.",
        "Bunicul lasă un comentariu răutăcios și pleacă.",
        "— Vezi? întrebă ea.",
        "a | se | curăța prin lingere",
        "Iași | 1408 | Moldova",
        "Ana · Ion",
        "| Ciment | Aditivi | Agregate |",
        "B | X | X | X",
        "Publicitate",
        "Facebook",
        "Publicat în 1885 la București, romanul a plăcut.",
        "Acceptă toate darurile cu bucurie",
        "Vezi toate stelele?",
        "Pagina 3 este ruptă.",
        "Mărimea: 42",
        "Porniți afișarea la pagina întâi a ziarului",
        "Download",
        "Page are doi băieți",
        "Views",
        "Pages",
        "Post de observație: dealul",
        "Recomandări pentru drum",
        "Descărcați ca oamenii",
        "Words and pages",
        "Data morții: necunoscută",
        "Sari la joc, vulpe!",
        "Lasă un semn",
        "Fotografia bunicii: veche și ștearsă",
        "Am primit 12 comentarii și un răspuns.",
        "MINISTERUL CULTURII",
        "Copyright-ul este un drept.",
        "Copyrightul este un drept.",
        "Abonează-te la viață, la dragoste și la dor",
        "Înscrie-te la facultate",
        "— Vezi tot?",
        "- Vezi tot?",
        "— Vezi tot!",
        "Nominativ | Genitiv | Dativ",
        "Dacia > Tracia > Moesia",
        "Partea I › Titlul II › Capitolul III",
        "Contactul | Sportivii | Newtonii",
        "Acasă | Casa",
        "S-ar putea să vă placă și ploaia, spunea bunica.",
        "S-ar putea să plouă",
        "Cele mai citite cărți ale iernii",
        "Alte articole ale legii",
        "Ultimele știri de pe front",
        "Articolul a apărut prima dată în 1884.",
        "Apreciază",
        "Apreciază liniștea!",
        "Încarcă sania",
        "Încarc",
        "Trimiteți un comentariu redacției și veți vedea",
        "Sunteți pe pagina de început a caietului",
        "Dă clic pe buton",
        "Tema lecției",
        "Anda pleacă",
        "You are on page one",
        "Publicat de Ion Popescu la editura Albatros",
    ],
)
def test_keeps_lines_of_prose(line: str) -> None:
    assert not is_boilerplate(line)


def test_removes_whole_lines_only() -> None:
    text = "Primul rând.\nCitește și: altceva\nAl doilea rând."
    assert without_boilerplate(text) == "Primul rând.\nAl doilea rând."


@pytest.mark.parametrize("spelling", ["șțăâî", "şţăâî", "staai"])
def test_knows_a_line_in_every_spelling_and_case(spelling: str) -> None:
    line = "Citiți și: Știrile săptămânii".translate(str.maketrans("șțăâî", spelling))
    assert is_boilerplate(line)
    assert is_boilerplate(line.upper())


def test_a_long_line_is_prose() -> None:
    assert is_boilerplate("Etichete: " + "a" * 100)
    assert not is_boilerplate("Etichete: " + "a" * 111)


@pytest.mark.parametrize(
    "line",
    [
        "This cookie is set by GDPR Cookie Consent plugin.",
        "cookielawinfo-checkbox-analytics 11 months This cookie is set by GDPR Cookie Consent. "
        'The cookie is used to store the user consent for the cookies in the category "Analytics".',
        "viewed_cookie_policy 11 months The cookie is set by the GDPR Cookie Consent plugin and is "
        "used to store whether or not user has consented to the use of cookies.",
        "Necessary cookies are absolutely essential for the website to function properly. These "
        "cookies ensure basic functionalities and security features of the website, anonymously.",
        "Other uncategorized cookies are those that are being analyzed and are not classified "
        "into a category as yet.",
        "The _ga cookie, installed by Google Analytics, calculates visitor, session and campaign "
        "data and also keeps track of site usage for the site's analytics report.",
        "YSC session YSC cookie is set by Youtube and is used to track the views of videos.",
        "We use cookies on our website to give you the most relevant experience by remembering "
        "your preferences. By clicking “Accept All”, you consent to the use of ALL the cookies.",
        "Privacy & Cookies: This site uses cookies. By continuing to use this website, you agree "
        "to their use.",
        "Cookie Duration Description",
        "COOKIE DURATĂ DESCRIERE",
    ],
)
def test_knows_english_notices_on_cookies(line: str) -> None:
    assert is_boilerplate(line)


@pytest.mark.parametrize(
    "line",
    [
        "Pe multe pagini românești stă scris „This site uses cookies”, fără nicio traducere.",
        "Funcția setcookie() trimite un cookie programului cu care citește vizitatorul.",
        "I baked a cookie and then set the table.",
        "This cookie is set by a plugin. " * 32,
    ],
)
def test_keeps_what_is_no_such_notice(line: str) -> None:
    assert not is_boilerplate(line)


def test_keeps_every_line_of_real_poems(shared_corpora: Path) -> None:
    with lzma.open(
        shared_corpora / "text" / "poetry_api_poezii.txt.xz", "rt", encoding="utf-8"
    ) as f:
        lines = f.read().split("\n")
    assert len(lines) > 150_000
    assert [line for line in lines if is_boilerplate(line)] == []


LINES = st.sampled_from(["Citește și: altceva", "Un rând.", "", "Acasă | Știri | Sport", "— Da?"])


@given(st.lists(LINES | st.text(max_size=130)).map("\n".join))
def test_removing_twice_is_removing_once_and_no_line_is_changed(text: str) -> None:
    once = without_boilerplate(text)
    assert without_boilerplate(once) == once or not once
    left = iter(text.split("\n"))
    assert not once or all(line in left for line in once.split("\n"))


@given(st.lists(st.sampled_from(PIECES.split()), max_size=7), st.booleans())
def test_a_line_is_boilerplate_whether_or_not_signs_are_looked_for(
    pieces: list[str], is_apart: bool
) -> None:
    line = (" " if is_apart else "").join(pieces).replace("_", " ")
    expected = ONE_EXPRESSION.is_phrase(line) or ONE_NOTICE.is_phrase(line)
    assert is_boilerplate(line) == expected
    assert (without_boilerplate(line + "\nda") == "da") == expected


SIGNS = "".join(sign for sign in map(chr, range(0x80, 0x3000)) if not sign.isalnum())


def _beginnings(phrase: str) -> list[str]:
    """Return the beginnings of a phrase, each up to where it is, or begins with, a head.

    Those without one have five characters, or are whole phrases. Numbers are 0.
    """
    plain = phrase.translate(str.maketrans("ăâîșț", "aaist"))
    expression = regex.compile(plain, regex.IGNORECASE)
    letters = re.sub("[1-9A-Z]", "", "".join(map(chr, range(0x80)))) + SIGNS
    found, open_ones = [], [""]
    for _ in range(5):
        longer = [text + letter for text in open_ones for letter in letters]
        begun = [text for text in longer if expression.fullmatch(text, partial=True)]
        begun = [text for text in begun if not text.endswith("00")]
        found += [text for text in begun if expression.fullmatch(text) or text in HEADS]
        open_ones = [text for text in begun if text not in HEADS]
    return found + open_ones


@pytest.mark.parametrize("phrase", [*PHRASES, IN_CAPITALS])
def test_every_phrase_begins_with_a_head_and_none_with_an_edge(phrase: str) -> None:
    assert [text for text in _beginnings(phrase) if not text.startswith(tuple(HEADS))] == []
    assert not any(
        regex.fullmatch(phrase, edge, regex.IGNORECASE, partial=True) for edge in EDGE_CHARACTERS
    )


def test_every_head_begins_a_phrase() -> None:
    beginnings = {text for phrase in PHRASES for text in _beginnings(phrase)}
    assert [head for head in HEADS if head not in beginnings] == []
