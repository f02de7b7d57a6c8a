"""The metrics of a split and of its sources."""

import json
import math
from pathlib import Path

import pytest
import torch
from transformers import GPT2Config, GPT2LMHeadModel
from world import SENTENCES, World, train_tokenizer

from gpt2ro.tokenization.shards import TokenShard, TokenShardWriter, read_shards
from gpt2ro.training.config import load_experiment
from gpt2ro.training.evaluation import SplitMetrics, Tally, evaluate
from gpt2ro.training.run import train

TEXTS = {
    ("letters", "a"): SENTENCES[:1],
    ("tales", "a"): SENTENCES[1:3],
    ("tales", "b"): SENTENCES[3:] * 30,  # more than a batch of contexts
}


def shards_of(folder: Path, texts: dict[tuple[str, str], tuple[str, ...]]) -> list[TokenShard]:
    tokenizer = train_tokenizer()
    for (source, part), documents in texts.items():
        path = folder / source / f"{part}.bin"
        path.parent.mkdir(parents=True, exist_ok=True)
        with TokenShardWriter(path, "digest", 299) as shard:
            for text in documents:
                shard.write(tokenizer.encode(text).ids, text)
    return read_shards(folder)


def measured(shards: list[TokenShard]) -> SplitMetrics:
    torch.manual_seed(0)
    model = GPT2LMHeadModel(
        GPT2Config(vocab_size=300, n_positions=32, n_embd=16, n_layer=1, n_head=1)
    )
    return evaluate(model, shards, 32)


def test_a_split_is_the_sum_of_its_sources_and_every_token_counts_the_same(tmp_path: Path) -> None:
    shards = shards_of(tmp_path, TEXTS)
    found = measured(shards)
    assert list(found.sources) == ["letters", "tales"]
    assert found.total.tokens == sum(len(shard.tokens) for shard in shards)
    assert found.total.bytes == sum(source.bytes for source in found.sources.values())
    bits = sum(source.bits_per_byte * source.bytes for source in found.sources.values())
    assert found.total.bits_per_byte == pytest.approx(bits / found.total.bytes)


def test_a_source_has_the_same_figures_whichever_stand_beside_it(tmp_path: Path) -> None:
    beside = measured(shards_of(tmp_path / "both", TEXTS))
    for source in ("letters", "tales"):
        texts = {place: text for place, text in TEXTS.items() if place[0] == source}
        alone = measured(shards_of(tmp_path / source, texts))
        assert alone.total == alone.sources[source] == beside.sources[source]


def test_a_source_without_text_in_the_split_is_left_out(tmp_path: Path) -> None:
    found = measured(shards_of(tmp_path, {("letters", "a"): (), **dict(list(TEXTS.items())[1:])}))
    assert list(found.sources) == ["tales"]
    assert found.total == found.sources["tales"]


def test_metrics_and_log_tell_every_source(world: World) -> None:
    # Another source beside the tales, in the splits that are evaluated.
    for split in ("valid", "test"):
        (world.paths.tokens / split / "letters").mkdir()
        for name in ("b.bin", "b.json"):
            (world.paths.tokens / split / "tales" / name).rename(
                world.paths.tokens / split / "letters" / name
            )
    train(load_experiment(world.experiment, []), world.paths, threads=1)
    metrics = json.loads(world.paths.metrics.read_text())
    for split in ("valid", "test"):
        sources = metrics[split]["sources"]
        assert set(sources) == {"letters", "tales"}
        assert sum(figures["tokens"] for figures in sources.values()) == metrics[split]["tokens"]
        assert all(figures["bits_per_byte"] > 0 for figures in sources.values())
    (log,) = world.paths.runs.glob("*/log.jsonl")
    entries = [json.loads(line) for line in log.read_text().splitlines()]
    evaluations = {entry["step"]: entry["valid"] for entry in entries if "valid" in entry}
    best = evaluations[metrics["best_step"]]
    assert best == metrics["valid"]


def test_a_model_that_has_diverged_has_figures_too() -> None:
    found = Tally(nats=5_000.0, tokens=5, words=1, bytes=10).metrics()
    assert found.bits_per_byte == pytest.approx(721.3, abs=0.1)
    assert 1e300 < found.token_perplexity == found.word_perplexity < math.inf
