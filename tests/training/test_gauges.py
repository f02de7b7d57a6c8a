"""What is told of a training: bits per byte, utilisation, memory."""

import re
from types import SimpleNamespace

import pytest
import torch
from tokenizers import Tokenizer
from transformers import GPT2Config, GPT2LMHeadModel

from gpt2ro.tokenization.shards import read_shards
from gpt2ro.training import reporting
from gpt2ro.training.config import load_experiment
from gpt2ro.training.gauges import Gauges, make_gauges, operations_per_token, peak_operations
from gpt2ro.training.run import train

CPU = torch.device("cpu")


def test_operations_are_six_a_parameter_and_those_of_attention() -> None:
    model = GPT2LMHeadModel(
        GPT2Config(vocab_size=10, n_positions=16, n_embd=4, n_layer=1, n_head=2)
    )
    matrices, biases = 4 * 12 + 4 * 4 + 4 * 16 + 16 * 4, 12 + 4 + 16 + 4
    norms, embedding = 3 * 2 * 4, 10 * 4
    expected = 6 * (matrices + biases + norms + embedding) + 12 * 1 * 4 * 16
    assert operations_per_token(model, 16) == expected


def test_gpt2_small_needs_0_9_billion_operations_a_token() -> None:
    with torch.device("meta"):
        model = GPT2LMHeadModel(GPT2Config())
    assert operations_per_token(model, 1024) == pytest.approx(0.855e9, rel=0.01)


@pytest.mark.parametrize(
    ("card", "peak"),
    [
        ("NVIDIA H100 80GB HBM3", 989e12),
        ("NVIDIA H100 PCIe", 756e12),
        ("NVIDIA A100-SXM4-40GB", 312e12),
        ("NVIDIA A10G", 70e12),
        ("NVIDIA A10", 125e12),
        ("NVIDIA L40S", 362e12),
        ("NVIDIA L4", 121e12),
        ("NVIDIA L40", None),
        ("NVIDIA T400 4GB", None),
        ("NVIDIA GeForce GT 1030", None),
    ],
)
def test_a_card_is_known_by_its_name_or_not_at_all(card: str, peak: float | None) -> None:
    assert peak_operations(card) == peak


@pytest.mark.parametrize(
    ("card", "peak"),
    [("NVIDIA A100-SXM4-40GB", 156e12), ("Tesla T4", None), ("GeForce GT 1030", None)],
)
def test_float32_is_held_against_the_rate_of_tf32(card: str, peak: float | None) -> None:
    assert peak_operations(card, "float32") == peak


def test_utilization_is_a_share_of_all_cards_and_unknown_without_their_peak() -> None:
    gauges = Gauges(CPU, bytes_per_token=4.0, operations_per_token=1e9, peak_operations=2e15)
    assert gauges.utilization(500_000) == pytest.approx(0.25)
    assert Gauges(CPU, 4.0, 1e9).utilization(500_000) is None


def test_a_loss_in_bits_per_byte_counts_the_bytes_of_a_token(world) -> None:
    shards = read_shards(world.paths.tokens / "train")
    model = GPT2LMHeadModel(
        GPT2Config(vocab_size=10, n_positions=16, n_embd=4, n_layer=1, n_head=2)
    )
    gauges = make_gauges(model, shards, 16, "float32", devices=1)
    size = sum(shard.bytes for shard in shards)
    tokens = sum(len(shard.tokens) for shard in shards)
    assert gauges.bits_per_byte(0.6931471805599453) == pytest.approx(tokens / size)
    assert gauges.peak_operations is None
    assert gauges.memory() > 50e6


def test_the_line_of_a_step_has_every_figure(world, monkeypatch, capsys) -> None:
    monkeypatch.setattr(reporting, "INTERVAL", 0.0)
    train(load_experiment(world.experiment, ["SCHEDULE.STEPS", "2"]), world.paths, threads=1)
    number = r"[\d.,e+-]+"
    line = (
        rf"training: step 1 of 2, loss {number} \({number} bits/byte\), valid -, rate {number}, "
        rf"gradient {number}, {number} tokens/s, {number} GB, \d+ s left"
    )
    assert re.search(line, capsys.readouterr().err)


def test_the_speed_is_that_of_steps_without_evaluations(world, monkeypatch, capsys) -> None:
    seconds = iter([0.0, 4.0, 10.0, 12.0])  # made, evaluated from 4 to 10, told at 12
    monkeypatch.setattr(reporting, "time", SimpleNamespace(monotonic=lambda: next(seconds)))
    config = load_experiment(world.experiment, [])
    tokenizer = Tokenizer.from_file(str(world.paths.tokenizer / "tokenizer.json"))
    reporter = reporting.Reporter(
        world.folder, config, tokenizer, Gauges(torch.device("cpu"), 4.0, 6.0)
    )
    with reporter.paused():
        pass
    reporter.step(3, 1.0, 1.0, 0.1)
    reporter.close()
    assert f", {3 * config.BATCH.TOKENS / 6:,.0f} tokens/s, " in capsys.readouterr().err
