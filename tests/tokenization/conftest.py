"""A small tokenizer, trained once on sentences written for the tests."""

from pathlib import Path

import pytest

from gpt2ro.documents import Document, document_id, write_documents
from gpt2ro.tokenization.settings import TokenizerSettings
from gpt2ro.tokenization.tokenizer import write_tokenizer

SENTENCES = [
    "Țăranul își înhamă boii și pleacă la câmp înainte de răsăritul soarelui.",
    "Pisica s-a suit în pom, iar câinele n-are încotro și latră la ea.",
    "Într-o zi, fata împăratului a găsit o cheie de aur lângă fântână.",
    "Copiii numără: 1, 2, 3, 10, 100. Apoi strigă: „Gata! Cine nu-i gata, îl iau cu lopata!”",
]


def train_documents(count: int = 80) -> list[Document]:
    texts = [f"{SENTENCES[n % 4]} {SENTENCES[n * 7 % 4]} ({n})" for n in range(count)]
    return [
        Document(document_id("s", "p", n), t, "s", {"split": "train"}) for n, t in enumerate(texts)
    ]


@pytest.fixture(scope="session")
def part(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shard of deduplicated documents, all of the train split."""
    path = tmp_path_factory.mktemp("deduped") / "p.jsonl.zst"
    write_documents(path, train_documents())
    return path


@pytest.fixture(scope="session")
def tokenizer_folder(part: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of a tokenizer with 400 tokens."""
    folder = tmp_path_factory.mktemp("tokenizer")
    write_tokenizer([part], folder, TokenizerSettings(vocabulary=400))
    return folder
