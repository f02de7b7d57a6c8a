import json
from pathlib import Path

import pytest
from corpus import Corpus, documents

from gpt2ro.dedupe.tables import read_band, read_table, signature_schema
from gpt2ro.documents import ShardWriter, read_documents
from gpt2ro.errors import UserError
from gpt2ro.native import Signer

NAME = ("a", "1")
TEXTS = [f"Povestea {n}, cu zmei și cu feți-frumoși." for n in range(5)]


def test_a_row_holds_the_signature_of_its_document(tmp_path: Path) -> None:
    corpus = Corpus(tmp_path, {NAME: documents(*NAME, TEXTS)})
    corpus.sign()
    path = corpus.path("signatures", NAME, "parquet")
    rows = read_table(path, signature_schema(20), ["id", "hash", "characters"]).to_pylist()
    signatures = [Signer(True, 5, 20, 6).signature(text) for text in TEXTS]
    assert [row["hash"] for row in rows] == [text_hash for text_hash, _ in signatures]
    assert [row["id"] for row in rows] == [f"a/1/{n}" for n in range(5)]
    assert [row["characters"] for row in rows] == [len(text) for text in TEXTS]
    for band in (0, 19):
        expected = [packed[8 * band : 8 * band + 8] for _, packed in signatures]
        assert [int(value).to_bytes(8, "little") for value in read_band(path, 20, band)] == expected


def test_rows_written_in_batches_are_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = Corpus(tmp_path, {NAME: documents(*NAME, TEXTS)})
    path = corpus.path("signatures", NAME, "parquet")
    corpus.sign()
    whole = read_table(path, signature_schema(20))
    monkeypatch.setattr("gpt2ro.dedupe.signatures.BATCH_DOCUMENTS", 2)
    corpus.sign()
    assert read_table(path, signature_schema(20)) == whole


def test_a_line_in_another_form_has_the_same_signature(tmp_path: Path) -> None:
    corpus = Corpus(tmp_path, {NAME: documents(*NAME, TEXTS)})
    path = corpus.path("signatures", NAME, "parquet")
    corpus.sign()
    usual = read_table(path, signature_schema(20))
    shard = corpus.path("cleaned", NAME, "jsonl.zst")
    found = list(read_documents(shard))
    with ShardWriter(shard) as writer:
        for number, document in enumerate(found):
            fields = {"id": document.id, "text": document.text, "source": "a", "meta": {}}
            blanks = (",", ":") if number % 2 else (", ", ": ")
            line = json.dumps(fields, ensure_ascii=False, separators=blanks).encode()
            writer.write_lines(line + b"\n", 1, 0)
    corpus.sign()
    assert read_table(path, signature_schema(20)) == usual


def test_a_line_that_is_no_document_is_an_error(tmp_path: Path) -> None:
    corpus = Corpus(tmp_path, {NAME: documents(*NAME, TEXTS)})
    shard = corpus.path("cleaned", NAME, "jsonl.zst")
    lines = [document.to_json() + b"\n" for document in read_documents(shard)]
    with ShardWriter(shard) as writer:
        writer.write_lines(b"".join([*lines[:3], b"{}\n", *lines[3:]]), 6, 0)
    with pytest.raises(UserError, match=r"1\.jsonl\.zst: line 4 is not a document"):
        corpus.sign()
