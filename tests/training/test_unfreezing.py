"""The stages of a training that is unfrozen gradually, and stopping at any step of them."""

import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from world import World, make_world

from gpt2ro.errors import UserError
from gpt2ro.training.config import load_experiment
from gpt2ro.training.run import train

OPTIONS = (
    "SCHEDULE.STEPS", "12", "SCHEDULE.WARMUP", "2", "UNFREEZING.UNTIL", "[4, 8]",
    "UNFREEZING.BLOCKS", "[0, 1]", "UNFREEZING.LEARNING_RATES", "[0.01, 0.005]",
    "EVALUATION.EVERY", "6", "CHECKPOINT.EVERY", "1", "CHECKPOINT.KEEP", "100",
    "MODEL.DROPOUT", "0.1", "MODEL.ATTENTION_DROPOUT", "0.1",
)  # fmt: skip


def run(world: World, *more: str) -> None:
    """Train through three stages, and keep the checkpoint of every step."""
    train(load_experiment(world.experiment, [*OPTIONS, *more]), world.paths, threads=1)


@pytest.fixture(scope="module")
def finished(tmp_path_factory) -> World:
    world = make_world(tmp_path_factory.mktemp("finished"))
    run(world)
    return world


def weights(world: World, step: int) -> dict[str, torch.Tensor]:
    return load_file(world.checkpoints / f"step-{step:08d}" / "model.safetensors")


def moments(world: World, step: int) -> dict[str, torch.Tensor]:
    return load_file(world.checkpoints / f"step-{step:08d}" / "optimizer.safetensors")


def groups(names: Iterable[str]) -> dict[str, int]:
    """The stage in which each parameter is freed, from 0, for a model of two blocks."""
    return {
        name: 0 if "wte" in name or "ln_f" in name else 1 if ".h.1." in name else 2
        for name in names
    }


@pytest.mark.parametrize(("before", "after", "stage"), [(1, 4, 0), (4, 5, 1), (7, 8, 1), (8, 9, 2)])
def test_a_stage_changes_what_is_freed_and_nothing_else(finished, before, after, stage) -> None:
    one, two = weights(finished, before), weights(finished, after)
    changed = {name for name in one if not torch.equal(one[name], two[name])}
    assert changed == {name for name, freed in groups(one).items() if freed <= stage}


def test_the_optimizer_knows_a_parameter_from_the_step_that_frees_it(finished) -> None:
    for step, counts in ((4, {0: 4}), (8, {0: 8, 1: 4}), (12, {0: 12, 1: 8, 2: 4})):
        found = {key: int(n) for key, n in moments(finished, step).items() if "/step" in key}
        assert set(groups(found).values()) == set(counts)
        assert found == {key: counts[freed] for key, freed in groups(found).items()}


@pytest.mark.parametrize("step", [3, 4, 5, 8, 10])
def test_continuing_from_any_step_of_any_stage_gives_the_same_bytes(
    finished: World, tmp_path: Path, step: int
) -> None:
    world = finished.copied_to(tmp_path / "copy")
    for later in range(step + 1, 13):
        shutil.rmtree(world.checkpoints / f"step-{later:08d}")
    shutil.rmtree(world.paths.model)
    run(world)
    assert world.outputs() == finished.outputs()


def test_evaluating_more_often_does_not_change_the_training(world: World, finished: World) -> None:
    run(world, "EVALUATION.EVERY", "1")
    one, two = weights(finished, 12), weights(world, 12)
    assert all(torch.equal(one[name], two[name]) for name in one)


def test_too_many_blocks_of_a_late_stage_are_told_before_the_first_step(world: World) -> None:
    words = ("UNFREEZING.BLOCKS", "[0, 3]")
    with pytest.raises(UserError, match=r"UNFREEZING\.BLOCKS holds 3, and the model has 2 blocks"):
        run(world, *words)
    assert not list(world.paths.runs.glob("*/checkpoints/step-*"))
