from pathlib import Path
from random import Random

import pytest

from gpt2ro.documents import Document, read_documents, write_documents
from gpt2ro.errors import UserError
from gpt2ro.report.corpus import extracted_parts
from gpt2ro.report.examples import EXAMPLES, MAX_CHARACTERS, dropped_examples


def test_shows_a_few_documents_of_every_reason(results: Path) -> None:
    examples = dropped_examples(results, extracted_parts(results))
    assert {reason: len(found) for reason, found in examples.items()} == {
        "not Romanian": 3,
        "too short": EXAMPLES,
    }


def test_the_choice_does_not_depend_on_the_order_of_the_parts(results: Path) -> None:
    parts = extracted_parts(results)
    assert dropped_examples(results, parts) == dropped_examples(results, parts[::-1])


def test_the_choice_takes_from_several_parts(results: Path) -> None:
    examples = dropped_examples(results, extracted_parts(results))["too short"]
    assert len({example.id.rsplit("/", 1)[0] for example in examples}) > 1


def test_a_long_text_is_cut_and_a_short_one_is_not(results: Path) -> None:
    examples = dropped_examples(results, extracted_parts(results))
    long = examples["not Romanian"][0]
    assert long.text.endswith("…")
    assert len(long.text) <= MAX_CHARACTERS + 1 < long.characters
    assert examples["too short"][0].text == "Scurt."


def test_a_document_of_a_bundle_names_its_file(bundled: Path) -> None:
    """Its id has the name of the bundle only, which is none of the user's files."""
    found = dropped_examples(bundled, extracted_parts(bundled))["not Romanian"]
    assert sorted(example.file for example in found) == ["", "", "caiete/<b>.txt"]


def test_reads_no_further_than_the_examples_lie(results: Path) -> None:
    """A shard of dropped documents may hold gigabytes; the examples lie at its beginning."""
    path = results / "cleaned" / "wiki" / "articles.dropped.jsonl.zst"
    documents = list(read_documents(path))
    noise = Random(1)  # 1 MB that does not compress below what is read at once
    more = [
        Document(f"x/{n}", noise.randbytes(1000).hex(), "wiki", reason="too short")
        for n in range(1000)
    ]
    write_documents(path, [documents[-1], *documents[:-1], *more])
    path.write_bytes(path.read_bytes()[:-20])
    dropped_examples(results, [("wiki", "articles")])


def test_a_damaged_shard_is_an_error(results: Path) -> None:
    path = results / "cleaned" / "tales" / "b.dropped.jsonl.zst"
    path.write_bytes(path.read_bytes()[:30])
    with pytest.raises(UserError, match=r"tales/b.dropped.jsonl.zst: damaged"):
        dropped_examples(results, extracted_parts(results))


def test_a_missing_shard_is_an_error(results: Path) -> None:
    (results / "cleaned" / "tales" / "b.dropped.jsonl.zst").unlink()
    with pytest.raises(UserError, match=r"tales/b.dropped.jsonl.zst: not found"):
        dropped_examples(results, extracted_parts(results))
