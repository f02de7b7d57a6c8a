import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpt2ro.errors import UserError
from gpt2ro.files import write_json
from gpt2ro.tokenization.shards import TokenShardWriter, read_shard, read_shards, word_count

END = 256


def write_shard(path: Path, ids: list[list[int]], tokenizer: str = "t" * 64) -> None:
    with TokenShardWriter(path, tokenizer, END) as shard:
        for document in ids:
            shard.write(document, "două vorbe")


def test_reads_back_ids_and_facts(tmp_path: Path) -> None:
    write_shard(tmp_path / "s" / "p.txt.bin", [[1, 2], [3]])
    (shard,) = read_shards(tmp_path)
    assert shard.tokens.tolist() == [1, 2, END, 3, END]
    assert shard.tokens.dtype == np.uint16
    assert (shard.documents, shard.bytes, shard.words) == (2, 2 * 11, 4)
    assert (shard.source, shard.part, shard.end_of_text) == ("s", "p.txt", END)


@given(st.lists(st.text("aț.\U0001f600"), max_size=9), st.sampled_from([" ", "\n", "\n\n"]))
def test_counts_the_words_that_split_counts_in_cleaned_text(words: list[str], blank: str) -> None:
    text = blank.join(words)
    assert word_count(text.encode()) == len(text.split())


def test_is_readable_by_numpy_alone(tmp_path: Path) -> None:
    write_shard(tmp_path / "s" / "p.bin", [[1, 65535]])
    assert np.fromfile(tmp_path / "s" / "p.bin", "<u2").tolist() == [1, 65535, END]


def test_tokens_cannot_be_written_to(tmp_path: Path) -> None:
    write_shard(tmp_path / "s" / "p.bin", [[1]])
    with pytest.raises(ValueError, match="read-only"):
        read_shard(tmp_path / "s" / "p.bin").tokens[0] = 2


def test_an_empty_shard_has_no_tokens(tmp_path: Path) -> None:
    write_shard(tmp_path / "s" / "p.bin", [])
    assert read_shard(tmp_path / "s" / "p.bin").tokens.shape == (0,)


def test_shards_are_sorted_by_source_and_part(tmp_path: Path) -> None:
    for name in ("b/1", "a/2", "a/10", "a-b/1"):
        write_shard(tmp_path / f"{name}.bin", [[1]])
    names = [(shard.source, shard.part) for shard in read_shards(tmp_path)]
    assert names == [("a", "10"), ("a", "2"), ("a-b", "1"), ("b", "1")]


def test_a_folder_without_shards_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no token shards .* run the step encode"):
        read_shards(tmp_path / "train")


def test_a_cut_shard_is_an_error_with_both_sizes(tmp_path: Path) -> None:
    path = tmp_path / "s" / "p.bin"
    write_shard(path, [[1, 2, 3]])
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(UserError, match=r"p\.bin: 7 bytes found, 8 expected \(4 tokens"):
        read_shards(tmp_path)


def test_a_shard_without_description_is_an_error(tmp_path: Path) -> None:
    write_shard(tmp_path / "s" / "p.bin", [[1]])
    (tmp_path / "s" / "p.json").unlink()
    with pytest.raises(UserError, match=r"p\.json: not found"):
        read_shards(tmp_path)


def test_a_description_without_its_shard_is_an_error(tmp_path: Path) -> None:
    write_shard(tmp_path / "s" / "p.bin", [[1]])
    (tmp_path / "s" / "p.bin").unlink()
    with pytest.raises(UserError, match=r"p\.bin: not found beside p\.json"):
        read_shard(tmp_path / "s" / "p.bin")


@pytest.mark.parametrize("content", [{}, {"tokens": "many"}, ["tokens"]])
def test_a_strange_description_is_an_error(tmp_path: Path, content: object) -> None:
    write_shard(tmp_path / "s" / "p.bin", [[1]])
    write_json(tmp_path / "s" / "p.json", content)
    with pytest.raises(UserError, match=r"p\.json: not a description of a token shard"):
        read_shards(tmp_path)


def test_shards_of_two_tokenizers_are_an_error(tmp_path: Path) -> None:
    write_shard(tmp_path / "s" / "1.bin", [[1]], "a" * 64)
    write_shard(tmp_path / "s" / "2.bin", [[1]], "b" * 64)
    with pytest.raises(
        UserError, match=r"2\.bin: made by tokenizer bbbbbbbbbbbb, but .* aaaaaaaaa"
    ):
        read_shards(tmp_path)


def test_a_failed_write_leaves_nothing_that_looks_complete(tmp_path: Path) -> None:
    path = tmp_path / "s" / "p.bin"
    write_shard(path, [[1]])
    with pytest.raises(RuntimeError), TokenShardWriter(path, "t", END) as shard:
        shard.write([1, 2], "x")
        raise RuntimeError
    assert not (tmp_path / "s" / "p.json").exists()
    assert [file.name for file in (tmp_path / "s").iterdir()] == ["p.bin"]


def test_the_description_holds_the_checksum_of_the_ids(tmp_path: Path) -> None:
    write_shard(tmp_path / "s" / "p.bin", [[1], [2]])
    facts = json.loads((tmp_path / "s" / "p.json").read_text())
    assert facts["sha256"] == hashlib.sha256((tmp_path / "s" / "p.bin").read_bytes()).hexdigest()


def test_only_the_wanted_parts_are_opened(tmp_path: Path) -> None:
    for part in ("a", "left-behind"):
        path = tmp_path / "tales" / f"{part}.bin"
        path.parent.mkdir(exist_ok=True)
        with TokenShardWriter(path, "0" * 64, 1) as shard:
            shard.write([0], "x")
    assert [shard.part for shard in read_shards(tmp_path, ["tales/a"])] == ["a"]
    assert len(read_shards(tmp_path)) == 2


def test_a_shard_that_is_missing_is_told_by_what_is_left_of_it_and_by_its_part(
    tmp_path: Path,
) -> None:
    for part in ("a", "b"):
        write_shard(tmp_path / "s" / f"{part}.bin", [[1]])
    (tmp_path / "s" / "a.bin").unlink()
    with pytest.raises(UserError, match=r"s/a\.bin: not found beside a\.json"):
        read_shards(tmp_path)
    (tmp_path / "s" / "a.json").unlink()
    assert len(read_shards(tmp_path)) == 1
    with pytest.raises(UserError, match=r"s/a\.json: not found"):
        read_shards(tmp_path, ["s/a", "s/b"])
