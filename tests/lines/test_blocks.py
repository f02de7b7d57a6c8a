"""The keys of a block of documents are those of each of its documents."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpt2ro.dedupe.decisions import DecidedBlock
from gpt2ro.dedupe.tables import DECISIONS
from gpt2ro.documents import Document
from gpt2ro.errors import UserError
from gpt2ro.lines.blocks import block_keys
from gpt2ro.lines.keys import NO_LINE, document_keys

TEXTS = st.lists(st.sampled_from(["Acasă", "ACASA!", "", "—", "Un om."]), max_size=6).map("\n".join)
# The last ones are not passed on as they stand in the line.
URLS = st.sampled_from(["https://www.a.ro/1", "b.ro", "https://c.ro/ă", 'https://d.ro/"', None, 3])
META = st.one_of(st.just({}), st.just({"title": "x"}), URLS.map(lambda url: {"url": url}))
SOURCES = st.sampled_from(["s", 'z"iare'])
DOCUMENTS = st.lists(
    st.tuples(TEXTS, SOURCES, META, st.booleans(), st.sampled_from(["train", "test", None])),
    min_size=1,
    max_size=6,
)


def block(documents: list[Document], splits: list[str | None], lines: list[bytes]) -> DecidedBlock:
    rows: list[dict[str, Any]] = [
        {"id": document.id, "split": split}
        for document, split in zip(documents, splits, strict=True)
    ]
    table = DECISIONS.empty_table().from_pylist(rows, schema=DECISIONS)
    return DecidedBlock(b"\n".join(lines) + b"\n", table, Path("shard"), Path("table"), 7)


@given(DOCUMENTS)
def test_each_document_has_the_keys_that_it_has_alone(found: list[tuple[Any, ...]]) -> None:
    documents = [
        Document(f"s/p/{n}", text, source, meta) for n, (text, source, meta, *_) in enumerate(found)
    ]
    splits = [split for *_, split in found]
    lines = [
        # Another form, with blanks, is read one by one.
        json.dumps(json.loads(document.to_json())).encode() if is_other else document.to_json()
        for document, (*_, is_other, _) in zip(documents, found, strict=True)
    ]
    whole = block(documents, splits, lines)
    keys, once = block_keys(whole, each_once=False), block_keys(whole, each_once=True)
    for place, (document, split) in enumerate(zip(documents, splits, strict=True)):
        alone = document_keys(document)
        assert keys.sites[place] == once.sites[place] == alone.all[-1]
        expected = list(alone.lines) if split else []
        assert list(keys.lines[keys.owners == place]) == expected
        own = list(once.lines[once.owners == place])
        assert sorted(own) == sorted(set(expected) - {NO_LINE})
    assert list(keys.stays) == [split is not None for split in splits]
    assert keys.bytes == sum(len(document.text.encode()) for document in documents)
    assert (np.diff(keys.owners) >= 0).all()


def test_a_document_of_another_run_is_an_error() -> None:
    documents = [Document(f"s/p/{n}", "Acasă", "s") for n in range(2)]
    lines = [document.to_json() for document in documents]
    with pytest.raises(UserError, match="table: row 9 is for s/p/1, but shard has s/p/0 there"):
        block_keys(block(documents, ["train", "train"], [lines[0], lines[0]]), each_once=True)
    with pytest.raises(UserError, match="row 8 is for no document, but shard has s/p/0 there"):
        block_keys(block([], [], lines[:1]), each_once=True)
