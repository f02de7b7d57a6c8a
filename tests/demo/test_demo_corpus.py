"""The demo corpus is what its texts give, and every planted fault meets its fate."""

import gzip
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from gpt2ro.cleaning.clean import clean_part
from gpt2ro.cleaning.settings import CleaningSettings
from gpt2ro.dedupe.clusters import write_decisions
from gpt2ro.dedupe.dedupe import dedupe_part
from gpt2ro.dedupe.settings import DeduplicationSettings, SplitSettings
from gpt2ro.dedupe.signatures import write_signatures
from gpt2ro.documents import Document, read_documents
from gpt2ro.sources.catalogue import load_catalogue
from gpt2ro.sources.extract import extract_part
from gpt2ro.sources.settings import ExtractionSettings

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "data" / "demo"
SOURCES = ("demo-oscar-2019", "demo-oscar-2301", "demo-opus", "demo-wikipedia")
MANIFEST = json.loads((DEMO / "manifest.json").read_text(encoding="utf-8"))
WIKIPEDIA = "demo-wikipedia/rowiki-demo-pages-articles.xml.bz2"

Fault = dict[str, Any]
# Documents by id, for each of extracted, cleaned, unclean, deduped, duplicates.
Corpus = dict[str, dict[str, Document]]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """Every document after each stage, and the dropped ones."""
    folder = tmp_path_factory.mktemp("demo")
    catalogue = load_catalogue(ROOT / "config" / "sources.yaml")
    bases = []
    for source in SOURCES:
        for part in catalogue[source].parts(ROOT):
            (path,) = part.paths
            base = folder / source / part.name
            extract_and_clean(base, path, source, part.format)
            bases.append(base)
    deduplicate(bases)
    return {
        stage: {
            document.id: document
            for base in bases
            for document in read_documents(path_of(base, stage))
        }
        for stage in ("extracted", "cleaned", "unclean", "deduped", "duplicates")
    }


def path_of(base: Path, what: str) -> Path:
    return base.with_name(f"{base.name}.{what}")


def extract_and_clean(base: Path, path: Path, source: str, format_name: str) -> None:
    extracted, cleaned = path_of(base, "extracted"), path_of(base, "cleaned")
    unclean, stats = path_of(base, "unclean"), path_of(base, "stats")
    extract_part([path], source, base.name, format_name, ExtractionSettings(), extracted, stats)
    clean_part(extracted, cleaned, unclean, stats, CleaningSettings())
    write_signatures(cleaned, path_of(base, "signatures"), DeduplicationSettings())


def deduplicate(bases: list[Path]) -> None:
    write_decisions(
        [path_of(base, "signatures") for base in bases],
        [path_of(base, "cleaned") for base in bases],
        [path_of(base, "decisions") for base in bases],
        DeduplicationSettings(),
        SplitSettings(valid=0.06, test=0.04),
    )
    for base in bases:
        dedupe_part(
            path_of(base, "cleaned"),
            path_of(base, "decisions"),
            path_of(base, "deduped"),
            path_of(base, "duplicates"),
            path_of(base, "stats"),
        )


def content(path: Path) -> bytes:
    # zlib and zlib-ng, either of which a Python may be built with, pack the same text differently.
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def built(output: Path) -> list[Path]:
    tool = ROOT / "tools" / "build_demo_corpus.py"
    subprocess.run([sys.executable, str(tool), "--output", str(output)], check=True)
    return sorted(path.relative_to(output) for path in output.rglob("*") if path.is_file())


def test_the_texts_give_the_committed_files(tmp_path: Path) -> None:
    paths = built(tmp_path)
    assert len(paths) == 6
    assert [path for path in paths if content(tmp_path / path) != content(DEMO / path)] == []


def test_two_builds_give_equal_bytes(tmp_path: Path) -> None:
    for path in built(tmp_path / "one") and built(tmp_path / "two"):
        assert (tmp_path / "one" / path).read_bytes() == (tmp_path / "two" / path).read_bytes()


@pytest.mark.parametrize(
    "path", sorted((DEMO / "source").glob("*.txt")), ids=lambda path: path.stem
)
def test_the_texts_are_written_with_comma_below_and_romanian_quotes(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    # Wikitext tables have attributes in straight quotes.
    wrong = "şţŞŢ“\r\t" if path.name.startswith("wiki") else 'şţŞŢ“"\r\t'
    assert set(wrong) & set(text) == set()
    assert text.count("„") == text.count("”")


def test_at_least_150_kilobytes_of_prose_remain(corpus: Corpus) -> None:
    assert sum(len(document.text.encode()) for document in corpus["deduped"].values()) > 150_000


def test_no_text_remains_twice(corpus: Corpus) -> None:
    counts = Counter(document.text for document in corpus["deduped"].values())
    assert counts.most_common(1)[0][1] == 1


def chosen(fate: str, stage: str) -> list[Any]:
    return [
        pytest.param(fault, id=f"{fault['kind']} in {fault['source']} {fault['place']}")
        for fault in MANIFEST
        if (fault["fate"], fault["stage"]) == (fate, stage)
    ]


def id_of(corpus: Corpus, fault: Fault) -> str:
    if isinstance(fault["place"], int):
        return f"{fault['source']}/{fault['part']}/{fault['place']}"
    documents = corpus["extracted"].items()
    return next(name for name, item in documents if item.meta.get("title") == fault["place"])


@pytest.mark.parametrize("fault", chosen("repaired", "clean"))
def test_clean_repairs(corpus: Corpus, fault: Fault) -> None:
    name = id_of(corpus, fault)
    assert fault["before"] in corpus["extracted"][name].text
    assert fault["before"] not in corpus["cleaned"][name].text
    assert fault["after"] in corpus["cleaned"][name].text


@pytest.mark.parametrize(
    "fault", [fault for fault in chosen("repaired", "clean") if fault.values[0]["after"]]
)
def test_what_was_damaged_is_not_there_undamaged(corpus: Corpus, fault: Fault) -> None:
    texts = [document.text for document in corpus["extracted"].values()]
    assert sum(fault["after"] in text for text in texts) == 0


@pytest.mark.parametrize("fault", chosen("dropped", "clean"))
def test_clean_drops(corpus: Corpus, fault: Fault) -> None:
    name = id_of(corpus, fault)
    assert name not in corpus["cleaned"]
    assert corpus["unclean"][name].reason == fault["reason"]


def test_the_turkish_document_keeps_its_cedillas(corpus: Corpus) -> None:
    texts = [document.text for document in corpus["unclean"].values()]
    assert [text[:10] for text in texts if "ı" in text] == ["Küçük Ayşe"]


@pytest.mark.parametrize("fault", chosen("dropped", "dedupe"))
def test_dedupe_drops(corpus: Corpus, fault: Fault) -> None:
    dropped = corpus["duplicates"][id_of(corpus, fault)]
    assert dropped.reason == fault["reason"]
    assert dropped.meta["duplicate_of"] == fault["duplicate_of"]
    assert fault["duplicate_of"] in corpus["deduped"]


@pytest.mark.parametrize("fault", chosen("kept", "dedupe"))
def test_dedupe_keeps_a_version_with_changes_all_over(corpus: Corpus, fault: Fault) -> None:
    copy = corpus["deduped"][id_of(corpus, fault)]
    original = corpus["deduped"][fault["near_duplicate_of"]]
    words = Counter(original.text.split())
    assert 0.05 <= (words - Counter(copy.text.split())).total() / words.total() <= 0.1


def test_a_near_duplicate_says_how_similar_it_is(corpus: Corpus) -> None:
    near = [item for item in corpus["duplicates"].values() if item.reason == "near-duplicate"]
    assert [item.meta["similarity"] for item in near] == [pytest.approx(0.886, abs=0.001)]


@pytest.mark.parametrize("fault", chosen("dropped", "extract"))
def test_extract_leaves_out(corpus: Corpus, fault: Fault) -> None:
    titles = {document.meta.get("title") for document in corpus["extracted"].values()}
    assert "Vulpe" in titles
    assert fault["place"] not in titles


def test_nothing_else_is_dropped(corpus: Corpus) -> None:
    planted = {
        id_of(corpus, fault)
        for fault in MANIFEST
        if fault["fate"] == "dropped" and fault["stage"] != "extract"
    }
    assert set(corpus["unclean"]) | set(corpus["duplicates"]) == planted


def test_no_markup_of_the_articles_remains(corpus: Corpus) -> None:
    articles = [
        item.text for name, item in corpus["extracted"].items() if name.startswith(WIKIPEDIA)
    ]
    assert len(articles) > 60
    assert [
        text for text in articles if any(mark in text for mark in ("[[", "{{", "'''", "{|"))
    ] == []
