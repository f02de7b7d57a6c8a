"""Our trainer learns the merges of tokenizers, or tokenizers learns them."""

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from parts import stats_of, train_documents, write_part
from tokenizers.pre_tokenizers import ByteLevel

from gpt2ro.documents import Document
from gpt2ro.errors import UserError
from gpt2ro.files import read_json
from gpt2ro.native import TrainDocuments, pieces
from gpt2ro.tokenization import trainers
from gpt2ro.tokenization.sampling import SourceSample
from gpt2ro.tokenization.settings import TokenizerSettings
from gpt2ro.tokenization.tokenizer import write_tokenizer
from gpt2ro.tokenization.train_texts import TrainTexts
from gpt2ro.tokenization.trainers import (
    Merge,
    checked_merges,
    documents_of,
    native_merges,
    tokenizers_merges,
)

# What the pre-tokenizer treats differently, and what is more than one line.
PIECES = [
    *"aabcșț19.,'-\n\n \t\v",
    "  ",
    "\n\n\n",
    "n-a",
    " 's",
    "'ll",
    "\u00a0",
    "한",
    "😀",
    "\x85",
]
# Long words, and words of one letter, whose pairs overlap.
WORDS = ["a" * 40, "aaa", "ab" * 30, "\0\0", "preaînțelepțește", " "]


def tangled_texts(seed: int, count: int = 30) -> list[str]:
    choice = random.Random(seed)
    from_these = PIECES + WORDS * (seed % 2)
    return ["".join(choice.choices(from_these, k=choice.randint(1, 80))) for _ in range(count)]


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("size", [260, 300, 4096])
def test_our_trainer_learns_the_merges_of_tokenizers(seed: int, size: int) -> None:
    asked = TokenizerSettings(vocabulary=size, min_frequency=1 + seed % 3)
    texts = tangled_texts(seed)
    found = native_merges(documents_of(texts), asked)
    assert found == tokenizers_merges(texts, asked)
    assert found


@given(st.lists(st.text("ab \n\tș.'s") | st.text(st.characters(max_codepoint=0x557))))
@settings(max_examples=100)
def test_any_texts_give_the_same(texts: list[str]) -> None:
    asked = TokenizerSettings(vocabulary=280)
    assert native_merges(documents_of(texts), asked) == tokenizers_merges(texts, asked)


def cut(text: str) -> list[str]:
    return [text[slice(*place)] for _, place in ByteLevel(False).pre_tokenize_str(text)]


def test_texts_are_cut_as_tokenizers_cuts_them_at_every_character_of_europe() -> None:
    # Behind them, newer versions of Unicode know letters that older ones do not.
    for code in (*range(0x530), *range(0x1E00, 0x1F00), *range(0x2000, 0x2070)):
        text = f"a{chr(code)}a1{chr(code)}1  {chr(code)} {chr(code)}{chr(code)}"
        assert pieces(text) == cut(text), hex(code)


@given(st.text("aș1.,' \n\t\u00a0\u3000😀srvedlmt"))
@settings(max_examples=300)
def test_any_text_is_cut_as_tokenizers_cuts_it(text: str) -> None:
    assert pieces(text) == cut(text)


def test_nothing_is_merged_across_two_texts() -> None:
    texts = ["a", "b"] * 50
    assert native_merges(documents_of(texts), TokenizerSettings(vocabulary=300)) == []


def other_merges(documents: TrainDocuments, settings: TokenizerSettings) -> list[Merge]:
    return [("q", "q")]


def test_other_merges_from_the_sample_make_tokenizers_learn_all(
    part: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = TokenizerSettings(vocabulary=400)
    write_tokenizer([part], [stats_of(part)], tmp_path / "before", asked)
    monkeypatch.setattr(trainers, "native_merges", other_merges)
    write_tokenizer([part], [stats_of(part)], tmp_path / "after", asked)
    for name in ("tokenizer.json", "vocab.json", "merges.txt", "tokenizer_config.json"):
        assert (tmp_path / "after" / name).read_bytes() == (tmp_path / "before" / name).read_bytes()
    before, after = (read_json(tmp_path / name / "stats.json") for name in ("before", "after"))
    assert before.pop("trainer") == "gpt2ro"
    assert after.pop("trainer") == "tokenizers"
    assert after == before
    assert "other merges from a sample; learning by tokenizers." in capsys.readouterr().err


def test_the_trainer_is_a_setting(
    part: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def not_called(*arguments: object) -> None:
        raise AssertionError("our trainer was called")

    monkeypatch.setattr(trainers, "native_merges", not_called)
    asked = TokenizerSettings(vocabulary=400, trainer="tokenizers")
    write_tokenizer([part], [stats_of(part)], tmp_path, asked)
    assert read_json(tmp_path / "stats.json")["trainer"] == "tokenizers"


def test_the_sample_is_from_everywhere_and_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def noted(texts: list[str], settings: TokenizerSettings) -> list[Merge]:
        seen.extend(texts)
        return []

    monkeypatch.setattr(trainers, "tokenizers_merges", noted)
    documents = TrainDocuments(0, None, 0, 20_000)
    for number in range(1000):
        documents.add(f"{number} " + "vers\n" * 800 + "sfârșit")
    with pytest.raises(trainers.DifferentMergesError):
        checked_merges(documents, documents.everywhere, TokenizerSettings(vocabulary=300))
    assert sum(len(text.encode()) for text in seen) <= trainers.SAMPLE_BYTES
    numbers = [int(text.split()[0]) for text in seen]
    assert numbers[0] == 0
    assert 75 <= len(set(numbers)) <= trainers.SAMPLE_PIECES
    assert max(numbers) > 980


def parts_of_two(folder: Path) -> list[Path]:
    """Two parts, the second with lines that no stage of ours writes in this form."""
    documents = train_documents(60)
    documents[3].meta["split"] = "valid"
    documents[40].id = 's/p/"40"'
    documents[41].reason = "none"
    documents[42].meta["split"] = "test"
    paths = [folder / "s" / f"{name}.jsonl.zst" for name in "ab"]
    for path, some in zip(paths, (documents[:30], documents[30:]), strict=True):
        write_part(path, some)
    return paths


@pytest.mark.parametrize("share", [1.0, 0.5])
@pytest.mark.parametrize("threads", [1, 2])
def test_the_same_texts_are_counted_as_are_read(tmp_path: Path, share: float, threads: int) -> None:
    asked = TokenizerSettings(vocabulary=400)
    texts = TrainTexts(parts_of_two(tmp_path), SourceSample({"s": share}, 3), 8_000, threads)
    read = list(texts)
    expected = texts.documents, texts.bytes, texts.sample.texts
    documents, everywhere = texts.counted()
    assert (texts.documents, texts.bytes, texts.sample.texts) == expected
    assert len(read) == texts.documents
    assert native_merges(documents, asked) == tokenizers_merges(read, asked)
    assert {text[:2000] for text in read} >= set(everywhere)
    assert everywhere


def test_a_document_without_a_split_is_told_where_texts_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "s" / "p.jsonl.zst"
    write_part(path, [Document("s/p/0", "Text.", "s", {})])
    texts = TrainTexts([path], SourceSample({"s": 1.0}, 1), 100, 1)
    with pytest.raises(UserError, match=r"meta\.split of s/p/0 is None; expected train, valid"):
        texts.counted()


def test_what_is_learned_does_not_depend_on_how_texts_come() -> None:
    texts = tangled_texts(7)
    asked = TokenizerSettings(vocabulary=400)
    left, right = documents_of(texts[:11]), documents_of(texts[11:])
    right.take_counts(left)
    assert native_merges(right, asked) == native_merges(documents_of(texts), asked)
