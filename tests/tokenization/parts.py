"""Parts as the step dedupe writes them, of sentences written for the tests."""

from pathlib import Path

from gpt2ro.documents import Document, document_id, write_documents
from gpt2ro.files import write_json
from gpt2ro.native import TrainDocuments
from gpt2ro.tokenization.trainers import documents_of

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


def write_part(path: Path, documents: list[Document]) -> None:
    """Write a shard with its stats, as the step dedupe does."""
    write_documents(path, documents)
    size = sum(len(document.text.encode()) for document in documents)
    write_json(stats_of(path), {"bytes_out": size})


def stats_of(shard: Path) -> Path:
    return shard.with_name(f"{shard.name.partition('.')[0]}.stats.json")


class Listed(list[str]):
    """Texts from which a vocabulary is learned, all of which both trainers learn from."""

    @property
    def bytes(self) -> int:
        return sum(len(text.encode()) for text in self)

    def counted(self) -> tuple[TrainDocuments, list[str]]:
        return documents_of(self), list(self)
