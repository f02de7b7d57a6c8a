import pytest

from gpt2ro.cleaning.boilerplate import is_boilerplate, without_boilerplate


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
    ],
)
def test_keeps_lines_of_prose(line: str) -> None:
    assert not is_boilerplate(line)


def test_removes_whole_lines_only() -> None:
    text = "Primul rând.\nCitește și: altceva\nAl doilea rând."
    assert without_boilerplate(text) == "Primul rând.\nAl doilea rând."
