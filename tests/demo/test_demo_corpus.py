"""The demo corpus is what its texts give, and every planted fault meets its fate."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

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
STAGES = ("extract", "clean", "dedupe")

Corpus = dict[str, dict[str, Document]]


def parts() -> Iterator[tuple[str, str, Path, str]]:
    catalogue = load_catalogue(ROOT / "config" / "sources.yaml")
    for source in SOURCES:
        for part in catalogue[source].parts(ROOT):
            assert part.path
            yield source, part.name, part.path, part.format


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """Every document after each stage by id, and the dropped ones of each stage."""
    folder = tmp_path_factory.mktemp("demo")
    places = [(source, name, folder / f"{source}-{name}") for source, name, _, _ in parts()]
    for source, name, path, format_name in parts():
        base = folder / f"{source}-{name}"
        extracted = base.with_suffix(".extract")
        stats = base.with_suffix(".stats")
        extract_part(path, source, name, format_name, ExtractionSettings(), extracted, stats)
        clean_part(
            extracted,
            base.with_suffix(".clean"),
            base.with_suffix(".clean-dropped"),
            stats,
            CleaningSettings(),
        )
        write_signatures(
            base.with_suffix(".clean"), base.with_suffix(".signatures"), DeduplicationSettings()
        )
    bases = [base for _, _, base in places]
    write_decisions(
        [base.with_suffix(".signatures") for base in bases],
        [base.with_suffix(".decisions") for base in bases],
        DeduplicationSettings(),
        SplitSettings(valid=0.06, test=0.04),
    )
    for base in bases:
        dedupe_part(
            base.with_suffix(".clean"),
            base.with_suffix(".decisions"),
            base.with_suffix(".dedupe"),
            base.with_suffix(".dedupe-dropped"),
            base.with_suffix(".stats"),
        )
    suffixes = (*STAGES, "clean-dropped", "dedupe-dropped")
    return {
        suffix: {
            document.id: document
            for base in bases
            for document in read_documents(base.with_suffix(f".{suffix}"))
        }
        for suffix in suffixes
    }


def test_the_texts_give_the_committed_bytes(tmp_path: Path) -> None:
    sys.path.insert(0, str(ROOT / "tools"))
    from demo_corpus.build import build

    build(DEMO / "source", tmp_path)
    built = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*.*")}
    committed = {path: (DEMO / path).read_bytes() for path in built}
    assert sorted(path for path in built if built[path] != committed[path]) == []
    assert len(built) == 6


def test_the_texts_are_written_with_comma_below() -> None:
    for path in (DEMO / "source").glob("*.txt"):
        text = path.read_text(encoding="utf-8")
        assert not set("şţŞŢ") & set(text), path.name
        # Wikitext tables have attributes in straight quotes.
        assert '"' not in text or path.name.startswith("wiki"), path.name


def test_at_least_150_kilobytes_of_prose_remain(corpus: Corpus) -> None:
    assert sum(len(document.text.encode()) for document in corpus["dedupe"].values()) > 150_000


def fault_id(fault: dict[str, str]) -> str:
    return f"{fault['kind']}-{fault['place']}"


def chosen(fate: str, stage: str) -> list[dict[str, str]]:
    return [fault for fault in MANIFEST if (fault["fate"], fault["stage"]) == (fate, stage)]


def document_id(fault: dict[str, str]) -> str:
    return f"{fault['source']}/{fault['part']}/{fault['place']}"


@pytest.mark.parametrize("fault", chosen("repaired", "clean"), ids=fault_id)
def test_clean_repairs(corpus: Corpus, fault: dict[str, str]) -> None:
    # Windows line ends leave nothing to see inside one line; the \r between lines shows them.
    found = corpus["extract"][document_id(fault)].text
    assert found != corpus["clean"][document_id(fault)].text
    assert fault["before"].strip() in found
    assert fault["after"] in corpus["clean"][document_id(fault)].text
    assert "Distribuie pe Facebook" not in corpus["clean"][document_id(fault)].text


@pytest.mark.parametrize("fault", chosen("dropped", "clean"), ids=fault_id)
def test_clean_drops(corpus: Corpus, fault: dict[str, str]) -> None:
    assert document_id(fault) not in corpus["clean"]
    assert corpus["clean-dropped"][document_id(fault)].reason == fault["reason"]


@pytest.mark.parametrize("fault", chosen("dropped", "dedupe"), ids=fault_id)
def test_dedupe_drops(corpus: Corpus, fault: dict[str, str]) -> None:
    dropped = corpus["dedupe-dropped"][document_id(fault)]
    assert dropped.reason == "duplicate"
    assert dropped.meta["duplicate_of"] == fault["copy_of"]
    assert fault["copy_of"] in corpus["dedupe"]


@pytest.mark.parametrize("fault", chosen("kept", "dedupe"), ids=fault_id)
def test_dedupe_keeps(corpus: Corpus, fault: dict[str, str]) -> None:
    assert document_id(fault) in corpus["dedupe"]


@pytest.mark.parametrize("fault", chosen("dropped", "extract"), ids=fault_id)
def test_extract_leaves_out(corpus: Corpus, fault: dict[str, str]) -> None:
    titles = {document.meta.get("title") for document in corpus["extract"].values()}
    assert "Vulpe" in titles
    assert fault["place"] not in titles


def test_nothing_else_is_dropped(corpus: Corpus) -> None:
    planted = {document_id(fault) for fault in MANIFEST if fault["fate"] == "dropped"}
    assert set(corpus["clean-dropped"]) | set(corpus["dedupe-dropped"]) <= planted
