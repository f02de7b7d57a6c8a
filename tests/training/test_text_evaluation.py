"""Scoring any text with any model folder."""

import json
import lzma
import re
import runpy
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard
from tokenizers import Tokenizer
from world import SENTENCES, World, make_world

from gpt2ro.documents import Document, ShardWriter
from gpt2ro.errors import UserError
from gpt2ro.tokenization.shards import read_shards
from gpt2ro.training.config import load_experiment
from gpt2ro.training.run import train
from gpt2ro.training.text_evaluation import TextEvaluator
from gpt2ro.training.weights import load_gpt2

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "workflow" / "scripts" / "evaluate.py"


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> World:
    """A model that was trained and evaluated in contexts of 16 tokens and takes 32."""
    world = make_world(tmp_path_factory.mktemp("trained"))
    train(load_experiment(world.experiment, ["SCHEDULE.STEPS", "6"]), world.paths, 1)
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
    found = TextEvaluator(trained.paths.model, "cpu", context=16).metrics(path)
    expected = json.loads(trained.paths.metrics.read_text())["test"]
    assert {**found.rounded(), "sources": {"tales": found.rounded()}} == expected


def test_only_one_split_of_a_shard_is_scored_when_asked(trained: World, tmp_path: Path) -> None:
    path = tmp_path / "all.jsonl.zst"
    documents = [
        Document(f"tales/a/{number}", text, "tales", meta={"split": split})
        for split in ("train", "valid", "test")
        for number, text in enumerate(texts_of(trained, split))
    ]
    with ShardWriter(path) as shard:
        for document in documents:
            shard.write(document)
    evaluator = TextEvaluator(trained.paths.model, "cpu", context=16)
    found = evaluator.metrics(path, "test")
    expected = json.loads(trained.paths.metrics.read_text())["test"]
    assert {**found.rounded(), "sources": expected["sources"]} == expected
    assert evaluator.metrics(path).tokens > found.tokens


def test_a_split_of_what_has_no_splits_is_told(trained: World, tmp_path: Path) -> None:
    path = tmp_path / "all.jsonl.zst"
    with ShardWriter(path) as shard:
        shard.write(Document("tales/a/0", "Un text.", "tales"))
    with pytest.raises(UserError, match="give a shard written by the step dedupe"):
        TextEvaluator(trained.paths.model, "cpu").metrics(path, "test")


def test_a_text_has_no_splits(trained: World, tmp_path: Path) -> None:
    (tmp_path / "book.txt").write_text("Un text.")
    with pytest.raises(UserError, match=r"book\.txt: --split is for shards, \*\.jsonl\.zst;"):
        TextEvaluator(trained.paths.model, "cpu").metrics(tmp_path / "book.txt", "test")


def test_a_context_longer_than_the_model_takes_is_told(trained: World) -> None:
    for context in (0, 33):
        with pytest.raises(UserError, match=f"--context is {context}; .*model takes 1 to 32"):
            TextEvaluator(trained.paths.model, "cpu", context)


def test_contexts_are_as_long_as_the_model_takes_unless_told(
    trained: World, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text("\n".join(SENTENCES))
    found = [
        TextEvaluator(trained.paths.model, "cpu", context).metrics(tmp_path / "a.txt")
        for context in (None, 32, 16)
    ]
    assert found[0] == found[1] != found[2]


def test_a_text_file_is_one_document_compressed_or_not(trained: World, tmp_path: Path) -> None:
    text = "\n".join(SENTENCES).encode()
    (tmp_path / "a.txt").write_bytes(text)
    (tmp_path / "a.txt.xz").write_bytes(lzma.compress(text))
    evaluator = TextEvaluator(trained.paths.model, "cpu")
    plain, compressed = (evaluator.metrics(tmp_path / name) for name in ("a.txt", "a.txt.xz"))
    assert plain == compressed
    assert plain.bytes == len(text)


def script(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture
def lines(monkeypatch, capsys) -> Callable[..., list[str]]:
    """Run the script in this process, which has imported PyTorch; return what it prints."""

    def run_here(*arguments: object) -> list[str]:
        monkeypatch.setattr(sys, "argv", [str(SCRIPT), *map(str, arguments)])
        runpy.run_path(str(SCRIPT), run_name="__main__")
        return capsys.readouterr().out.splitlines()

    return run_here


def test_the_script_gives_the_metrics_of_texts_and_the_probes_of_the_training(
    trained: World, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text(SENTENCES[0])
    probes = trained.paths.probes
    done = script(trained.paths.model, tmp_path / "a.txt", "--json", "--probes", probes)
    text, found = (json.loads(line) for line in done.stdout.splitlines())
    assert text["bytes"] == len(SENTENCES[0].encode())
    measured = json.loads(trained.paths.metrics.read_text())["probes"]
    assert found == {"probes": str(probes), **measured}


def test_texts_may_stand_behind_the_flags(trained: World, lines, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(SENTENCES[0])
    (line,) = lines(trained.paths.model, "--context", 16, tmp_path / "a.txt")
    assert "a.txt: " in line


def test_the_script_prints_a_line_for_each_phenomenon(trained: World, lines) -> None:
    first, second, total = lines(trained.paths.model, "--probes", trained.paths.probes)
    assert first.startswith("order: ")
    assert first.endswith("% of 1 pairs")
    assert second.startswith("verbs: ")
    assert total.startswith("all: ")


def test_the_script_without_text_and_probes_says_what_to_name(tmp_path: Path) -> None:
    done = script(tmp_path)
    assert done.returncode == 2
    assert "name a text, or --probes" in done.stderr


def test_a_missing_and_an_empty_text_are_told(trained: World, tmp_path: Path) -> None:
    evaluator = TextEvaluator(trained.paths.model, "cpu")
    with pytest.raises(UserError, match=r"gone\.txt: no such file; name a text file"):
        evaluator.metrics(tmp_path / "gone.txt")
    (tmp_path / "empty.txt").write_text("\n")
    with pytest.raises(UserError, match=r"empty\.txt: holds no words"):
        evaluator.metrics(tmp_path / "empty.txt")


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv.gz", "a.parquet", "a.zip", "a.xml.bz2"])
def test_a_file_whose_documents_are_not_its_text_is_refused(
    trained: World, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_text('{"text": "Bună ziua."}\n')
    with pytest.raises(UserError, match=r"by its name, no plain text; make a shard of it with"):
        TextEvaluator(trained.paths.model, "cpu").metrics(tmp_path / name)


def test_what_is_advised_for_a_text_that_cannot_be_read_helps(
    trained: World, tmp_path: Path
) -> None:
    """Neither a setting of the extraction, nor to delete what the workflow did not write."""
    evaluator = TextEvaluator(trained.paths.model, "cpu")
    with pytest.raises(UserError, match="is a folder; name a text file"):
        evaluator.metrics(tmp_path)
    (tmp_path / "a.txt").write_bytes("știință".encode("iso8859-16"))
    with pytest.raises(UserError, match=r"iconv -f windows-1250 -t utf-8 .*a\.txt > NEW\)\.$"):
        evaluator.metrics(tmp_path / "a.txt")
    (tmp_path / "b.jsonl.zst").write_bytes(zstandard.compress(b'{"text": "a"}\n'))
    with pytest.raises(UserError, match="delete it and run again, if the workflow wrote it"):
        evaluator.metrics(tmp_path / "b.jsonl.zst")


def test_a_folder_with_the_files_of_gpt2s_own_tokenizer_is_read(
    trained: World, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text("Ana are mere.\n<|endoftext|> Într-o zi.")
    folder = tmp_path / "model"
    shutil.copytree(trained.paths.model, folder)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    merges = json.loads(tokenizer.to_str())["model"]["merges"]
    (folder / "vocab.json").write_text(json.dumps(tokenizer.get_vocab()))
    (folder / "merges.txt").write_text("".join(f"{one} {other}\n" for one, other in merges))
    (folder / "tokenizer.json").unlink()
    expected = TextEvaluator(trained.paths.model, "cpu").metrics(tmp_path / "a.txt")
    assert TextEvaluator(folder, "cpu").metrics(tmp_path / "a.txt") == expected
    (folder / "vocab.json").write_text("{}")
    with pytest.raises(UserError, match=r"vocab\.json, merges\.txt: no tokenizer"):
        TextEvaluator(folder, "cpu")
    (folder / "vocab.json").unlink()
    with pytest.raises(UserError, match=r"tokenizer\.json: not found"):
        TextEvaluator(folder, "cpu")


def test_a_name_on_the_hub_is_to_be_fetched_first() -> None:
    with pytest.raises(UserError, match=r"no such folder; .*pretrained\.py --model some/gpt2 "):
        TextEvaluator(Path("some/gpt2"), "cpu")


def test_several_texts_are_told_together_too(trained: World, lines, tmp_path: Path) -> None:
    for name, text in zip("ab", SENTENCES, strict=False):
        (tmp_path / name).write_text(text)
    found = lines(trained.paths.model, tmp_path / "a", tmp_path / "b", "--json")
    first, second, total = map(json.loads, found)
    assert total["text"] == "all"
    nats = [one["bits_per_byte"] * one["bytes"] for one in (first, second, total)]
    assert nats[0] + nats[1] == pytest.approx(nats[2], rel=1e-5)


def test_a_perplexity_of_many_digits_is_told_by_its_power_of_ten(
    trained: World, lines, tmp_path: Path
) -> None:
    (tmp_path / "a").write_text("x" * 300)
    (line,) = lines(trained.paths.model, tmp_path / "a")
    assert re.search(r"perplexity \d\.\de\+\d+ a word", line)


def test_a_vocabulary_beyond_that_of_token_shards_is_scored(trained: World, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(trained.paths.model, folder)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    words = json.loads(tokenizer.to_str())
    vocabulary = words["model"]["vocab"]
    vocabulary["x"], vocabulary["far"] = 70_000, vocabulary["x"]
    (folder / "tokenizer.json").write_text(json.dumps(words))
    network = load_gpt2(folder)
    network.resize_token_embeddings(70_001)
    network.save_pretrained(folder)
    (tmp_path / "a.txt").write_text("Ana are xx.")
    found = TextEvaluator(folder, "cpu").metrics(tmp_path / "a.txt")
    assert (
        found.tokens == TextEvaluator(trained.paths.model, "cpu").metrics(tmp_path / "a.txt").tokens
    )
