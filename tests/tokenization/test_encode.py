import json
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import pytest
from tokenizers import Tokenizer

from gpt2ro.documents import Document, write_documents
from gpt2ro.errors import UserError
from gpt2ro.files import read_json, sha256
from gpt2ro.tokenization import encode
from gpt2ro.tokenization.encode import batches, encode_part
from gpt2ro.tokenization.encoders import (
    CheckedEncoder,
    Encoded,
    GigatokenEncoder,
    TokenizersEncoder,
)
from gpt2ro.tokenization.shards import TokenShard, read_shards
from gpt2ro.tokenization.tokenizer import byte_level_tokenizer
from gpt2ro.tokenization.tokenizer_file import END_OF_TEXT, read_tokenizer

TEXTS = {
    "train": ["Pisica s-a suit în pom.", f"Un text cu {END_OF_TEXT} în el.", "Țăranul și boii."],
    "valid": ["Fata împăratului."],
    "test": [],
}


def encoded(tokenizer: Path, folder: Path) -> dict[str, TokenShard]:
    """Encode TEXTS, the splits interleaved, and return the shard of each split."""
    documents = [
        Document(f"s/p/{split}{n}", text, "s", {"split": split})
        for split, texts in TEXTS.items()
        for n, text in enumerate(texts)
    ]
    write_documents(folder / "p.zst", documents[::-1])
    outputs = {split: folder / split / "s" / "p.bin" for split in TEXTS}
    encode_part(folder / "p.zst", tokenizer, outputs)
    return {split: read_shards(folder / split)[0] for split in TEXTS}


def test_every_split_gets_its_documents_each_ended(tokenizer_folder: Path, tmp_path: Path) -> None:
    shards = encoded(tokenizer_folder / "tokenizer.json", tmp_path)
    tokenizer = Tokenizer.from_file(str(tokenizer_folder / "tokenizer.json"))
    for split, texts in TEXTS.items():
        decoded = tokenizer.decode(shards[split].tokens.tolist(), skip_special_tokens=False)
        assert decoded == "".join(f"{text}{END_OF_TEXT}" for text in texts[::-1])
        assert shards[split].documents == len(texts)


def test_a_text_cannot_end_its_document(tokenizer_folder: Path, tmp_path: Path) -> None:
    train = encoded(tokenizer_folder / "tokenizer.json", tmp_path)["train"]
    assert (train.tokens == train.end_of_text).sum() == train.documents == 3


def test_counts_bytes_and_words_of_the_texts(tokenizer_folder: Path, tmp_path: Path) -> None:
    train = encoded(tokenizer_folder / "tokenizer.json", tmp_path)["train"]
    assert train.bytes == sum(len(text.encode()) for text in TEXTS["train"])
    assert train.words == 5 + 6 + 3
    assert train.tokenizer_sha256 == sha256(tokenizer_folder / "tokenizer.json")


def test_the_size_of_a_batch_does_not_change_the_bytes(
    tokenizer_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    whole = encoded(tokenizer_folder / "tokenizer.json", tmp_path / "a")
    monkeypatch.setattr(encode, "BATCH_CHARACTERS", 1)
    single = encoded(tokenizer_folder / "tokenizer.json", tmp_path / "b")
    assert {s: shard.sha256 for s, shard in whole.items()} == {
        s: shard.sha256 for s, shard in single.items()
    }


def test_batches_hold_about_the_characters_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encode, "BATCH_CHARACTERS", 5)
    documents = [
        (Document(str(n), "a" * size, "s"), "train") for n, size in enumerate([2, 3, 1, 7])
    ]
    assert [[d.id for d, _ in batch] for batch in batches(documents)] == [["0", "1"], ["2", "3"]]


def test_a_missing_tokenizer_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"none\.json: not found; run the step tokenizer"):
        encoded(tmp_path / "none.json", tmp_path)


def test_a_damaged_tokenizer_is_an_error(tokenizer_folder: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "tokenizer.json"
    damaged.write_bytes((tokenizer_folder / "tokenizer.json").read_bytes()[:500])
    with pytest.raises(UserError, match=r"tokenizer\.json: not a tokenizer \("):
        encoded(damaged, tmp_path)


def test_a_tokenizer_without_end_of_text_is_an_error(
    tokenizer_folder: Path, tmp_path: Path
) -> None:
    content = (tokenizer_folder / "tokenizer.json").read_text()
    other = tmp_path / "tokenizer.json"
    other.write_text(content.replace(END_OF_TEXT, "<|end|>"))
    with pytest.raises(UserError, match=r"the token <\|endoftext\|> is missing"):
        encoded(other, tmp_path)


def test_a_vocabulary_too_large_for_the_shards_is_an_error(tmp_path: Path) -> None:
    vocabulary = {f"t{n}": n for n in range(65_536)} | {END_OF_TEXT: 65_536}
    large = tmp_path / "tokenizer.json"
    large.write_text(byte_level_tokenizer(vocabulary, []).to_str())
    with pytest.raises(UserError, match="65,537 tokens found, at most 65,536 fit"):
        encoded(large, tmp_path)


def test_equal_documents_give_equal_bytes(tokenizer_folder: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        encoded(tokenizer_folder / "tokenizer.json", tmp_path / name)
    for file in ("train/s/p.bin", "train/s/p.json", "test/s/p.json"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()
    assert json.loads((tmp_path / "a" / "test/s/p.json").read_text())["tokens"] == 0


def test_a_document_without_a_split_is_an_error(tokenizer_folder: Path, tmp_path: Path) -> None:
    write_documents(tmp_path / "p.zst", [Document("s/p/0", "Text.", "s")])
    outputs = {split: tmp_path / split / "s" / "p.bin" for split in TEXTS}
    with pytest.raises(
        UserError, match=r"meta\.split of s/p/0 is None; expected train, valid, test"
    ):
        encode_part(tmp_path / "p.zst", tokenizer_folder / "tokenizer.json", outputs)
    assert not list(tmp_path.glob("*/s/*"))


class WrongEncoder(GigatokenEncoder):
    """An encoder with a fault: the first id of every call is another."""

    def encode(self, texts: Sequence[str]) -> Encoded:
        right = super().encode(texts)
        right.ids[:1] ^= 1
        return right


def test_a_part_that_the_fast_encoder_gets_wrong_is_encoded_by_tokenizers(
    tokenizer_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "fast").mkdir()
    (tmp_path / "wrong").mkdir()
    fast = encoded(tokenizer_folder / "tokenizer.json", tmp_path / "fast")
    monkeypatch.setattr(encode, "GigatokenEncoder", WrongEncoder)
    slow = encoded(tokenizer_folder / "tokenizer.json", tmp_path / "wrong")
    assert "the ids of gigatoken and tokenizers differ; encoding all" in capsys.readouterr().err
    for split in TEXTS:
        assert slow[split].sha256 == fast[split].sha256
        names = [
            read_json(tmp_path / run / split / "s" / "p.json")["encoder"]
            for run in ("fast", "wrong")
        ]
        assert names == ["gigatoken", "tokenizers"]


def test_the_sample_reaches_every_batch_and_no_more_than_asked(tokenizer_folder: Path) -> None:
    class Recorder(TokenizersEncoder):
        seen: ClassVar[list[str]] = []

        def encode(self, texts: Sequence[str]) -> Encoded:
            self.seen.extend(texts)
            return super().encode(texts)

    tokenizer, _ = read_tokenizer(tokenizer_folder / "tokenizer.json")
    fast = GigatokenEncoder((tokenizer_folder / "tokenizer.json").read_text())
    checked = CheckedEncoder(fast, Recorder(tokenizer))
    checked.encode(["a" * 3_000, *["b"] * 511, "c"])
    checked.encode(["d"])
    assert Recorder.seen == ["a" * 2_000, "c", "d"]
