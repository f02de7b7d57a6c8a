"""gigabpe learns the merges of tokenizers, or tokenizers learns them."""

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from parts import SENTENCES, stats_of

from gpt2ro.files import read_json
from gpt2ro.tokenization import trainers
from gpt2ro.tokenization.settings import TokenizerSettings
from gpt2ro.tokenization.tokenizer import write_tokenizer
from gpt2ro.tokenization.trainers import (
    DifferentMergesError,
    Merge,
    gigabpe_merges,
    learned_merges,
    sample_texts,
    text_line,
    tokenizers_merges,
)

# What the pre-tokenizer treats differently, and what is more than one line.
PIECES = [*"aabcșț19.,'-\n\n \t", "  ", "\n\n\n", "n-a", " 's", "\u00a0", "한", "😀", "\x85"]


def tangled_texts(seed: int, count: int = 30) -> list[str]:
    choice = random.Random(seed)
    return ["".join(choice.choices(PIECES, k=choice.randint(1, 80))).rstrip() for _ in range(count)]


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("size", [260, 300, 4096])
def test_gigabpe_learns_the_merges_of_tokenizers(tmp_path: Path, seed: int, size: int) -> None:
    asked = TokenizerSettings(vocabulary=size, min_frequency=1 + seed % 3)
    texts = tangled_texts(seed)
    found = gigabpe_merges(texts, asked, tmp_path)
    assert found == tokenizers_merges(texts, asked)
    assert found


def test_line_ends_are_merged_as_in_one_text(tmp_path: Path) -> None:
    texts = ["strofă\n\n\nstrofă\n  vers"] * 5
    merges = gigabpe_merges(texts, TokenizerSettings(vocabulary=300), tmp_path)
    assert ("Ċ", "Ċ") in merges
    assert ("Ċ", "Ġ") in merges


def test_nothing_is_merged_across_two_texts(tmp_path: Path) -> None:
    merges = gigabpe_merges(["a", "b"] * 50, TokenizerSettings(vocabulary=300), tmp_path)
    assert merges == []


@given(st.lists(st.text("ab \n\tș.").map(str.strip)))
@settings(max_examples=50)
def test_any_cleaned_texts_give_the_same(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    asked = TokenizerSettings(vocabulary=280)
    folder = tmp_path_factory.getbasetemp()
    assert gigabpe_merges(texts, asked, folder) == tokenizers_merges(texts, asked)


@pytest.mark.parametrize("text", ["a\vb", "a ", "a\n"])
def test_a_text_that_a_line_cannot_hold_is_learned_by_tokenizers(
    tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = TokenizerSettings(vocabulary=300)
    texts = [*SENTENCES, text]
    merges, name = learned_merges(texts, asked, tmp_path)
    assert (merges, name) == (tokenizers_merges(texts, asked), "tokenizers")
    assert capsys.readouterr().err == (
        "tokenizer: a text has a vertical tab, or a blank at its end; learning by tokenizers.\n"
    )


def other_merges(*arguments: object, **options: object) -> tuple[dict[str, int], list[Merge]]:
    return {}, [("q", "q")]


def test_other_merges_from_the_sample_make_tokenizers_learn_all(
    part: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = TokenizerSettings(vocabulary=400)
    write_tokenizer([part], [stats_of(part)], tmp_path / "before", asked)
    monkeypatch.setattr(trainers.gigabpe, "train_bpe", other_merges)
    write_tokenizer([part], [stats_of(part)], tmp_path / "after", asked)
    for name in ("tokenizer.json", "vocab.json", "merges.txt", "tokenizer_config.json"):
        assert (tmp_path / "after" / name).read_bytes() == (tmp_path / "before" / name).read_bytes()
    before, after = (read_json(tmp_path / name / "stats.json") for name in ("before", "after"))
    assert before.pop("trainer") == "gigabpe"
    assert after.pop("trainer") == "tokenizers"
    assert after == before
    assert "other merges from a sample; learning by tokenizers." in capsys.readouterr().err


def test_the_trainer_is_a_setting(
    part: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def not_called(*arguments: object, **options: object) -> None:
        raise AssertionError("gigabpe was called")

    monkeypatch.setattr(trainers.gigabpe, "train_bpe", not_called)
    asked = TokenizerSettings(vocabulary=400, trainer="tokenizers")
    write_tokenizer([part], [stats_of(part)], tmp_path, asked)
    assert read_json(tmp_path / "stats.json")["trainer"] == "tokenizers"


def test_the_sample_is_from_everywhere_and_bounded(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    texts = [f"{number} " + "vers\n" * 500 + "sfârșit" for number in range(1000)]
    path.write_bytes(b"".join(map(text_line, texts)))
    with path.open("rb") as file:
        sample = sample_texts(file)
    assert sum(len(text.encode()) for text in sample) <= trainers.SAMPLE_BYTES
    assert all(any(text.startswith(piece) for text in texts) for piece in sample[:3])
    numbers = [int(text.split()[0]) for text in sample if text]
    assert numbers[0] == 0
    assert len(set(numbers)) == trainers.SAMPLE_PIECES
    assert max(numbers) > 990


def test_nothing_is_left_in_the_folder(tmp_path: Path) -> None:
    gigabpe_merges(SENTENCES, TokenizerSettings(vocabulary=300), tmp_path)
    with pytest.raises(DifferentMergesError):
        gigabpe_merges(["a "], TokenizerSettings(vocabulary=300), tmp_path)
    assert list(tmp_path.iterdir()) == []
