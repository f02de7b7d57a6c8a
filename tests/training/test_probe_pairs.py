"""The pairs that are shipped in data/probes."""

import re
from collections import Counter
from pathlib import Path

import pytest

from gpt2ro.training.probes import Pair, read_probes

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "data" / "probes"
CEDILLA = "şŞţŢ"


@pytest.fixture(scope="module")
def shipped() -> list[Pair]:
    return read_probes(SHIPPED)


@pytest.fixture(scope="module")
def demo_corpus() -> str:
    texts = (ROOT / "data" / "demo" / "source").glob("*.txt")
    corpus = "\n".join(path.read_text(encoding="utf-8") for path in texts)
    assert len(corpus) > 400_000
    return corpus


def test_there_are_enough_pairs_of_enough_phenomena(shipped: list[Pair]) -> None:
    counts = Counter(pair.phenomenon for pair in shipped)
    assert len(shipped) == 720
    assert len(counts) == 11
    assert min(counts.values()) >= 60


def test_the_readme_counts_them_right(shipped: list[Pair]) -> None:
    readme = (SHIPPED / "README.md").read_text(encoding="utf-8")
    table = dict(re.findall(r"^\| `(\w+)\.tsv` \| (\d+) \|", readme, re.MULTILINE))
    counts = Counter(pair.phenomenon for pair in shipped)
    assert {name: int(count) for name, count in table.items()} == counts
    assert readme.split("\n")[2].startswith(f"{len(shipped)} minimal pairs")


def test_the_examples_of_the_readme_are_pairs(shipped: list[Pair]) -> None:
    readme = (SHIPPED / "README.md").read_text(encoding="utf-8").replace("**", "")
    rows = re.findall(r"^\| `(\w+)\.tsv` .*\| (.+) \| (.+) \|$", readme, re.MULTILINE)
    assert {(pair.phenomenon, pair.correct, pair.wrong) for pair in shipped} >= set(rows)
    assert len(rows) == 11


def test_no_sentence_stands_twice(shipped: list[Pair]) -> None:
    sentences = Counter(text for pair in shipped for text in (pair.correct, pair.wrong))
    assert [text for text, count in sentences.items() if count > 1] == []


def test_the_sentences_of_a_pair_differ_in_one_word(shipped: list[Pair]) -> None:
    for pair in shipped:
        right, wrong = pair.correct.split(" "), pair.wrong.split(" ")
        assert len(right) == len(wrong), pair
        assert sum(one != other for one, other in zip(right, wrong, strict=True)) == 1, pair


def test_sentences_are_whole_and_written_with_the_right_letters(shipped: list[Pair]) -> None:
    for pair in shipped:
        for text in (pair.correct, pair.wrong):
            assert re.fullmatch(r"[A-ZÎȘȚĂÂ][a-zA-ZăâîșțĂÂÎȘȚ ,-]+[.?!]", text), text
            assert not set(text) & set(CEDILLA)


def test_no_sentence_stands_in_the_demo_corpus(shipped: list[Pair], demo_corpus: str) -> None:
    found = [text for pair in shipped for text in (pair.correct, pair.wrong) if text in demo_corpus]
    assert found == []


def test_the_frequency_of_words_does_not_tell_which_is_right(
    shipped: list[Pair], demo_corpus: str
) -> None:
    """The words that differ are right about as often as they are wrong, by phenomenon."""
    frequency = Counter(re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", demo_corpus.lower()))
    points: dict[str, list[float]] = {}
    for pair in shipped:
        both = zip(words_of(pair.correct), words_of(pair.wrong), strict=True)
        right, wrong = next((one, other) for one, other in both if one != other)
        more = (frequency[right] > frequency[wrong]) + (frequency[right] >= frequency[wrong])
        points.setdefault(pair.phenomenon, []).append(more / 2)
    for phenomenon, found in points.items():
        assert 0.42 < sum(found) / len(found) < 0.58, phenomenon


def words_of(text: str) -> list[str]:
    return [word.strip(".,?!").lower() for word in text.split(" ")]
