import json
from pathlib import Path

import pytest
from corpus import NO_SPLIT, Corpus, documents

from gpt2ro.dedupe.settings import SplitSettings
from gpt2ro.documents import ShardWriter, write_documents
from gpt2ro.errors import UserError

NAME = ("a", "1")
TEXTS = ["Una.", "Două și.", "UNA", "Trei."]


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    corpus = Corpus(tmp_path, {NAME: documents(*NAME, TEXTS)})
    corpus.cluster(NO_SPLIT)
    return corpus


def test_keeps_one_copy_with_its_split(corpus: Corpus) -> None:
    kept, _, _ = corpus.dedupe(NAME)
    assert [document.text for document in kept] == ["Una.", "Două și.", "Trei."]
    assert {document.meta["split"] for document in kept} == {"train"}


def test_a_duplicate_names_the_copy_that_stays(corpus: Corpus) -> None:
    _, (dropped,), _ = corpus.dedupe(NAME)
    assert (dropped.id, dropped.reason) == ("a/1/2", "duplicate")
    assert dropped.meta == {"duplicate_of": "a/1/0"}


def test_the_books_add_up(corpus: Corpus) -> None:
    _, _, stats = corpus.dedupe(NAME)
    assert (stats["documents_in"], stats["documents_out"]) == (4, 3)
    assert stats["dropped"] == {"duplicate": {"documents": 1, "bytes": 3}}
    assert stats["bytes_in"] == stats["bytes_out"] + 3
    assert stats["splits"] == {"train": 3, "valid": 0, "test": 0}


def test_lines_in_another_form_of_json_are_decided_alike(corpus: Corpus) -> None:
    expected = corpus.dedupe(NAME)
    its = documents(*NAME, TEXTS)
    lines = [json.dumps(json.loads(document.to_json())).encode() + b"\n" for document in its]
    lines[1] = its[1].to_json() + b"\n"
    with ShardWriter(corpus.path("cleaned", NAME, "jsonl.zst")) as shard:
        shard.write_lines(b"".join(lines), len(lines), 0)
    assert corpus.dedupe(NAME) == expected


def test_no_text_stands_in_two_splits(tmp_path: Path) -> None:
    texts = [f"Povestea {n}" for n in range(100)]
    parts = {(s, "1"): documents(s, "1", texts) for s in "ab"}
    corpus = Corpus(tmp_path, parts)
    corpus.cluster(SplitSettings(valid=0.2, test=0.2))
    kept = corpus.dedupe(("a", "1"))[0] + corpus.dedupe(("b", "1"))[0]
    assert sorted(document.text for document in kept) == sorted(texts)
    assert {document.meta["split"] for document in kept} == {"train", "valid", "test"}


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (TEXTS[:3], "row 4 is for a/1/3, but .* has no document there"),
        ([*TEXTS, "Patru."], "row 5 is for no document, but .* has a/1/4 there"),
    ],
)
def test_decisions_of_another_run_are_an_error(
    corpus: Corpus, texts: list[str], message: str
) -> None:
    write_documents(corpus.path("cleaned", NAME, "jsonl.zst"), documents(*NAME, texts))
    with pytest.raises(UserError, match=message):
        corpus.dedupe(NAME)
    assert not corpus.path("deduped", NAME, "jsonl.zst").exists()
