"""Near-duplicates are found, compared exactly, and only those are dropped."""

from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from random import Random

import pytest
import reference
from corpus import Corpus, documents
from planted import DISGUISES, EDITS, text

from gpt2ro.dedupe.settings import DeduplicationSettings, SplitSettings
from gpt2ro.documents import write_documents
from gpt2ro.errors import UserError

NAME = ("a", "1")
LEAST = DeduplicationSettings().min_similarity
# Words of one length, so that more words are more characters.
WORDS = [f"cuv{n:04}" for n in range(400)]


def jaccard(left: str, right: str) -> float:
    return reference.similarity(
        reference.shingles(left, True, 5), reference.shingles(right, True, 5)
    )


def span(start: int, stop: int) -> str:
    return " ".join(WORDS[start:stop])


def clustered(folder: Path, texts: Sequence[str], **settings: object) -> Corpus:
    corpus = Corpus(folder, {NAME: documents(*NAME, texts)})
    corpus.cluster(settings=DeduplicationSettings(**settings))  # type: ignore[arg-type]
    return corpus


@pytest.fixture(scope="module")
def planted() -> list[str]:
    """80 texts of 50 to 400 words, each with copies of every amount of change."""
    random = Random(7)
    originals = [text(random, random.randrange(50, 400, 10)) for _ in range(80)]
    copies = [change(original, random) for change in EDITS.values() for original in originals]
    return originals + copies


@pytest.fixture(scope="module")
def deduplicated(planted: list[str], tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return clustered(tmp_path_factory.mktemp("planted"), planted)


def test_every_dropped_text_is_as_similar_as_it_says(deduplicated: Corpus) -> None:
    kept, dropped, _ = deduplicated.dedupe(NAME)
    staying = {document.id: document.text for document in kept}
    assert len(dropped) > 100
    for document in dropped:
        true = jaccard(document.text, staying[document.meta["duplicate_of"]])
        assert true >= LEAST
        assert document.meta.get("similarity", 1.0) == round(true, 4)


def test_of_texts_with_a_similarity_of_08_one_is_dropped(
    planted: list[str], deduplicated: Corpus
) -> None:
    ids = [f"a/1/{n}" for n in range(len(planted))]
    staying = {name for name, decision in deduplicated.decisions().items() if decision[0]}
    sets = [reference.shingles(one, True, 5) for one in planted]
    # Only versions of one original have anything in common.
    versions = [range(first, len(planted), 80) for first in range(80)]
    pairs = [pair for places in versions for pair in combinations(places, 2)]
    close = [pair for pair in pairs if reference.similarity(*(sets[n] for n in pair)) >= 0.8]
    missed = [pair for pair in close if staying >= {ids[n] for n in pair}]
    assert len(close) > 100
    assert len(missed) <= 0.01 * len(close)


@pytest.mark.parametrize("disguise", DISGUISES)
def test_a_disguised_near_duplicate_is_one_too(tmp_path: Path, disguise: str) -> None:
    random = Random(3)
    original = text(random, 200)
    copy = DISGUISES[disguise](EDITS[0.02](original, random))
    corpus = clustered(tmp_path, [original, copy])
    _, (dropped,), _ = corpus.dedupe(NAME)
    assert dropped.reason == "near-duplicate"
    assert dropped.meta["similarity"] == round(jaccard(original, copy), 4)


def test_the_longest_stays(tmp_path: Path) -> None:
    corpus = clustered(tmp_path, [span(0, 99), span(0, 100), span(1, 99)])
    assert [decision[1] for decision in corpus.decisions().values()] == ["a/1/1", None, "a/1/1"]


def test_of_equal_length_that_of_the_preferred_source_stays(tmp_path: Path) -> None:
    parts = {(source, "1"): documents(source, "1", [span(n, n + 99)]) for n, source in
             enumerate("abc")}  # fmt: skip
    corpus = Corpus(tmp_path, parts)
    corpus.cluster(settings=DeduplicationSettings(prefer_sources="b"))
    assert [decision[1] for decision in corpus.decisions().values()] == ["b/1/0", None, "b/1/0"]


def test_what_is_similar_only_to_a_dropped_text_stays(tmp_path: Path) -> None:
    chain = [span(0, 100), span(12, 110), span(24, 120)]
    similarities = [jaccard(*pair) for pair in combinations(chain, 2)]
    assert [value >= LEAST for value in similarities] == [True, False, True]
    corpus = clustered(tmp_path, chain)
    assert [decision[1] for decision in corpus.decisions().values()] == [None, "a/1/0", None]


def test_the_most_similar_of_those_that_stay_is_named(tmp_path: Path) -> None:
    texts = [span(0, 103), span(26, 128), span(14, 115)]
    assert jaccard(*texts[:2]) < LEAST <= jaccard(*texts[::2]) < jaccard(*texts[1:])
    corpus = clustered(tmp_path, texts)
    assert [decision[1] for decision in corpus.decisions().values()] == [None, None, "a/1/1"]


def test_an_exact_copy_of_a_near_duplicate_has_its_fate(tmp_path: Path) -> None:
    corpus = clustered(tmp_path, [span(0, 99), span(0, 99).upper(), span(0, 100)])
    _, dropped, stats = corpus.dedupe(NAME)
    assert [(one.id, one.reason) for one in dropped] == [
        ("a/1/0", "near-duplicate"),
        ("a/1/1", "near-duplicate"),
    ]
    assert {(one.meta["duplicate_of"], one.meta["similarity"]) for one in dropped} == {
        ("a/1/2", round(95 / 96, 4))
    }
    assert stats["dropped"]["near-duplicate"]["documents"] == 2


def test_the_threshold_itself_is_similar_enough(tmp_path: Path) -> None:
    texts = [span(0, 99), span(0, 100)]
    for least, count in ((95 / 96, 1), (0.99, 0)):
        corpus = clustered(tmp_path, texts, min_similarity=least)
        assert len(corpus.dedupe(NAME)[1]) == count


def test_short_texts_are_copies_only_when_equal(tmp_path: Path) -> None:
    corpus = clustered(tmp_path, ["La mulți ani!", "La multi ani", "La mulți ani, mamă!", "—", "…"])
    kept, dropped, _ = corpus.dedupe(NAME)
    assert len(kept) == 3
    assert {one.reason for one in dropped} == {"duplicate"}


def test_a_template_that_is_filled_in_otherwise_stays(tmp_path: Path) -> None:
    villages = [
        f"{name} este un sat în comuna {name} din județul Alba, România. La recensământul din "
        f"2011 avea o populație de {people} locuitori."
        for name, people in [("Brazi", 312), ("Lunca", 87), ("Poiana", 1040)]
    ]
    assert clustered(tmp_path, villages).dedupe(NAME)[1] == []


def test_without_near_only_exact_copies_are_dropped(tmp_path: Path) -> None:
    corpus = clustered(tmp_path, [span(0, 99), span(0, 100), span(0, 99).upper()], near=False)
    assert [one.reason for one in corpus.dedupe(NAME)[1]] == ["duplicate"]


def test_without_folding_words_are_compared_as_they_stand(tmp_path: Path) -> None:
    texts = [span(0, 100), span(0, 99), span(0, 99).upper()]
    corpus = clustered(tmp_path, texts, fold=False)
    assert [one.id for one in corpus.dedupe(NAME)[1]] == ["a/1/1"]


def test_neither_parts_nor_their_order_change_what_stays(
    planted: list[str], deduplicated: Corpus, tmp_path: Path
) -> None:
    split = SplitSettings(valid=0.2, test=0.2)
    deduplicated.cluster(split)
    whole = {one.text: one.meta["split"] for one in deduplicated.dedupe(NAME)[0]}
    shuffled = Random(1).sample(planted, len(planted))
    cut = {("a", f"{n}"): documents("a", f"{n}", shuffled[n::3]) for n in range(3)}
    corpus = Corpus(tmp_path, cut)
    corpus.cluster(split, reverse=True)
    parts = {one.text: one.meta["split"] for name in cut for one in corpus.dedupe(name)[0]}
    assert parts == whole


def test_no_near_duplicate_stands_in_another_split(deduplicated: Corpus) -> None:
    deduplicated.cluster(SplitSettings(valid=0.2, test=0.2))
    kept = deduplicated.dedupe(NAME)[0]
    assert {one.meta["split"] for one in kept} == {"train", "valid", "test"}
    sets = [(one.meta["split"], reference.shingles(one.text, True, 5)) for one in kept]
    across = [pair for pair in combinations(sets, 2) if pair[0][0] != pair[1][0]]
    assert max(reference.similarity(one[1], other[1]) for one, other in across) < 0.8


def test_equal_signatures_give_equal_bytes_in_any_order(deduplicated: Corpus) -> None:
    path = deduplicated.path("clusters", NAME, "parquet")
    deduplicated.cluster()
    first = path.read_bytes()
    deduplicated.cluster()
    assert path.read_bytes() == first


def test_nothing_but_the_decisions_is_left(tmp_path: Path) -> None:
    corpus = clustered(tmp_path, [span(0, 99), span(0, 100)])
    files = [path.name for path in (tmp_path / "clusters").rglob("*") if path.is_file()]
    assert files == ["1.parquet"]
    assert corpus.dedupe(NAME)[1]


def test_nothing_is_left_of_a_run_that_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> float:
        raise KeyboardInterrupt

    monkeypatch.setattr("gpt2ro.dedupe.near.similarity", fail)
    with pytest.raises(KeyboardInterrupt):
        clustered(tmp_path, [span(0, 99), span(0, 100)])
    assert [path for path in (tmp_path / "clusters").rglob("*") if path.is_file()] == []


def test_a_shard_that_became_shorter_is_an_error(tmp_path: Path) -> None:
    corpus = clustered(tmp_path, [span(0, 99), span(0, 100)])
    write_documents(corpus.path("cleaned", NAME, "jsonl.zst"), documents(*NAME, [span(0, 99)]))
    expected = r"1\.jsonl\.zst: ends before document 2; .* run the step signatures again"
    with pytest.raises(UserError, match=expected):
        corpus.decide()


def test_a_shard_with_other_documents_is_an_error(tmp_path: Path) -> None:
    corpus = clustered(tmp_path, [span(0, 99), span(0, 100)])
    others = documents("b", "1", [span(0, 99), span(0, 100)])
    write_documents(corpus.path("cleaned", NAME, "jsonl.zst"), others)
    with pytest.raises(UserError, match=r"1\.jsonl\.zst: has b/1/0 where a/1/0 is expected; the"):
        corpus.decide()


def test_signatures_of_other_settings_are_an_error(tmp_path: Path) -> None:
    corpus = clustered(tmp_path, [span(0, 99)], near=False)
    with pytest.raises(UserError, match=r"1\.parquet: columns id, hash, characters found, .*band"):
        corpus.decide()
