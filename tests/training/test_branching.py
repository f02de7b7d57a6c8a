"""A training goes on from a checkpoint of another one, with another schedule."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from world import World, make_world

from gpt2ro.errors import UserError
from gpt2ro.training.config import load_experiment
from gpt2ro.training.run import train

# The rate stays from step 4 to the last fifth, so two lengths are alike up to step 19.
PLATEAU = ("SCHEDULE.NAME", "wsd", "CHECKPOINT.KEEP", "100", "OPTIMIZER.EMA_DECAY", "0.9")
LONGER = ("SCHEDULE.STEPS", "36")


def run(world: World, *overrides: str, checkpoint: Path | None = None) -> dict[str, bytes]:
    config = load_experiment(world.experiment, [*PLATEAU, *overrides])
    train(config, replace(world.paths, checkpoint=checkpoint), threads=1)
    return world.outputs()


@pytest.fixture(scope="module")
def finished(tmp_path_factory) -> World:
    """A training of 24 steps; tests go on from copies of its checkpoints."""
    world = make_world(tmp_path_factory.mktemp("finished"))
    run(world)
    return world


@pytest.fixture
def world(finished: World, tmp_path: Path) -> World:
    return finished.copied_to(tmp_path / "copy")


def checkpoint(world: World, step: int) -> Path:
    return world.checkpoints / f"step-{step:08d}"


def test_from_the_plateau_a_longer_training_ends_with_the_bytes_of_an_unbroken_one(
    world: World, make_other, capsys
) -> None:
    expected = run(make_other("unbroken"), *LONGER)
    capsys.readouterr()
    origin = checkpoint(world, 12)
    assert run(world, *LONGER, checkpoint=origin) == expected
    told = capsys.readouterr().err
    assert "continuing from step 12" in told
    assert "parameters, given weights" in told
    assert "begins anew" not in told
    (own,) = (path for path in world.paths.runs.iterdir() if path not in origin.parents)
    steps = sorted(path.name for path in own.glob("checkpoints/step-*"))
    assert steps[0] == "step-00000012"  # to go back to, as step 0 of one that begins
    # Killed and run again it continues from its own checkpoints.
    for newer in steps[3:]:
        shutil.rmtree(own / "checkpoints" / newer)
    assert run(world, *LONGER, checkpoint=origin) == expected
    assert "continuing from step 20" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (("SCHEDULE.STEPS", "12"), "SCHEDULE.STEPS is 12, and .* is of step 12; set more"),
        (("OPTIMIZER.NAME", "muon"), "its training had OPTIMIZER.NAME adamw, now muon; set what"),
        (("BATCH.TOKENS", "32", "SEED", "2"), "had SEED 1, now 2, BATCH.TOKENS 64, now 32; set"),
        (("MODEL.LAYERS", "1"), "its training had MODEL.LAYERS 2, now 1; set what it had"),
    ],
)
def test_a_setting_that_does_not_fit_the_checkpoint_is_told(
    world: World, overrides: tuple[str, ...], message: str
) -> None:
    with pytest.raises(UserError, match=message):
        run(world, *overrides, checkpoint=checkpoint(world, 12))


def test_other_tokens_are_told(world: World, make_other) -> None:
    other = make_other("other")
    (other.paths.tokens / "train" / "tales" / "b.bin").unlink()
    (other.paths.tokens / "train" / "tales" / "b.json").unlink()
    with pytest.raises(UserError, match=r"its training had other tokens \(train/tales/b\)"):
        run(other, checkpoint=checkpoint(world, 12))


def test_a_checkpoint_that_cannot_be_used_is_told(world: World, make_other) -> None:
    origin = checkpoint(world, 12)
    (origin / "average.safetensors").write_bytes(b"damaged")
    with pytest.raises(UserError, match=r"step-00000012: average\.safetensors is missing or dam"):
        run(world, *LONGER, checkpoint=origin)
    with pytest.raises(UserError, match=r"no checkpoint of a run \(manifest\.json is missing\)"):
        run(world, *LONGER, checkpoint=checkpoint(world, 13))
    copy = shutil.copytree(origin, world.folder / "elsewhere" / "a" / "step-00000012")
    with pytest.raises(UserError, match=r"no checkpoint of a run \(facts\.json is missing\)"):
        run(world, *LONGER, checkpoint=copy)


def test_an_average_that_the_checkpoint_lacks_is_told(tmp_path: Path) -> None:
    world = make_world(tmp_path)
    run(world, "OPTIMIZER.EMA_DECAY", "0", "SCHEDULE.STEPS", "4")
    with pytest.raises(UserError, match=r"has no average of the weights; set .*DECAY 0\."):
        run(world, checkpoint=checkpoint(world, 4))
