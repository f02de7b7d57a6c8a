"""Articles of Wikipedia as plain text: what a dump would lose goes here too."""

import json
from pathlib import Path
from typing import Any

import pytest
from extraction import left_out, write

from gpt2ro.documents import read_documents
from gpt2ro.errors import UserError
from gpt2ro.sources.articles import article_fault
from gpt2ro.sources.catalogue import load_catalogue
from gpt2ro.sources.extract import extract_part
from gpt2ro.sources.readers import Extracted
from gpt2ro.sources.settings import ExtractionSettings

PROSE = "Oltul izvorăște din Munții Hășmaș, trece prin Sibiu și se varsă în Dunăre la Islaz.\n" * 3
RIVERS = "Râuri din România, de la vest la est:\n" + "Crișul Alb\nMureșul\nOltul\nSiretul\n" * 9
FILM = "Lista lui Schindler este un film din 1993.\nDistribuție\n" + PROSE


@pytest.mark.parametrize(
    ("title", "text", "fault"),
    [
        ("Olt", PROSE, None),
        ("Olt", "Oltul este un râu.", "stub"),
        ("Ares", f"Ares se poate referi la:\n{PROSE}", "disambiguation page"),
        ("Lună", f"Termenul Lună poate însemna:\n{PROSE}", "disambiguation page"),
        ("Mure (dezambiguizare)", PROSE, "disambiguation page"),
        ("Listă de râuri", RIVERS, "list"),
        ("Lista lui Schindler", FILM, None),
        ("Râurile României", RIVERS, None),
        # Prose that says what something may be goes on behind it.
        ("Urs", f"Ursul poate fi văzut vara și toamna: iarna doarme. {PROSE}", None),
        ("Urs", f"{PROSE}Numele se poate referi la:\nun animal", None),
    ],
)
def test_what_is_no_article_to_read_is_told(title: str, text: str, fault: str | None) -> None:
    assert article_fault(Extracted(text, {"title": title}), ExtractionSettings()) == fault


def test_lists_and_stubs_stay_when_asked() -> None:
    asked = ExtractionSettings(keep_lists=True, min_article_characters=0)
    assert article_fault(Extracted(RIVERS, {"title": "Listă de râuri"}), asked) is None
    assert article_fault(Extracted("Scurt.", {}), asked) is None


@pytest.mark.parametrize("wikipedia", [True, False])
def test_only_a_source_that_says_so_loses_them(tmp_path: Path, wikipedia: bool) -> None:
    rows: list[dict[str, Any]] = [{"title": "Olt", "text": PROSE}, {"title": "Jiu", "text": "Râu."}]
    path = write(tmp_path / "a.jsonl", "\n".join(map(json.dumps, rows)))
    output, stats = tmp_path / "out.jsonl.zst", tmp_path / "out.stats.json"
    extract_part([path], "s", "p", "jsonl", ExtractionSettings(), output, stats, wikipedia)
    found = [(document.id, document.meta["title"]) for document in read_documents(output)]
    assert found == [("s/p/0", "Olt"), ("s/p/1", "Jiu")][: 2 - wikipedia]
    assert left_out(path) == ({"stub": 1} if wikipedia else {})


def test_a_format_without_titles_is_told(tmp_path: Path) -> None:
    path = tmp_path / "sources.yaml"
    path.write_text("a: {title: A, format: text, licence: x, local: [a.txt], wikipedia: true}")
    fault = (
        'source "a": wikipedia is true and the format text; it is for parquet, jsonl, csv, which'
    )
    with pytest.raises(UserError, match=fault):
        load_catalogue(path)["a"].parts(tmp_path)
