"""The extension as a whole: its stub describes it, and what it reads of a block is all of it."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpt2ro.decontamination.held_out import index_of
from gpt2ro.decontamination.ngrams import NgramHasher, folded_words
from gpt2ro.dedupe.settings import SPLITS
from gpt2ro.documents import Document
from gpt2ro.lines.removal import without
from gpt2ro.native import DecidedPiece, Signer, TrainDocuments, decided_pieces, split_texts
from gpt2ro.tokenization.sampling import SourceSample
from gpt2ro.tokenization.shards import word_count

# Any text, and words of which n-grams are shared.
TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=12) | st.lists(
    st.sampled_from(["Ana", "și", '"', "\\", "\n", "\t", "țară", "."]), max_size=9
).map(" ".join)
# A key with an escape is another form than our stages write.
META = st.dictionaries(
    st.text("az_"), st.none() | st.integers(0, 9) | TEXTS | st.lists(TEXTS, max_size=2)
)
DOCUMENTS = st.builds(Document, st.text("ab/0", max_size=4), TEXTS, TEXTS, META)
WITH_SPLITS = st.builds(
    Document,
    st.text("ab/0", max_size=4),
    TEXTS,
    TEXTS,
    st.builds(lambda meta, split: meta | {"split": split}, META, st.sampled_from(SPLITS)),
)
HELD_OUT = "Ana și țară. Ana Ana țară și Ana."
WORDS = 3


def block_of(documents: list[Document]) -> bytes:
    return b"".join(document.to_json() + b"\n" for document in documents)


def in_another_form(document: Document) -> bytes:
    """A line of JSON as none of our stages writes it."""
    return block_of([document]).replace(b'{"id":', b'{ "id":', 1)


def test_the_stub_describes_the_extension(tmp_path: Path) -> None:
    # PyO3 marks no parameter as positional; `__all__` is for `import *`, which nobody needs.
    allowed = tmp_path / "allowed"
    allowed.write_text("gpt2ro._native.__all__\n")
    command = [sys.executable, "-m", "mypy.stubtest", "--ignore-positional-only", "--allowlist"]
    found = subprocess.run(
        [*command, str(allowed), "gpt2ro._native"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stdout + found.stderr


@given(st.lists(DOCUMENTS, max_size=4), st.lists(DOCUMENTS, max_size=1), st.booleans())
def test_a_block_is_signed_as_its_texts_are(
    documents: list[Document], other: list[Document], fold: bool
) -> None:
    signer = Signer(fold, 2, 3, 2)
    block = block_of(documents)
    behind = b"".join(map(in_another_form, other)) + block_of(other)
    ids, hashes, characters, bands, done = signer.signatures(block + behind)
    signed = [signer.signature(document.text) for document in documents]
    assert ids == [document.id for document in documents]
    assert hashes == b"".join(one for one, _ in signed)
    assert bands == b"".join(one for _, one in signed)
    lengths = [len(document.text) for document in documents]
    assert np.frombuffer(characters, "<i4").tolist() == lengths
    assert done == len(block)


@given(st.lists(WITH_SPLITS, max_size=4), st.lists(DOCUMENTS, max_size=1))
def test_texts_are_split_as_json_reads_them(
    documents: list[Document], other: list[Document]
) -> None:
    block = block_of(documents)
    others = [document for document in other if "split" not in document.meta]
    texts, splits, words, done = split_texts(block + block_of(others))
    assert texts == [document.text.encode() for document in documents]
    assert [SPLITS[split] for split in splits] == [one.meta["split"] for one in documents]
    assert words == [word_count(document.text.encode()) for document in documents]
    assert done == len(block)


@given(st.lists(WITH_SPLITS, max_size=6), st.integers(0, 3), st.sampled_from([0.0, 0.5, 1.0]))
def test_the_drawn_train_documents_of_a_block_are_taken(
    documents: list[Document], seed: int, share: float
) -> None:
    drawn = SourceSample({"a": share}, seed)
    found = TrainDocuments(seed, drawn.limit("a"), 10_000, 0)
    assert found.add_block(block_of(documents)) == len(block_of(documents))
    expected = [
        document.text
        for document in documents
        if document.meta["split"] == "train" and drawn.has("a", document.id)
    ]
    assert found.documents == len(expected)
    assert found.bytes == len("".join(expected).encode())
    assert [text for text in found.beginning if text] == [text for text in expected if text]


@given(TEXTS)
def test_a_text_shares_an_n_gram_with_the_index_if_its_words_do(text: str) -> None:
    hasher = NgramHasher(WORDS)
    index = index_of(hasher.ngrams(HELD_OUT), WORDS)
    assert index.has_any(text) == shares(text)


def shares(text: str) -> bool:
    """Say whether a text has a run of words of the held-out text."""
    held_out, words = folded_words(HELD_OUT), folded_words(text)
    runs = {tuple(held_out[i : i + WORDS]) for i in range(len(held_out) - WORDS + 1)}
    return any(tuple(words[i : i + WORDS]) in runs for i in range(len(words) - WORDS + 1))


COUNTED = st.builds(
    Document, st.just("a"), TEXTS, TEXTS, st.just({"repeated_lines": 3, "title": "x"})
)


@given(
    st.lists(
        st.tuples(
            DOCUMENTS | WITH_SPLITS | COUNTED,
            st.sampled_from([None, *SPLITS, "train"]),
            st.sampled_from(["own", "own", "own", "another id", "another form"]),
            st.sets(st.integers(0, 2)),
        ),
        max_size=6,
    ),
    st.booleans(),
    st.integers(1, 6),
)
def test_a_block_gets_its_splits_and_loses_lines_and_the_rest_is_left_to_the_caller(
    rows: list[tuple[Document, str | None, str, set[int]]], decontaminated: bool, least: int
) -> None:
    lines = [
        in_another_form(document) if form == "another form" else block_of([document])
        for document, _, form, _ in rows
    ]
    gone = [
        [line for line in sorted(numbers) if line <= document.text.count("\n")]
        for document, *_, numbers in rows
    ]
    ngrams = NgramHasher(WORDS).ngrams(HELD_OUT)
    pairs = [(place, line) for place, numbers in enumerate(gone) for line in numbers]
    found = decided_pieces(
        b"".join(lines),
        [document.id + "x" * (form == "another id") for document, _, form, _ in rows],
        [split for _, split, *_ in rows],
        index=index_of(ngrams, WORDS) if decontaminated else None,
        gone=np.array(pairs, "<u8").tobytes(),
        min_characters=least,
    )

    expected = [Expected()]
    for (document, split, form, _), line, numbers in zip(rows, lines, gone, strict=True):
        text, meta = document.text, {"split": split}
        if numbers:
            text = without(text.split("\n"), [n in numbers for n in range(text.count("\n") + 1)])
            meta["repeated_lines"] = len(numbers)
        shared = decontaminated and split == "train" and shares(text)
        too_short = bool(numbers) and len(text) < least
        if form != "own" or split is None or shared or too_short or meta.keys() & document.meta:
            expected[-1].other = line.removesuffix(b"\n")
            expected.append(Expected())
            continue
        kept = Document(document.id, text, document.source, document.meta | meta)
        expected[-1].add(document, kept, len(numbers))
    assert [Expected.of(piece) for piece in found] == expected


@dataclass
class Expected:
    """What is expected of a piece."""

    lines: bytes = b""
    documents: int = 0
    text_bytes: int = 0
    shortened: int = 0
    gone: int = 0
    gone_bytes: int = 0
    other: bytes | None = None

    @classmethod
    def of(cls, piece: DecidedPiece) -> "Expected":
        counts = (piece.documents, piece.bytes, piece.shortened, piece.gone, piece.gone_bytes)
        return cls(piece.lines, *counts, piece.other)

    def add(self, document: Document, kept: Document, gone: int) -> None:
        size = len(document.text.encode())
        self.lines += block_of([kept])
        self.documents += 1
        self.text_bytes += size
        self.shortened += gone > 0
        self.gone += gone
        self.gone_bytes += size - len(kept.text.encode())


def test_half_a_row_of_lines_that_go_is_an_error() -> None:
    with pytest.raises(ValueError, match="gone: 8 bytes, expected a multiple of 16"):
        decided_pieces(b"", [], [], index=None, gone=bytes(8), min_characters=0)
