"""A part without documents, from its file through every stage to the tokens that are trained on."""

import gzip
import lzma
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from extraction import SITEINFO, archive, write

from gpt2ro.cleaning.clean import clean_part
from gpt2ro.cleaning.settings import CleaningSettings
from gpt2ro.decontamination.decontaminator import Decontaminator
from gpt2ro.decontamination.held_out import read_ngrams, write_held_out, write_index
from gpt2ro.decontamination.sentences import SentenceFilter
from gpt2ro.dedupe.clusters import write_decisions
from gpt2ro.dedupe.dedupe import dedupe_part
from gpt2ro.dedupe.settings import DeduplicationSettings, SplitSettings
from gpt2ro.dedupe.signatures import write_signatures
from gpt2ro.documents import read_documents
from gpt2ro.files import read_json
from gpt2ro.sources.extract import extract_part
from gpt2ro.sources.settings import ExtractionSettings
from gpt2ro.tokenization.encode import encode_part
from gpt2ro.tokenization.settings import TokenizerSettings
from gpt2ro.tokenization.shards import read_shards
from gpt2ro.tokenization.tokenizer import write_tokenizer
from gpt2ro.training.data import TokenStream

PARTS = ("full", "empty")
DEMO = Path(__file__).parents[2] / "data" / "demo" / "oscar-2019" / "ro_part_1.txt.gz"
WORDS = 13


def empty_file(folder: Path, name: str) -> Path:
    path = folder / name
    match name:
        case "empty.parquet":
            pq.write_table(pa.table({"text": pa.array([], pa.string())}), path)
        case "empty.zip":
            archive(path, {"1.xml": "<text/>"})
        case "empty.xml":
            write(path, f"{SITEINFO}</mediawiki>")
        case "empty.txt.gz":
            write(path, gzip.compress(b""))
        case "empty.txt.xz":
            write(path, lzma.compress(b"\n \n"))
        case _:
            write(path, b"")
    return path


class Stages:
    """The files of two parts of one source, one of them empty."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, stage: str, part: str, ending: str = "jsonl.zst") -> Path:
        return self.folder / stage / "s" / f"{part}.{ending}"

    def of_parts(self, stage: str, ending: str = "jsonl.zst") -> list[Path]:
        return [self.path(stage, part, ending) for part in PARTS]

    def run(self, files: dict[str, Path]) -> None:
        for part in PARTS:
            extracted = self.path("extracted", part)
            stats = self.path("extracted", part, "stats.json")
            settings = ExtractionSettings(text_documents="blank-line")
            extract_part([files[part]], "s", part, "auto", settings, extracted, stats)
            kept, dropped, stats = self.outputs("cleaned", part)
            clean_part(extracted, kept, dropped, stats, CleaningSettings())
            write_signatures(
                kept, self.path("signatures", part, "parquet"), DeduplicationSettings()
            )
        write_decisions(
            self.of_parts("signatures", "parquet"),
            self.of_parts("cleaned"),
            self.of_parts("clusters", "parquet"),
            DeduplicationSettings(),
            SplitSettings(valid=0.3, test=0.2),
        )
        self.dedupe()
        self.encode()

    def outputs(self, stage: str, part: str) -> tuple[Path, Path, Path]:
        endings = ("jsonl.zst", "dropped.jsonl.zst", "stats.json")
        kept, dropped, stats = (self.path(stage, part, ending) for ending in endings)
        return kept, dropped, stats

    def dedupe(self) -> None:
        for part in PARTS:
            cleaned, decisions = self.path("cleaned", part), self.path("clusters", part, "parquet")
            write_held_out(cleaned, decisions, self.path("held_out", part, "bin"), WORDS)
        index = self.folder / "index.bin"
        write_index(self.of_parts("held_out", "bin"), [], index, WORDS)
        for part in PARTS:
            cleaned, decisions = self.path("cleaned", part), self.path("clusters", part, "parquet")
            sentences = SentenceFilter(read_ngrams(index), WORDS)
            decontaminator = Decontaminator(sentences, 0.5, 0)
            dedupe_part(cleaned, decisions, *self.outputs("deduped", part), decontaminator)

    def encode(self) -> None:
        tokenizer = self.folder / "tokenizer"
        stats = self.of_parts("deduped", "stats.json")
        write_tokenizer(self.of_parts("deduped"), stats, tokenizer, TokenizerSettings(300))
        for part in PARTS:
            outputs = {
                split: self.folder / "tokens" / split / "s" / f"{part}.bin"
                for split in ("train", "valid", "test")
            }
            encode_part(self.path("deduped", part), tokenizer / "tokenizer.json", outputs)


@pytest.mark.parametrize(
    "name",
    ["empty.txt", "empty.txt.gz", "empty.txt.xz", "empty.jsonl", "empty.parquet", "empty.zip",
     "empty.xml"],
)  # fmt: skip
def test_a_file_without_text_is_a_part_without_documents(tmp_path: Path, name: str) -> None:
    output, stats = tmp_path / "out.jsonl.zst", tmp_path / "out.stats.json"
    extract_part(
        [empty_file(tmp_path, name)], "s", "p", "auto", ExtractionSettings(), output, stats
    )
    assert list(read_documents(output)) == []
    assert read_json(stats)["documents_out"] == 0


def test_an_empty_part_passes_every_stage_and_adds_nothing(tmp_path: Path) -> None:
    results = tmp_path / "results"
    stages = Stages(results)
    stages.run({"full": DEMO, "empty": empty_file(tmp_path, "empty.txt")})
    for stage in ("extracted", "cleaned", "deduped"):
        assert list(read_documents(stages.path(stage, "empty"))) == []
        assert list(read_documents(stages.path(stage, "full")))
        assert read_json(stages.path(stage, "empty", "stats.json"))["documents_out"] == 0
    for split in ("train", "valid", "test"):
        empty, full = read_shards(results / "tokens" / split)
        assert (len(empty.tokens), len(full.tokens) > 0) == (0, True)
        stream = TokenStream([empty, full, empty])
        assert np.array_equal(stream.read(0, len(stream)), full.tokens)
