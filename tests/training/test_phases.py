"""Frozen and free phases of a training, and stopping at any step of either."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from gpt2ro.training.config import load_experiment
from gpt2ro.training.run import train

OPTIONS = (
    "SCHEDULE.STEPS", "12", "SCHEDULE.WARMUP", "2", "SCHEDULE.FROZEN_STEPS", "6",
    "EVALUATION.EVERY", "6", "CHECKPOINT.EVERY", "1", "CHECKPOINT.KEEP", "100",
    "MODEL.DROPOUT", "0.1", "MODEL.ATTENTION_DROPOUT", "0.1",
)  # fmt: skip


def run(world) -> Path:
    """Train through both phases and return the folder of all checkpoints."""
    train(load_experiment(world.experiment, list(OPTIONS)), world.paths, threads=1)
    (folder,) = world.paths.runs.glob("*/checkpoints")
    return folder


def weights(checkpoints: Path, step: int) -> dict[str, torch.Tensor]:
    return load_file(checkpoints / f"step-{step:08d}" / "model.safetensors")


def moments(checkpoints: Path, step: int) -> dict[str, torch.Tensor]:
    return load_file(checkpoints / f"step-{step:08d}" / "optimizer.safetensors")


def trained_first(name: str) -> bool:
    return "wte" in name or "ln_f" in name


def test_blocks_stay_as_they_are_until_they_are_freed(world) -> None:
    checkpoints = run(world)
    first, last_frozen, freed = (weights(checkpoints, step) for step in (1, 6, 7))
    same = {name for name in first if torch.equal(first[name], last_frozen[name])}
    assert same == {name for name in first if not trained_first(name)}
    changed = {name for name in first if not torch.equal(last_frozen[name], freed[name])}
    assert changed == set(first)


def test_the_optimizer_knows_freed_parameters_from_their_first_step_only(world) -> None:
    checkpoints = run(world)
    assert all(trained_first(key) for key in moments(checkpoints, 6))
    steps = {key: int(value) for key, value in moments(checkpoints, 8).items() if "/step" in key}
    assert {key for key, count in steps.items() if count == 8} == {
        key for key in steps if trained_first(key)
    }
    assert set(steps.values()) == {2, 8}


@pytest.mark.parametrize("step", [3, 5, 6, 7, 9])
def test_continuing_from_any_step_of_either_phase_gives_the_same_bytes(world, step: int) -> None:
    checkpoints = run(world)
    expected = (world.paths.model / "model.safetensors").read_bytes()
    metrics = world.paths.metrics.read_bytes()
    for later in range(step + 1, 13):
        shutil.rmtree(checkpoints / f"step-{later:08d}")
    shutil.rmtree(world.paths.model)
    run(world)
    assert (world.paths.model / "model.safetensors").read_bytes() == expected
    assert world.paths.metrics.read_bytes() == metrics


def test_evaluating_more_often_does_not_change_the_training(world, make_other) -> None:
    other = make_other("other")
    config = load_experiment(world.experiment, [*OPTIONS, "EVALUATION.EVERY", "1"])
    train(config, replace(other.paths), threads=1)
    (often,) = other.paths.runs.glob("*/checkpoints")
    one, two = weights(run(world), 12), weights(often, 12)
    assert all(torch.equal(one[name], two[name]) for name in one)
