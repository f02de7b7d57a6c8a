import json
from collections import Counter
from pathlib import Path

import pytest

from gpt2ro.errors import UserError
from gpt2ro.report.corpus import Count, Funnel, buckets, read_corpus, total
from gpt2ro.report.lines import CopiedParagraphs


def change(path: Path, **values: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def test_the_funnel_of_every_source_adds_up(results: Path) -> None:
    corpus = read_corpus(results)
    assert [funnel.name for funnel in corpus.sources] == ["tales", "wiki"]
    for funnel in [*corpus.sources, corpus.total]:
        lost = total(funnel.left_out) + total(funnel.dropped) + total(funnel.duplicates)
        changed = Count(bytes=funnel.repaired + funnel.repeated + funnel.decontaminated)
        assert funnel.found + changed == funnel.kept + lost


def test_the_total_is_the_sum_of_the_parts(results: Path) -> None:
    corpus = read_corpus(results)
    assert corpus.total.found == Count(3030, 2_100_000)
    assert corpus.total.left_out == {"redirect": Count(30, 0)}
    assert corpus.total.dropped["too short"] == Count(21, 126)
    expected = {"duplicate": Count(3, 2100), "near-duplicate": Count(3, 2400)}
    assert corpus.total.duplicates == expected
    assert corpus.total.repaired == -174
    assert corpus.total.repeated == -150
    assert corpus.total.decontaminated == -270
    assert corpus.decontaminated == {"documents": 6, "sentences": 9}
    assert corpus.total.kept.documents == 2970
    assert corpus.repairs == {"blanks": 36, "mojibake": 9}


def test_examples_of_repeated_lines_are_the_lowest_keys_of_all_parts_each_once(
    results: Path,
) -> None:
    lines = read_corpus(results).repeated_lines
    assert (lines.documents, lines.lines, lines.bytes) == (12, 15, 150)
    assert [int(example.key, 16) for example in lines.examples] == list(range(20))
    path = results / "deduped" / "tales" / "a.stats.json"
    change(path, repeated_lines={"documents": 0, "lines": 0, "bytes": 0})
    with pytest.raises(UserError, match="repeated_lines: no key examples; expected a list"):
        read_corpus(results)


def copied(results: Path) -> None:
    """Let each part of tales have lost paragraphs, of which they share ten examples."""
    for part, first in (("a", 0), ("b", 10)):
        examples = [
            {"key": f"{n:016x}", "paragraph": f"<i>Paragraf {n}", "document": f"tales/{part}/{n}"}
            | {"stays_in": "wiki/articles"}
            for n in range(first, first + 20)
        ]
        counts = {"documents": 3, "paragraphs": 5, "bytes": 30, "examples": examples}
        change(results / "deduped" / "tales" / f"{part}.stats.json", copied_paragraphs=counts)


def test_copied_paragraphs_are_the_sums_of_the_parts_that_have_some(results: Path) -> None:
    assert read_corpus(results).copied_paragraphs == CopiedParagraphs()
    copied(results)
    corpus = read_corpus(results)
    found = corpus.copied_paragraphs
    assert (found.documents, found.paragraphs, found.bytes) == (6, 10, 60)
    assert [int(example.key, 16) for example in found.examples] == list(range(20))
    assert found.examples[15].document == "tales/a/15"
    # What the step changed is 140 bytes a part: lines 50, here paragraphs 30, the rest sentences.
    assert [funnel.copied for funnel in corpus.sources] == [-60, 0]
    assert [funnel.decontaminated for funnel in corpus.sources] == [-120, -90]
    path = results / "deduped" / "tales" / "a.stats.json"
    change(path, copied_paragraphs={"documents": 0, "paragraphs": 0, "examples": []})
    with pytest.raises(UserError, match="copied_paragraphs: no key bytes; expected a whole number"):
        read_corpus(results)


def test_reasons_are_sorted_by_their_documents(results: Path) -> None:
    assert list(read_corpus(results).total.dropped) == ["too short", "not Romanian"]


def test_the_segments_of_a_bar_are_all_documents(results: Path) -> None:
    segments = read_corpus(results).sources[0].segments()
    assert [segment.fate for segment in segments] == ["kept", "duplicates", "dropped", "left out"]
    assert sum(segment.documents for segment in segments) == 2020
    assert segments[-1].start + segments[-1].width == pytest.approx(1)


def test_a_source_without_documents_has_no_segments() -> None:
    assert Funnel("empty").segments() == []


def test_lengths_have_no_gaps(results: Path) -> None:
    expected = [(128, 255, 6), (256, 511, 0), (512, 1023, 2970)]
    assert read_corpus(results).lengths == expected
    assert buckets(Counter()) == []


def test_counts_that_do_not_add_up_are_an_error(results: Path) -> None:
    change(results / "cleaned" / "wiki" / "articles.stats.json", documents_out=1)
    with pytest.raises(UserError, match=r"wiki/articles.stats.json: 1,000 documents and .*but 9 "):
        read_corpus(results)


def test_steps_of_different_runs_are_an_error(results: Path) -> None:
    path = results / "extracted" / "tales" / "b.stats.json"
    change(path, documents_in=1011, documents_out=1001)
    with pytest.raises(UserError, match=r"cleaned/tales/b.stats.json: 1,000 documents .*1,001"):
        read_corpus(results)


def test_a_part_that_was_not_deduplicated_is_an_error(results: Path) -> None:
    (results / "deduped" / "tales" / "a.stats.json").unlink()
    with pytest.raises(UserError, match=r"deduped/tales/a.stats.json: not found"):
        read_corpus(results)


def test_a_folder_without_parts_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"extracted: no \*/\*.stats.json found"):
        read_corpus(tmp_path)
