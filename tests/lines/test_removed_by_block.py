"""Lines are taken out of the documents of a block as out of each document alone."""

import json
import tempfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from pages import Part, index_of

from gpt2ro.decontamination.decontaminator import Decontaminator
from gpt2ro.decontamination.ngrams import NgramHasher
from gpt2ro.decontamination.sentences import SentenceFilter
from gpt2ro.dedupe.decisions import DecidedBlock, decided_documents
from gpt2ro.dedupe.dedupe import apply_decision, dedupe_part
from gpt2ro.dedupe.tables import DECISIONS
from gpt2ro.documents import Document, ShardWriter, read_blocks
from gpt2ro.files import read_json
from gpt2ro.lines.keys import NO_LINE, Keys
from gpt2ro.lines.removal import RepeatedLines
from gpt2ro.lines.tables import COUNT, LineIndex, Numbers

# Held-out are runs of three words: one is whole only when the line between is gone.
HELD_OUT = "ana are mere"
LINES = st.sampled_from(
    ["Acasă", "ACASA!", "Știri „noi”", "", "", "—", "Ana are", "mere.", "Un om\tși \\ atât."]
)
TEXTS = st.lists(LINES, max_size=7).map("\n".join)
URLS = st.sampled_from(["https://www.a.ro/1", "http://b.ro", 'https://d.ro/"', None])
METAS = st.one_of(
    st.builds(lambda url: {"url": url}, URLS),
    st.builds(lambda url: {"title": "x", "url": url}, URLS),
    st.sampled_from([{}, {"repeated_lines": 7}, {"split": "x"}, {"țară": 1}]),
)
ROWS = st.lists(st.tuples(TEXTS, METAS, st.booleans(), st.booleans()), min_size=1, max_size=12)
ON_DISK = settings(deadline=None, max_examples=30)


class Made(Part):
    """Documents, some of which are copies, and some in another form of JSON."""

    def __init__(self, folder: Path, rows: list[tuple[str, dict[str, Any], bool, bool]]) -> None:
        made = [Document(f"s/p/{n}", text, "s", meta) for n, (text, meta, *_) in enumerate(rows)]
        copies = frozenset(n for n, (*_, is_copy, _) in enumerate(rows) if is_copy and n)
        super().__init__(folder, made, copies)
        self.files = (folder / "cleaned.zst", folder / "decisions.parquet")
        with ShardWriter(self.files[0]) as shard:
            for document, (*_, is_usual) in zip(made, rows, strict=True):
                line = document.to_json()
                line = line if is_usual else json.dumps(json.loads(line)).encode()
                shard.write_lines(line + b"\n", 1, 0)


def decontaminator() -> Decontaminator:
    ngrams = np.unique(NgramHasher(3).ngrams(HELD_OUT))
    return Decontaminator(SentenceFilter(ngrams, 3), max_removed=0.5, min_characters=0)


def one_by_one(
    made: Made, cleaner: Decontaminator | None, lines: RepeatedLines
) -> Iterator[Document]:
    for document, decision in decided_documents(*made.files):
        apply_decision(document, decision, cleaner, lines)
        yield document


@ON_DISK
@given(ROWS, st.integers(1, 3), st.sampled_from([0.0, 0.5]), st.integers(0, 9), st.booleans())
def test_a_block_is_written_byte_for_byte_as_its_documents_one_by_one(
    rows: list[Any], min_documents: int, share: float, least: int, decontaminated: bool
) -> None:
    with tempfile.TemporaryDirectory() as name:
        made = Made(Path(name), rows)
        index = LineIndex(index_of([made.count()], min_documents))
        alone = RepeatedLines(index, share, least)
        cleaner = decontaminator() if decontaminated else None
        expected = list(one_by_one(made, cleaner, alone))
        outputs = [made.folder / output for output in ("kept.zst", "dropped.zst", "stats.json")]
        together = RepeatedLines(index, share, least)
        dedupe_part(*made.files, *outputs, decontaminator() if decontaminated else None, together)
        kept, dropped = (b"".join(read_blocks(path)) for path in outputs[:2])
        stats = read_json(outputs[2])
    for written, is_kept in ((kept, True), (dropped, False)):
        its = [document for document in expected if (document.reason is None) == is_kept]
        assert written == b"".join(document.to_json() + b"\n" for document in its)
        assert stats["splits"]["train"] == len(its) or not is_kept
    assert stats["repeated_lines"] == {
        "documents": alone.documents,
        "lines": alone.lines,
        "bytes": alone.bytes,
        "examples": alone.examples,
    }
    sizes = sum(len(document.text.encode()) for document in expected)
    assert stats["bytes_in"] + stats["bytes_changed"] == sizes


class Everywhere(LineIndex):
    """An index by which every line stands in one document."""

    def __init__(self) -> None:
        """Be without a file."""

    def documents(self, keys: Keys) -> Numbers:
        found: Numbers = (keys != NO_LINE).astype(COUNT)
        return found


@given(
    st.lists(st.lists(st.integers(0, 99), max_size=12), min_size=1, max_size=20),
    st.lists(st.integers(0, 20), max_size=3),
)
def test_the_examples_do_not_depend_on_the_blocks(texts: list[list[int]], cuts: list[int]) -> None:
    documents = [
        Document(f"s/p/{place}", "\n".join(f"Rubrica {number}" for number in numbers), "s")
        for place, numbers in enumerate(texts)
    ]
    alone, together = (RepeatedLines(Everywhere(), 0.0, 0) for _ in range(2))
    for start, stop in pairwise([0, *sorted(cuts), len(texts)]):
        if start < stop:
            together.gone(block_of(documents[start:stop]))
    for document in documents:
        alone.apply(document)
    assert together.examples == alone.examples


def block_of(documents: list[Document]) -> DecidedBlock:
    rows = [{"id": document.id, "split": "train"} for document in documents]
    table = DECISIONS.empty_table().from_pylist(rows, schema=DECISIONS)
    lines = b"".join(document.to_json() + b"\n" for document in documents)
    return DecidedBlock(lines, table, Path("shard"), Path("table"), 0)
