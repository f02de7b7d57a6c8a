"""Pages of sites on disk, taken through the steps of repeated lines."""

from collections.abc import Sequence
from pathlib import Path

from reference_lines import Page

from gpt2ro.decontamination.decontaminator import Decontaminator
from gpt2ro.dedupe.dedupe import dedupe_part
from gpt2ro.dedupe.tables import DECISIONS, write_table
from gpt2ro.documents import Document, read_documents, write_documents
from gpt2ro.files import read_json
from gpt2ro.lines.counting import count_lines, write_line_index
from gpt2ro.lines.removal import RepeatedLines
from gpt2ro.lines.tables import LineIndex


def documents(pages: Sequence[Page], part: str = "p") -> list[Document]:
    return [
        Document(f"s/{part}/{n}", text, "s", {"url": f"https://www.{site}/{n}"})
        for n, (text, site) in enumerate(pages)
    ]


class Part:
    """Documents with their decisions; the copies among them are dropped."""

    def __init__(
        self, folder: Path, made: Sequence[Document], copies: frozenset[int] = frozenset()
    ) -> None:
        self.folder = folder
        write_documents(folder / "cleaned.zst", made)
        rows = [
            {"id": document.id, "split": "train", "duplicate_of": None}
            if number not in copies
            else {"id": document.id, "split": None, "duplicate_of": "s/p/0"}
            for number, document in enumerate(made)
        ]
        table = DECISIONS.empty_table().from_pylist(rows, schema=DECISIONS)
        write_table(folder / "decisions.parquet", table)

    def count(self, buffer_keys: int = 1_000_000) -> Path:
        output = self.folder / "lines.bin"
        count_lines(
            self.folder / "cleaned.zst", self.folder / "decisions.parquet", output, buffer_keys
        )
        return output

    def dedupe(
        self,
        index: Path,
        min_share: float = 0.2,
        min_characters: int = 0,
        decontaminator: Decontaminator | None = None,
    ) -> tuple[list[Document], list[Document]]:
        repeated = RepeatedLines(LineIndex(index), min_share, min_characters)
        names = ("cleaned.zst", "decisions.parquet", "kept.zst", "dropped.zst", "stats.json")
        dedupe_part(*(self.folder / name for name in names), decontaminator, repeated)
        kept, dropped = (
            list(read_documents(self.folder / name)) for name in ("kept.zst", "dropped.zst")
        )
        return kept, dropped

    @property
    def stats(self) -> dict[str, object]:
        found: dict[str, object] = read_json(self.folder / "stats.json")
        return found


def index_of(parts: Sequence[Path], min_documents: int = 10) -> Path:
    output = parts[0].parent / "index.bin"
    write_line_index(parts, output, min_documents)
    return output
