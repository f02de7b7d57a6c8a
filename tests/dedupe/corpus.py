"""A small corpus on disk, taken through the steps of deduplication."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gpt2ro.dedupe.clusters import write_decisions
from gpt2ro.dedupe.dedupe import dedupe_part
from gpt2ro.dedupe.settings import DeduplicationSettings, SplitSettings
from gpt2ro.dedupe.signatures import write_signatures
from gpt2ro.dedupe.tables import DECISIONS, read_table
from gpt2ro.documents import Document, read_documents, write_documents
from gpt2ro.files import read_json

NO_SPLIT = SplitSettings(valid=0, test=0)
DEFAULTS = DeduplicationSettings()
Parts = Mapping[tuple[str, str], Sequence[Document]]


def documents(source: str, part: str, texts: Sequence[str]) -> list[Document]:
    return [Document(f"{source}/{part}/{n}", text, source) for n, text in enumerate(texts)]


class Corpus:
    """The files of every part under one folder, laid out like results."""

    def __init__(self, folder: Path, parts: Parts) -> None:
        self.folder = folder
        self.names = list(parts)
        for name in parts:
            write_documents(self.path("cleaned", name, "jsonl.zst"), parts[name])

    def path(self, stage: str, name: tuple[str, str], ending: str) -> Path:
        return self.folder / stage / name[0] / f"{name[1]}.{ending}"

    def cluster(
        self,
        split: SplitSettings = NO_SPLIT,
        settings: DeduplicationSettings = DEFAULTS,
        reverse: bool = False,
    ) -> None:
        self.sign(settings)
        self.decide(split, settings, reverse)

    def sign(self, settings: DeduplicationSettings = DEFAULTS) -> None:
        for name in self.names:
            documents, signatures, _ = self.files(name)
            write_signatures(documents, signatures, settings)

    def decide(
        self,
        split: SplitSettings = NO_SPLIT,
        settings: DeduplicationSettings = DEFAULTS,
        reverse: bool = False,
    ) -> None:
        names = self.names[::-1] if reverse else self.names
        documents, signatures, decisions = zip(*map(self.files, names), strict=True)
        write_decisions(signatures, documents, decisions, settings, split)

    def files(self, name: tuple[str, str]) -> tuple[Path, Path, Path]:
        """Return the documents, signatures and decisions of a part."""
        return (
            self.path("cleaned", name, "jsonl.zst"),
            self.path("signatures", name, "parquet"),
            self.path("clusters", name, "parquet"),
        )

    def decisions(self) -> dict[str, tuple[str | None, str | None]]:
        """Return split and duplicate_of by id."""
        rows: list[dict[str, Any]] = []
        for name in self.names:
            rows += read_table(self.path("clusters", name, "parquet"), DECISIONS).to_pylist()
        return {row["id"]: (row["split"], row["duplicate_of"]) for row in rows}

    def dedupe(self, name: tuple[str, str]) -> tuple[list[Document], list[Document], Any]:
        """Return kept documents, dropped documents and stats of one part."""
        endings = ("jsonl.zst", "dropped.jsonl.zst", "stats.json")
        output, dropped, stats = (self.path("deduped", name, ending) for ending in endings)
        dedupe_part(
            self.path("cleaned", name, "jsonl.zst"),
            self.path("clusters", name, "parquet"),
            output,
            dropped,
            stats,
        )
        return list(read_documents(output)), list(read_documents(dropped)), read_json(stats)
