from pathlib import Path

import pytest
from corpus import Corpus, documents

from gpt2ro.dedupe.tables import read_band, read_table, signature_schema
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
