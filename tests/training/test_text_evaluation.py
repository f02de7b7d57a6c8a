"""Scoring any text with any model folder."""

import json
import lzma
import subprocess
import sys
from pathlib import Path

import pytest
from tokenizers import Tokenizer
from world import SENTENCES, World

from gpt2ro.documents import Document, ShardWriter
from gpt2ro.errors import UserError
from gpt2ro.tokenization.shards import read_shards
from gpt2ro.training.config import load_experiment
from gpt2ro.training.run import train
from gpt2ro.training.text_evaluation import evaluate_texts

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def trained(world: World) -> World:
    """A model that was evaluated in contexts as long as it takes."""
    overrides = ["BATCH.CONTEXT", "32", "SCHEDULE.STEPS", "6"]
    train(load_experiment(world.experiment, overrides), world.paths, 1)
    return world


def texts_of(world: World, split: str) -> list[str]:
    tokenizer = Tokenizer.from_file(str(world.paths.tokenizer / "tokenizer.json"))
    texts = []
    for shard in read_shards(world.paths.tokens / split):
        documents = tokenizer.decode(shard.tokens.tolist(), skip_special_tokens=False)
        texts += documents.split("<|endoftext|>")[:-1]
    return texts


def test_a_shard_of_the_test_split_gives_the_figures_of_the_training(
    trained: World, tmp_path: Path
) -> None:
    path = tmp_path / "test.jsonl.zst"
    with ShardWriter(path) as shard:
        for number, text in enumerate(texts_of(trained, "test")):
            shard.write(Document(f"tales/a/{number}", text, "tales"))
    (found,) = evaluate_texts(trained.paths.model, [path], "cpu")
    assert found.rounded() == json.loads(trained.paths.metrics.read_text())["test"]


def test_a_text_file_is_one_document_compressed_or_not(trained: World, tmp_path: Path) -> None:
    text = "\n".join(SENTENCES).encode()
    (tmp_path / "a.txt").write_bytes(text)
    (tmp_path / "a.txt.xz").write_bytes(lzma.compress(text))
    plain, compressed = evaluate_texts(
        trained.paths.model, [tmp_path / "a.txt", tmp_path / "a.txt.xz"], "cpu"
    )
    assert plain == compressed
    assert plain.bytes == len(text)


def test_the_script_prints_a_line_for_each_text(trained: World, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(SENTENCES[0])
    command = [sys.executable, "workflow/scripts/evaluate.py", str(trained.paths.model)]
    done = subprocess.run(
        [*command, str(tmp_path / "a.txt"), "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout)["bytes"] == len(SENTENCES[0].encode())


def test_a_missing_and_an_empty_text_are_told(trained: World, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"gone\.txt: no such file; name a text file"):
        list(evaluate_texts(trained.paths.model, [tmp_path / "gone.txt"], "cpu"))
    (tmp_path / "empty.txt").write_text("\n")
    with pytest.raises(UserError, match=r"empty\.txt: holds no words"):
        list(evaluate_texts(trained.paths.model, [tmp_path / "empty.txt"], "cpu"))
