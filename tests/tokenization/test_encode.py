import json
from pathlib import Path
from typing import ClassVar

import pytest
import zstandard
from tokenizers import Tokenizer

from gpt2ro.documents import Document, ShardWriter, write_documents
from gpt2ro.errors import UserError
from gpt2ro.files import read_json, sha256
from gpt2ro.tokenization import encode
from gpt2ro.tokenization.encode import batches, encode_part
from gpt2ro.tokenization.encoders import (
    CheckedEncoder,
    Encoded,
    GigatokenEncoder,
    Texts,
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
    monkeypatch.setattr(encode, "BATCH_BYTES", 1)
    single = encoded(tokenizer_folder / "tokenizer.json", tmp_path / "b")
    assert {s: shard.sha256 for s, shard in whole.items()} == {
        s: shard.sha256 for s, shard in single.items()
    }


def test_a_batch_ends_with_the_block_of_lines_that_fills_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One document is as long as a block; numbers, as compression would hide how long it is.
    long = " ".join(str(n * n) for n in range(60_000))
    texts = ["a", long, "b", long, "c"]
    write_documents(
        tmp_path / "p.zst",
        [Document(f"s/p/{n}", text, "s", {"split": "valid"}) for n, text in enumerate(texts)],
    )
    monkeypatch.setattr(encode, "BATCH_BYTES", 1000)
    found = list(batches(tmp_path / "p.zst"))
    assert [text.decode() for batch in found for text in batch.texts] == texts
    assert len(found) > 1
    assert [size for batch in found for size in batch.sizes] == [len(text) for text in texts]
    assert [number for batch in found for number in batch.words] == [1, 60_000, 1, 60_000, 1]
    assert all(set(batch.splits) == {1} for batch in found)


def test_a_document_in_another_form_of_json_is_encoded_too(
    tokenizer_folder: Path, tmp_path: Path
) -> None:
    for name in ("usual", "other"):
        (tmp_path / name).mkdir()
    usual = encoded(tokenizer_folder / "tokenizer.json", tmp_path / "usual")
    lines = zstandard.decompress((tmp_path / "usual" / "p.zst").read_bytes(), 1 << 20).splitlines()
    lines[1] = lines[1].replace(b'":', b'" : ')
    with ShardWriter(tmp_path / "other" / "p.zst") as shard:
        shard.write_lines(b"\n".join([*lines, b""]), len(lines), 0)
    outputs = {split: tmp_path / "other" / split / "s" / "p.bin" for split in TEXTS}
    encode_part(tmp_path / "other" / "p.zst", tokenizer_folder / "tokenizer.json", outputs)
    for split in TEXTS:
        (other,) = read_shards(tmp_path / "other" / split)
        facts = ("sha256", "documents", "bytes", "words")
        assert [getattr(other, fact) for fact in facts] == [
            getattr(usual[split], fact) for fact in facts
        ]


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

    def encode(self, texts: Texts) -> Encoded:
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

        def encode(self, texts: Texts) -> Encoded:
            self.seen.extend(map(str, texts))
            return super().encode(texts)

    tokenizer, _ = read_tokenizer(tokenizer_folder / "tokenizer.json")
    fast = GigatokenEncoder((tokenizer_folder / "tokenizer.json").read_text())
    checked = CheckedEncoder(fast, Recorder(tokenizer))
    checked.encode(["a" * 3_000, *["b"] * 511, "c"])
    checked.encode(["d"])
    assert Recorder.seen == ["a" * 2_000, "c", "d"]
