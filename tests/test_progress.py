"""The line of progress, and that every step of the corpus says how long it still takes."""

import gzip
import re
from pathlib import Path

import pytest

from gpt2ro.cleaning.clean import clean_part
from gpt2ro.cleaning.settings import CleaningSettings
from gpt2ro.dedupe.clusters import write_decisions
from gpt2ro.dedupe.dedupe import dedupe_part
from gpt2ro.dedupe.settings import DeduplicationSettings, SplitSettings
from gpt2ro.dedupe.signatures import write_signatures
from gpt2ro.documents import expected_documents
from gpt2ro.lines.counting import count_lines
from gpt2ro.lines.paragraph_counting import count_paragraphs
from gpt2ro.progress import Progress
from gpt2ro.sources.extract import extract_part
from gpt2ro.sources.settings import ExtractionSettings
from gpt2ro.tokenization.encode import encode_part
from gpt2ro.tokenization.settings import TokenizerSettings
from gpt2ro.tokenization.tokenizer import write_tokenizer

DEMO = Path(__file__).parents[1] / "data" / "demo"
LEFT = r"\d+ s left"


def test_bytes_to_be_done_give_a_share_and_the_time_left() -> None:
    progress = Progress("clean a/b", total=10_000_000)
    progress.update(2_500_000, documents=1200)
    assert progress.line(5) == (
        "clean a/b: 2.5 MB of 10.0 (25%), 1,200 documents, 0.5 MB/s, 15 s left"
    )


def test_documents_to_be_done_give_them_too() -> None:
    progress = Progress("clean a/b", documents=4000)
    progress.update(2_500_000, documents=1000)
    assert progress.line(5) == "clean a/b: 2.5 MB (25%), 1,000 documents, 0.5 MB/s, 15 s left"


def test_a_share_that_is_named_decides() -> None:
    progress = Progress("extract a/b")
    progress.reach(2_500_000, 1000, share=0.25)
    assert progress.line(5) == "extract a/b: 2.5 MB (25%), 1,000 documents, 0.5 MB/s, 15 s left"


def test_more_than_was_expected_is_all() -> None:
    progress = Progress("clean a/b", documents=4)
    progress.update(1_000_000, documents=5)
    assert progress.line(1) == "clean a/b: 1.0 MB (100%), 5 documents, 1.0 MB/s, 0 s left"


def test_without_any_of_them_nothing_is_guessed() -> None:
    progress = Progress("clean a/b")
    progress.update(1_000_000, documents=5)
    assert progress.line(1) == "clean a/b: 1.0 MB, 5 documents, 1.0 MB/s"


def test_of_a_job_that_has_ended_nothing_is_left(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress("clean a/b", documents=5) as progress:
        progress.update(1_000_000, documents=5)
    told = capsys.readouterr().err
    assert re.fullmatch(r"clean a/b: 1\.0 MB, 5 documents, [\d,.]+ MB/s, done in 0 s\n", told)


def test_a_shard_without_stats_has_no_expected_documents(tmp_path: Path) -> None:
    assert expected_documents(tmp_path / "a.jsonl.zst") is None
    (tmp_path / "a.stats.json").write_text("[]")
    assert expected_documents(tmp_path / "a.jsonl.zst") is None
    (tmp_path / "a.stats.json").write_text('{"documents_out": 7}')
    assert expected_documents(tmp_path / "a.jsonl.zst") == 7


def run_the_steps(folder: Path) -> None:
    """Take files of the demo, and near copies of one, through the steps of the corpus."""
    letters = DEMO / "oscar-2019" / "ro_part_1.txt.gz"
    copies = folder / "copies.txt"
    copies.write_bytes(gzip.decompress(letters.read_bytes()).replace(b"\n\n", b" Gata.\n\n"))
    files = {
        "a": ("oscar-2019", letters),
        "b": ("oscar-jsonl", DEMO / "oscar-2301" / "ro_meta_part_1.jsonl.zst"),
        "c": ("oscar-2019", copies),
        "d": ("mediawiki", next((DEMO / "wikipedia").glob("*.bz2"))),
    }

    def path(stage: str, part: str, ending: str = "jsonl.zst") -> Path:
        return folder / stage / "s" / f"{part}.{ending}"

    def outputs(stage: str, part: str) -> list[Path]:
        return [path(stage, part, end) for end in ("jsonl.zst", "dropped.jsonl.zst", "stats.json")]

    for part, (kind, file) in files.items():
        kept, _, stats = outputs("extracted", part)
        extract_part([file], "s", part, kind, ExtractionSettings(), kept, stats)
        clean_part(kept, *outputs("cleaned", part), CleaningSettings())
        signatures = path("signatures", part, "parquet")
        write_signatures(path("cleaned", part), signatures, DeduplicationSettings())
    write_decisions(
        [path("signatures", part, "parquet") for part in files],
        [path("cleaned", part) for part in files],
        [path("clusters", part, "parquet") for part in files],
        DeduplicationSettings(),
        SplitSettings(valid=0.1, test=0.1),
    )
    for part in files:
        decided = path("cleaned", part), path("clusters", part, "parquet")
        count_lines(*decided, path("lines", part, "bin"))
        tables = (path("paragraphs", part, f"{split}.bin") for split in ("train", "held_out"))
        count_paragraphs(*decided, *tables, min_words=20)
        dedupe_part(*decided, *outputs("deduped", part))
    settings = TokenizerSettings(vocabulary=500)
    shards = [path("deduped", part) for part in files]
    stats = [path("deduped", part, "stats.json") for part in files]
    write_tokenizer(shards, stats, folder / "tokenizer", settings, threads=1)
    for part in files:
        tokens = {split: path(split, part, "bin") for split in ("train", "valid", "test")}
        encode_part(path("deduped", part), folder / "tokenizer" / "tokenizer.json", tokens)


def test_every_step_of_the_corpus_says_how_long_it_still_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("gpt2ro.progress.LOG_INTERVAL", 0)
    run_the_steps(tmp_path)
    told = capsys.readouterr().err
    jobs = ("extract", "clean", "signatures", "lines", "paragraphs", "dedupe", "encode")
    of_all = ("bands", "shingles of candidates", "comparisons")
    for what in [f"{job} s/{part}" for job in jobs for part in "bcd"] + [
        *(f"clusters: {one}" for one in of_all),
        "tokenizer: reading",
    ]:
        *lines, last = re.findall(rf"^{what}: .*", told, re.MULTILINE)
        assert ", done in " in last, what
        shares = [
            int(share) for share in re.findall(rf"\((\d+)%\), .*{LEFT}$", "\n".join(lines), re.M)
        ]
        # The tokenizer does not know how much of the text is of the train split.
        least = 70 if what.startswith("tokenizer") else 95
        assert max(shares, default=0) >= least, (what, lines)
