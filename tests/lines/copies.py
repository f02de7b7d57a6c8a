"""A small corpus on disk, taken through the steps of copied paragraphs."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gpt2ro.decontamination.decontaminator import Decontaminator
from gpt2ro.dedupe.dedupe import dedupe_part
from gpt2ro.dedupe.tables import DECISIONS, write_table
from gpt2ro.documents import Document, read_documents, write_documents
from gpt2ro.files import read_json
from gpt2ro.lines.paragraph_counting import count_paragraphs, write_paragraph_index
from gpt2ro.lines.paragraphs import CopiedParagraphs, ParagraphIndex
from gpt2ro.lines.removal import RepeatedLines

# A text with its split; None for a duplicate.
Text = tuple[str, str | None]


@dataclass
class Corpus:
    """Parts named `source/part`, each with its texts.

    Attributes:
        kept, dropped: the texts of the documents by id.
        stats: the counts of each part.
    """

    folder: Path
    parts: dict[str, Sequence[Text]]
    min_words: int = 4
    min_characters: int = 0
    prefer_sources: str = ""
    buffer_keys: int = 1000
    decontaminator: Decontaminator | None = None
    repeated_lines: RepeatedLines | None = None
    kept: dict[str, Document] = field(default_factory=dict)
    dropped: dict[str, Document] = field(default_factory=dict)
    stats: dict[str, Any] = field(default_factory=dict)

    def write(self) -> None:
        for name, texts in self.parts.items():
            source = name.split("/")[0]
            made = [
                Document(f"{name}/{n}", text, source, {"url": f"https://{source}.ro/{n}"})
                for n, (text, _) in enumerate(texts)
            ]
            write_documents(self.path(name, "cleaned.zst"), made)
            rows = [
                {"id": document.id, "split": split, "duplicate_of": None if split else made[0].id}
                for document, (_, split) in zip(made, texts, strict=True)
            ]
            table = DECISIONS.empty_table().from_pylist(rows, schema=DECISIONS)
            write_table(self.path(name, "decisions.parquet"), table)

    def path(self, name: str, ending: str) -> Path:
        path = self.folder / f"{name}.{ending}"
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def count(self, name: str) -> None:
        count_paragraphs(
            self.path(name, "cleaned.zst"),
            self.path(name, "decisions.parquet"),
            self.path(name, "train.bin"),
            self.path(name, "held_out.bin"),
            self.min_words,
            self.decontaminator,
            self.repeated_lines,
            self.buffer_keys,
        )

    def merge(self) -> None:
        tables = [
            [self.path(name, f"{kind}.bin") for name in self.parts]
            for kind in ("train", "held_out")
        ]
        write_paragraph_index(*tables, self.folder / "index.bin", self.prefer_sources)

    def dedupe(self, name: str) -> None:
        index = ParagraphIndex(self.folder / "index.bin")
        copied = CopiedParagraphs(index, name, self.min_words, self.min_characters)
        endings = ("cleaned.zst", "decisions.parquet", "kept.zst", "dropped.zst", "stats.json")
        paths = [self.path(name, ending) for ending in endings]
        dedupe_part(*paths, self.decontaminator, self.repeated_lines, copied)
        self.kept |= {document.id: document for document in read_documents(paths[2])}
        self.dropped |= {document.id: document for document in read_documents(paths[3])}
        self.stats[name] = read_json(paths[4])

    def run(self) -> "Corpus":
        self.write()
        for name in self.parts:
            self.count(name)
        self.merge()
        for name in self.parts:
            self.dedupe(name)
        return self

    @property
    def texts(self) -> dict[str, str]:
        return {name: document.text for name, document in self.kept.items()}
