"""A training that meets bad batches: what it skips, where it goes back to, how it ends."""

import json
import math
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from trouble import (
    Killed,
    bad_batches,
    infinite_gradient,
    loss_of_100,
    nan,
    sigterm,
    train_through,
)
from world import World, make_world

from gpt2ro.errors import UserError
from gpt2ro.training import run as run_module
from gpt2ro.training.guard import Action, Guard, Verdict

ROOT = Path(__file__).resolve().parents[2]
# Batches 9 to 14 are bad: steps 10 to 12 are skipped, which leads back to step 8; there the next
# three are skipped, which leads back to step 6, as the checkpoint of step 8 did not help.
TROUBLE = range(9, 15)
FROZEN_FOR_12 = (
    "UNFREEZING.UNTIL", "[12]", "UNFREEZING.BLOCKS", "[0]", "UNFREEZING.LEARNING_RATES", "[0.002]",
)  # fmt: skip


def same(one: dict[str, torch.Tensor], two: dict[str, torch.Tensor]) -> bool:
    return one.keys() == two.keys() and all(torch.equal(one[name], two[name]) for name in one)


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory) -> World:
    """A training that went through the trouble without being killed."""
    world = make_world(tmp_path_factory.mktemp("unbroken"))
    with bad_batches(TROUBLE):
        train_through(world)
    return world


def metrics(world) -> dict:
    return json.loads(world.paths.metrics.read_text())


@pytest.mark.parametrize("fault", [nan, loss_of_100])
def test_a_skipped_step_changes_no_bit_of_weights_and_moments(world, fault) -> None:
    with bad_batches(range(9, 10), fault) as seen:
        train_through(world)
    for tensors in (seen.weights, seen.moments):
        assert same(tensors[9], tensors[10])
        assert not same(tensors[10], tensors[11])
    assert metrics(world)["skipped_steps"] == 1
    assert metrics(world)["steps"] == 24


def test_a_healthy_run_has_the_weights_of_one_without_guard(world, make_other, monkeypatch) -> None:
    train_through(world)
    other = make_other("other")
    monkeypatch.setattr(Guard, "judge", lambda *step: Verdict(Action.ACCEPT))
    train_through(other)
    assert world.outputs() == other.outputs()
    assert metrics(world)["skipped_steps"] == 0


def test_rollbacks_restore_weights_lower_the_rate_and_use_no_data_twice(world, capsys) -> None:
    with bad_batches(TROUBLE) as seen:
        train_through(world)
    for gradient, step, factor in ((12, 8, 0.5), (15, 6, 0.25)):
        assert same(seen.weights[gradient], seen.weights[step])
        assert same(seen.moments[gradient], seen.moments[step])
        assert seen.rates[gradient] == factor * seen.rates[step]
    assert seen.places == sorted(set(seen.places))
    assert len(seen.places) == 15 + 24 - 6
    figures = metrics(world)
    assert (figures["skipped_steps"], figures["rollbacks"]) == (6, 2)
    assert figures["tokens_read"] == 64 * len(seen.places)
    assert figures["learning_rate_factor"] == 0.25
    assert [entry["step"] for entry in figures["curve"]] == [6, 12, 18, 24]
    stderr = capsys.readouterr().err
    assert "step 10, skipped (1 in a row): the loss is nan" in stderr
    assert "step 12, back to step 8, learning rate x 0.5: the loss is nan" in stderr


def test_skips_and_rollbacks_are_told_in_tensorboard(world) -> None:
    with bad_batches(TROUBLE):
        train_through(world)
    (folder,) = world.paths.runs.glob("*/tensorboard")
    board = EventAccumulator(str(folder)).Reload()
    assert [event.value for event in board.Scalars("guard/rollbacks")][-1] == 2
    assert [event.value for event in board.Scalars("guard/skipped")][-1] == 6
    texts = [event.tensor_proto.string_val[0] for event in board.Tensors("guard/text_summary")]
    assert any(text.startswith(b"back to step 6, ") for text in texts)


def test_a_training_that_stays_bad_before_its_first_checkpoint_ends_in_one_line(world) -> None:
    with bad_batches(range(100)), pytest.raises(UserError, match=r"diverged at step 3 .*3 rollb"):
        train_through(world, "CHECKPOINT.EVERY", "20")
    assert not world.paths.model.exists()


def test_a_rollback_to_the_first_step_forgets_the_moments(world) -> None:
    with bad_batches(range(2, 5)) as seen:
        train_through(world, "CHECKPOINT.EVERY", "20")
    assert seen.moments[4]
    assert seen.moments[5] == {}
    assert same(seen.weights[5], seen.weights[0])


def test_the_window_begins_anew_when_the_blocks_are_freed(world) -> None:
    train_through(world, *FROZEN_FOR_12, "SCHEDULE.STEPS", "14")
    (folder,) = world.paths.runs.glob("*/checkpoints/step-00000014")
    assert len(json.loads((folder / "state.json").read_text())["guard"]["losses"]) == 2


def test_the_best_weights_that_a_kept_checkpoint_names_are_kept(world) -> None:
    train_through(world, "CHECKPOINT.EVERY", "4", "SCHEDULE.STEPS", "12")
    best = {path.name for path in world.paths.runs.glob("*/checkpoints/best-*")}
    assert best == {"best-00000006", "best-00000012"}


def test_the_last_good_checkpoint_outlasts_those_of_skipped_steps(world) -> None:
    with bad_batches(range(9, 12)) as seen:
        train_through(world, "CHECKPOINT.EVERY", "1", "CHECKPOINT.KEEP", "1")
    assert same(seen.weights[12], seen.weights[9])
    assert metrics(world)["rollbacks"] == 1


def test_an_evaluation_after_skips_only_has_no_training_loss(world) -> None:
    with bad_batches(range(6, 8)):
        train_through(world, "EVALUATION.EVERY", "2")
    curve = {entry["step"]: entry for entry in metrics(world)["curve"]}
    assert "train_loss" not in curve[8]
    assert curve[8]["valid_bits_per_byte"] == curve[6]["valid_bits_per_byte"]


@pytest.mark.parametrize("killed_at", [11, 12, 14, 15, 17])
def test_killed_in_trouble_and_run_again_gives_the_same_bytes(
    world, unbroken, killed_at: int
) -> None:
    with bad_batches(TROUBLE, kill_at=killed_at), pytest.raises(Killed):
        train_through(world)
    with bad_batches(TROUBLE):
        train_through(world)
    assert world.outputs() == unbroken.outputs()


def test_a_checkpoint_of_an_abandoned_stretch_is_not_continued(world, make_other) -> None:
    # Steps 10 to 12 are skipped. Step 10 is done anew, and 11, which was abandoned, is newer.
    trouble, other = range(9, 12), make_other("other")
    with bad_batches(trouble):
        train_through(world, "CHECKPOINT.EVERY", "1")
    with bad_batches(trouble, kill_at=13), pytest.raises(Killed):
        train_through(other, "CHECKPOINT.EVERY", "1")
    with bad_batches(trouble):
        train_through(other, "CHECKPOINT.EVERY", "1")
    assert other.outputs() == world.outputs()


def test_killed_while_a_rollback_removes_checkpoints_gives_the_same_bytes(
    world, unbroken, monkeypatch
) -> None:
    original = shutil.rmtree

    def remove(path: Path, **options: bool) -> None:
        original(path, **options)
        if path.name == "step-00000008":
            raise Killed

    with bad_batches(TROUBLE), pytest.raises(Killed):
        monkeypatch.setattr(shutil, "rmtree", remove)
        train_through(world)
    monkeypatch.undo()
    with bad_batches(TROUBLE):
        train_through(world)
    assert world.outputs() == unbroken.outputs()


@pytest.mark.parametrize("stopped_at", [8, 11, 12, 17])
def test_stopped_by_sigterm_in_trouble_and_run_again_gives_the_same_bytes(
    world, unbroken, stopped_at: int
) -> None:
    # Steps 9 and 13 have no checkpoint in an unbroken run; after gradient 11 it goes back.
    stopped = bad_batches(TROUBLE, kill_at=stopped_at, kill=sigterm)
    with stopped, pytest.raises(UserError, match="SIGTERM at step"):
        train_through(world)
    with bad_batches(TROUBLE):
        train_through(world)
    assert world.outputs() == unbroken.outputs()


def test_checkpoints_of_stops_put_none_aside_that_a_training_can_go_back_to(world) -> None:
    for stopped_at in (1, 1, 1):
        stopped = bad_batches(range(0), kill_at=stopped_at, kill=sigterm)
        with stopped, pytest.raises(UserError, match="SIGTERM at step"):
            train_through(world, "CHECKPOINT.EVERY", "20", "CHECKPOINT.KEEP", "1")
    names = [path.name for path in sorted(world.checkpoints.glob("step-*"))]
    assert names == ["step-00000000", "step-00000006"]


def test_sigkill_right_after_a_rollback_gives_the_same_bytes(world, unbroken) -> None:
    script = Path(__file__).with_name("trouble.py")
    command = [sys.executable, str(script), str(world.folder), "9", "15", "12"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == -9, done.stderr
    assert "back to step 8" in done.stderr
    with bad_batches(TROUBLE):
        train_through(world)
    assert world.outputs() == unbroken.outputs()


@pytest.fixture
def float16(monkeypatch) -> tuple[str, ...]:
    """The options of float16 with its loss scaler, on the CPU, where users may not have it."""
    monkeypatch.setattr(run_module, "chosen_device", lambda config: torch.device("cpu"))
    return ("PRECISION", "float16")


def test_a_loss_scale_that_is_too_high_is_no_divergence(world, float16) -> None:
    with bad_batches(range(9, 13), infinite_gradient) as seen:
        train_through(world, *float16)
    assert metrics(world)["skipped_steps"] == 0
    assert same(seen.weights[9], seen.weights[13])
    assert not same(seen.weights[13], seen.weights[14])


def test_gradients_that_overflow_at_any_loss_scale_are_a_divergence(world, float16) -> None:
    steps = math.log2(65_536)  # the scaler's first scale, halved until it is 1
    expected = rf"diverged at step {steps + 3:.0f} \(the gradient norm is (inf|nan)\)"
    with bad_batches(range(100), infinite_gradient), pytest.raises(UserError, match=expected):
        train_through(world, *float16, "GUARD.ROLLBACKS", "0", "BATCH.TOKENS", "64")
