from pathlib import Path

import pytest
from corpus import Corpus, documents

from gpt2ro.dedupe.settings import DeduplicationSettings, SplitSettings
from gpt2ro.errors import UserError
from gpt2ro.files import write_json

TENTHS = SplitSettings(valid=0.1, test=0.1, seed=3)


def numbered(count: int) -> list[str]:
    return [f"Povestea numărul {n}, cu zmei și feți-frumoși." for n in range(count)]


def test_copies_across_parts_are_one_cluster(tmp_path: Path) -> None:
    parts = {
        ("a", "1"): documents("a", "1", ["Una.", "Două."]),
        ("b", "1"): documents("b", "1", ["două", "Trei."]),
    }
    corpus = Corpus(tmp_path, parts)
    corpus.cluster()
    assert corpus.decisions() == {
        "a/1/0": ("train", None),
        "a/1/1": ("train", None),
        "b/1/0": (None, "a/1/1"),
        "b/1/1": ("train", None),
    }


def test_the_longest_copy_stays(tmp_path: Path) -> None:
    parts = {("a", "1"): documents("a", "1", ["doua", "Două.", "„Două!”"])}
    corpus = Corpus(tmp_path, parts)
    corpus.cluster()
    assert corpus.decisions()["a/1/2"] == ("train", None)
    assert corpus.decisions()["a/1/0"] == (None, "a/1/2")


def test_among_equal_copies_the_preferred_source_stays(tmp_path: Path) -> None:
    parts = {(source, "1"): documents(source, "1", ["Una."]) for source in "abc"}
    corpus = Corpus(tmp_path, parts)
    corpus.cluster(settings=DeduplicationSettings(prefer_sources="c, b"))
    assert [decision[1] for decision in corpus.decisions().values()] == ["c/1/0", "c/1/0", None]


def test_an_unknown_preferred_source_is_an_error(tmp_path: Path) -> None:
    corpus = Corpus(tmp_path, {("oscar", "1"): documents("oscar", "1", ["Una."])})
    with pytest.raises(UserError, match='unknown source "osca"; did you mean "oscar"'):
        corpus.cluster(settings=DeduplicationSettings(prefer_sources="osca"))


def test_texts_with_other_marks_are_kept_when_folding_is_off(tmp_path: Path) -> None:
    corpus = Corpus(tmp_path, {("a", "1"): documents("a", "1", ["Țara", "tara", "tara"])})
    corpus.cluster(settings=DeduplicationSettings(fold=False))
    assert [decision[1] for decision in corpus.decisions().values()] == [None, None, "a/1/1"]


def test_splits_have_about_the_shares_asked_for(tmp_path: Path) -> None:
    corpus = Corpus(tmp_path, {("a", "1"): documents("a", "1", numbered(2000))})
    corpus.cluster(TENTHS)
    splits = [split for split, _ in corpus.decisions().values()]
    # 200 expected, with a standard deviation of 13.
    assert 140 < splits.count("valid") < 260
    assert 140 < splits.count("test") < 260


def test_the_seed_changes_the_split(tmp_path: Path) -> None:
    corpus = Corpus(tmp_path, {("a", "1"): documents("a", "1", numbered(200))})
    corpus.cluster(TENTHS)
    before = corpus.decisions()
    corpus.cluster(SplitSettings(valid=0.1, test=0.1, seed=4))
    assert corpus.decisions() != before


def test_the_split_depends_on_neither_parts_nor_their_order(tmp_path: Path) -> None:
    texts = numbered(300)
    one = Corpus(tmp_path / "one", {("a", "1"): documents("a", "1", texts)})
    one.cluster(TENTHS)
    parts = {
        ("b", "2"): documents("b", "2", texts[200:]),
        ("a", "1"): documents("a", "1", texts[:90]),
        ("a", "2"): documents("a", "2", texts[90:200]),
    }
    three = Corpus(tmp_path / "three", parts)
    three.cluster(TENTHS, reverse=True)
    together = list(one.decisions().values())
    apart = three.decisions()
    order = [f"a/1/{n}" for n in range(90)] + [f"a/2/{n}" for n in range(110)]
    order += [f"b/2/{n}" for n in range(100)]
    assert [apart[name] for name in order] == together


def test_equal_signatures_give_equal_bytes_in_any_order(tmp_path: Path) -> None:
    parts = {(s, "1"): documents(s, "1", numbered(50)) for s in "ab"}
    corpus = Corpus(tmp_path, parts)
    corpus.cluster(TENTHS)
    first = [corpus.path("clusters", name, "parquet").read_bytes() for name in corpus.names]
    corpus.cluster(TENTHS, reverse=True)
    again = [corpus.path("clusters", name, "parquet").read_bytes() for name in corpus.names]
    assert again == first


def test_an_empty_part_is_allowed(tmp_path: Path) -> None:
    corpus = Corpus(tmp_path, {("a", "1"): documents("a", "1", ["Una."]), ("a", "2"): []})
    corpus.cluster()
    assert corpus.decisions() == {"a/1/0": ("train", None)}


def test_a_split_that_no_document_fell_into_gets_the_one_drawn_nearest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def splits(settings: SplitSettings, texts: list[str]) -> dict[str, list[str]]:
        corpus = Corpus(tmp_path / str(settings), {("a", "1"): documents("a", "1", texts)})
        corpus.cluster(settings)
        found: dict[str, list[str]] = {"train": [], "valid": [], "test": []}
        for (split, _), text in zip(corpus.decisions().values(), texts, strict=True):
            if split:
                found[split].append(text)
        return found

    texts = numbered(20)
    least = splits(SplitSettings(valid=0.0001, test=0.0001), texts)
    assert [len(found) for found in least.values()] == [18, 1, 1]
    told = "split.valid: of 20 distinct documents none fell into its share of 0.0001, so it gets"
    assert told in capsys.readouterr().err
    # As if the shares were just large enough.
    larger = splits(SplitSettings(valid=0, test=0.3), texts)
    assert {*least["test"], *least["valid"]} <= {*larger["test"]}
    # Copies are none.
    copied = splits(SplitSettings(valid=0.0001, test=0.00011), texts + texts)
    assert [len(found) for found in copied.values()] == [18, 1, 1]


def test_shares_that_leave_nothing_for_train_are_told(tmp_path: Path) -> None:
    corpus = Corpus(tmp_path, {("a", "1"): documents("a", "1", numbered(3))})
    with pytest.raises(UserError, match=r"leave none of 3 distinct documents for train"):
        for seed in range(1000):
            corpus.cluster(SplitSettings(valid=0.5, test=0.49, seed=seed))


@pytest.mark.parametrize("count", [1, 2])
def test_too_few_documents_to_be_split_are_told_with_how_files_become_more(
    tmp_path: Path, count: int
) -> None:
    corpus = Corpus(tmp_path, {("a", "1"): documents("a", "1", numbered(count))})
    expected = rf"{count} distinct in the corpus, .* \(extraction\.text_documents: blank-line\)"
    with pytest.raises(UserError, match=expected):
        corpus.cluster(SplitSettings(valid=0.3, test=0.3))


def test_an_empty_corpus_is_an_error_that_names_the_reasons(tmp_path: Path) -> None:
    corpus = Corpus(tmp_path, {("a", "1"): [], ("a", "2"): []})
    dropped = {"too short": {"documents": 7, "bytes": 1}, "empty": {"documents": 2, "bytes": 0}}
    write_json(corpus.path("cleaned", ("a", "1"), "stats.json"), {"dropped": dropped})
    with pytest.raises(UserError, match=r"corpus is empty .* 2 parts; .* too short \(7\), empty"):
        corpus.cluster()


def test_an_empty_corpus_without_stats_is_an_error_too(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="the sources hold no text"):
        Corpus(tmp_path, {("a", "1"): []}).cluster()
