import json
import lzma
from pathlib import Path

import numpy as np
import pytest

from gpt2ro.decontamination.decontaminator import Decontaminator
from gpt2ro.decontamination.held_out import (
    read_ngrams,
    write_held_out,
    write_index,
    write_ngrams,
)
from gpt2ro.decontamination.ngrams import NgramHasher
from gpt2ro.decontamination.sentences import SentenceFilter
from gpt2ro.dedupe.dedupe import dedupe_part
from gpt2ro.dedupe.tables import DECISIONS, write_table
from gpt2ro.documents import Document, ShardWriter, read_documents, write_documents
from gpt2ro.errors import UserError
from gpt2ro.files import partial_path, read_json

WORDS = 4
POEM = "Somnoroase păsărele pe la cuiburi se adună"
TRAIN = [
    f"Am citit la școală.\n{POEM}.\nMi-a plăcut foarte mult, a zis Ana.",
    f"{POEM}\nGata.",
    "Câinele doarme în curte și nu aude nimic.",
]


class Part:
    """Documents of one part with their decisions."""

    def __init__(self, folder: Path, texts: dict[str, str | None]) -> None:
        self.folder = folder
        documents = [Document(f"s/p/{n}", text, "s") for n, text in enumerate(texts)]
        write_documents(folder / "cleaned.zst", documents)
        rows = [
            {"id": document.id, "split": split, "duplicate_of": None if split else "x/y/0"}
            for document, split in zip(documents, texts.values(), strict=True)
        ]
        table = DECISIONS.empty_table().from_pylist(rows, schema=DECISIONS)
        write_table(folder / "decisions.parquet", table)

    def held_out(self) -> Path:
        ngrams = self.folder / "held_out.bin"
        write_held_out(
            self.folder / "cleaned.zst", self.folder / "decisions.parquet", ngrams, WORDS
        )
        return ngrams

    def dedupe(
        self, index: Path, max_removed: float = 0.5, min_characters: int = 0
    ) -> tuple[list[Document], ...]:
        sentences = SentenceFilter(read_ngrams(index), WORDS)
        decontaminator = Decontaminator(sentences, max_removed, min_characters)
        names = ("cleaned.zst", "decisions.parquet", "kept.zst", "dropped.zst", "stats.json")
        dedupe_part(*(self.folder / name for name in names), decontaminator)
        return tuple(
            list(read_documents(self.folder / name)) for name in ("kept.zst", "dropped.zst")
        )


@pytest.fixture
def part(tmp_path: Path) -> Part:
    return Part(tmp_path, {**dict.fromkeys(TRAIN, "train"), f"Poezie. {POEM}!": "test"})


def test_a_train_document_loses_the_sentence_and_keeps_the_rest(part: Part) -> None:
    kept, _ = part.dedupe(part.held_out())
    assert kept[0].text == "Am citit la școală.\nMi-a plăcut foarte mult, a zis Ana."
    assert kept[0].meta == {"split": "train", "held_out_sentences": 1}
    assert kept[1].text == TRAIN[2]


def test_one_that_is_mostly_held_out_is_dropped_whole(part: Part) -> None:
    _, dropped = part.dedupe(part.held_out())
    assert [(document.text, document.reason) for document in dropped] == [
        (TRAIN[1], "contaminated")
    ]


def test_one_that_is_wholly_held_out_is_dropped_whatever_it_may_lose(tmp_path: Path) -> None:
    part = Part(tmp_path, {f"{POEM}.": "train", POEM: "test"})
    kept, dropped = part.dedupe(part.held_out(), max_removed=1)
    assert [document.text for document in kept] == [POEM]
    assert [(one.text, one.reason, one.meta) for one in dropped] == [
        (f"{POEM}.", "contaminated", {"split": "train"})
    ]


@pytest.mark.parametrize(("min_characters", "documents"), [(6, 2), (7, 1)])
def test_one_left_with_too_few_characters_is_dropped(
    tmp_path: Path, min_characters: int, documents: int
) -> None:
    text = f"{POEM}.\nUn om."
    part = Part(tmp_path, {text: "train", POEM: "test"})
    kept, dropped = part.dedupe(part.held_out(), 1, min_characters)
    assert len(kept) == documents
    assert all((one.text, one.reason) == (text, "contaminated") for one in dropped)


def test_held_out_documents_stay_as_they_are(part: Part) -> None:
    kept, _ = part.dedupe(part.held_out())
    assert kept[-1].text == f"Poezie. {POEM}!"


def test_the_books_count_documents_sentences_and_bytes(part: Part) -> None:
    part.dedupe(part.held_out())
    stats = read_json(part.folder / "stats.json")
    assert stats["decontaminated"] == {"documents": 1, "sentences": 1}
    assert stats["bytes_changed"] == -len(f"{POEM}.\n".encode())
    assert stats["dropped"]["contaminated"] == {"documents": 1, "bytes": len(TRAIN[1].encode())}


def test_progress_is_told_in_bytes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Part(tmp_path, {"ș" * 500_000: "test"}).held_out()
    assert f"{tmp_path.name}/cleaned.zst: 1.0 MB, 1 documents" in capsys.readouterr().err


def test_train_and_dropped_documents_are_not_held_out(tmp_path: Path) -> None:
    part = Part(tmp_path, {TRAIN[0]: "train", POEM: None})
    assert len(read_ngrams(part.held_out())) == 0
    kept, dropped = part.dedupe(part.held_out())
    assert [document.text for document in kept] == [TRAIN[0]]
    assert dropped[0].reason == "duplicate"


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        (["s/p/0", "s/p/9", "s/p/2", "s/p/3"], "row 2 is for s/p/9, but .* has s/p/1 there"),
        (["s/p/0", "s/p/1", "s/p/2"], "row 4 is for no document, but .* has s/p/3 there"),
        ([*(f"s/p/{n}" for n in range(5))], "row 5 is for s/p/4, but .* has no document there"),
    ],
)
def test_decisions_of_another_run_are_an_error(part: Part, ids: list[str], expected: str) -> None:
    rows = [{"id": name, "split": "train", "duplicate_of": None} for name in ids]
    table = DECISIONS.empty_table().from_pylist(rows, schema=DECISIONS)
    write_table(part.folder / "decisions.parquet", table)
    with pytest.raises(UserError, match=expected):
        part.held_out()
    assert not (part.folder / "held_out.bin").exists()


def test_a_held_out_document_in_another_form_of_json_is_read_too(part: Part) -> None:
    ngrams = read_ngrams(part.held_out()).tolist()
    documents = list(read_documents(part.folder / "cleaned.zst"))
    with ShardWriter(part.folder / "cleaned.zst") as shard:
        for document in documents:
            fields = {"text": document.text, "id": document.id, "source": "s", "meta": {}}
            shard.write_lines(json.dumps(fields).encode() + b"\n", 1, 0)
    assert ngrams
    assert read_ngrams(part.held_out()).tolist() == ngrams


def test_a_benchmark_is_held_out_compressed_or_not(part: Part, tmp_path: Path) -> None:
    benchmark = tmp_path / "questions.txt.xz"
    benchmark.write_bytes(lzma.compress("Întrebare: câinele doarme în curte?".encode()))
    write_index([], [benchmark], tmp_path / "index.bin", WORDS)
    kept, dropped = part.dedupe(tmp_path / "index.bin")
    assert [document.text for document in dropped] == [TRAIN[2]]
    assert kept[0].text == TRAIN[0]


def test_a_missing_benchmark_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"decontamination\.benchmarks: .*none\.txt not found"):
        write_index([], [tmp_path / "none.txt"], tmp_path / "index.bin", WORDS)
    assert not (tmp_path / "index.bin").exists()


def test_the_index_holds_each_ngram_of_all_parts_once(tmp_path: Path) -> None:
    hasher = NgramHasher(WORDS)
    for name, text in (("a", POEM), ("b", f"{POEM} iar")):
        write_ngrams(tmp_path / name, hasher.ngrams(text))
    write_index([tmp_path / "a", tmp_path / "b"], [], tmp_path / "index.bin", WORDS)
    expected = hasher.ngrams(f"{POEM} iar")
    assert read_ngrams(tmp_path / "index.bin").tolist() == expected.tolist()


def test_a_file_of_ngrams_cut_behind_one_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "cut.bin"
    write_ngrams(path, np.arange(100, dtype=np.uint64))
    path.write_bytes(path.read_bytes()[:-8])
    cut = r"cut\.bin: 824 bytes found, 832 expected \(100 records of 8 bytes, says its head\)"
    with pytest.raises(UserError, match=cut):
        read_ngrams(path)
    with pytest.raises(UserError, match=cut):
        write_index([path], [], tmp_path / "index.bin", WORDS)


def test_a_flipped_bit_of_an_ngram_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    write_ngrams(path, np.arange(100, dtype=np.uint64))
    path.write_bytes(path.read_bytes()[:-1] + b"\x10")
    damaged = r"a\.bin: checksum \w{16} found, \w{16} expected, says its head; delete it"
    with pytest.raises(UserError, match=damaged):
        read_ngrams(path)
    with pytest.raises(UserError, match=damaged):
        write_index([path], [], tmp_path / "index.bin", WORDS)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "0 bytes found, a head of 32 expected; delete it and run again"),
        (np.arange(9, dtype=np.uint64).tobytes(), "begins with .*, 'gpt2ro ngram' expected"),
    ],
)
def test_an_emptied_file_and_one_without_a_head_are_errors(
    tmp_path: Path, content: bytes, expected: str
) -> None:
    (tmp_path / "a.bin").write_bytes(content)
    with pytest.raises(UserError, match=expected):
        read_ngrams(tmp_path / "a.bin")


def test_numpy_reads_a_file_of_ngrams_as_its_description_says(tmp_path: Path) -> None:
    write_ngrams(tmp_path / "a.bin", np.array([3, 2**63], np.uint64))
    assert np.fromfile(tmp_path / "a.bin", "<u8", offset=32).tolist() == [3, 2**63]


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "index.bin"
    partial_path(path).symlink_to("/dev/full")
    with pytest.raises(UserError, match=r"index\.bin: no space left on the device"):
        write_ngrams(path, np.arange(100_000, dtype=np.uint64))
    assert not list(tmp_path.iterdir())
