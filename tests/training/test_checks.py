"""Faults that are told before the first step, and what the telling must not change."""

import json
from dataclasses import replace

import pytest
import torch

from gpt2ro.errors import UserError
from gpt2ro.training import evaluation
from gpt2ro.training import run as run_module
from gpt2ro.training.config import load_experiment
from gpt2ro.training.run import train


def run(world, **paths) -> None:
    train(load_experiment(world.experiment, []), replace(world.paths, **paths), threads=1)


@pytest.mark.parametrize("split", ["train", "valid", "test"])
def test_damaged_tokens_are_told_before_a_training(world, split: str) -> None:
    path = world.paths.tokens / split / "tales" / "b.bin"
    content = bytearray(path.read_bytes())
    content[-4] ^= 1
    path.write_bytes(content)
    with pytest.raises(UserError, match=rf"{split}/tales/b\.bin: its SHA-256 is .* encode again"):
        run(world)
    assert not list(world.paths.runs.glob("*/checkpoints"))


def test_training_tokens_are_not_read_again_by_a_training_that_continues(
    world, monkeypatch
) -> None:
    run(world)
    monkeypatch.setattr(run_module, "check_train", lambda shards: pytest.fail("read again"))
    run(world)


@pytest.mark.parametrize("split", ["train", "valid", "test"])
def test_tokens_of_another_tokenizer_are_refused_in_every_split(world, split: str) -> None:
    for path in (world.paths.tokens / split / "tales").glob("*.json"):
        path.write_text(json.dumps(json.loads(path.read_text()) | {"tokenizer_sha256": "0" * 64}))
    with pytest.raises(UserError, match=rf"{split}/tales/a\.bin: made by tokenizer 000000000000"):
        run(world)


def test_an_evaluation_that_takes_too_much_memory_is_told_before_the_first_step(
    world, monkeypatch
) -> None:
    def full(*_: object) -> float:
        raise torch.OutOfMemoryError("Tried to allocate 8 GiB")

    monkeypatch.setattr(evaluation, "_nats", full)
    with pytest.raises(UserError, match=r"the memory of the GPU is full \(Tried to allocate 8 GiB"):
        run(world)
    assert [path.name for path in world.checkpoints.glob("step-*")] == ["step-00000000"]


def test_the_first_contexts_are_scored_without_a_trace(world, make_other, monkeypatch) -> None:
    run(world)
    other = make_other("other")
    monkeypatch.setattr(run_module, "rehearse", lambda *_: None)
    run(other)
    assert other.outputs() == world.outputs()
