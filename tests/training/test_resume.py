"""A training that is killed and run again ends with the same bytes as one that is not."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from world import World

from gpt2ro.training.config import load_experiment
from gpt2ro.training.run import train

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "workflow" / "scripts" / "train.py"


def start(world: World, *overrides: str) -> subprocess.Popen:
    command = [sys.executable, str(SCRIPT), *world.train_arguments(), *overrides]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        command, env=environment, stderr=subprocess.PIPE, text=True, preexec_fn=heed_ctrl_c
    )


def heed_ctrl_c() -> None:
    """A process that a script started in its background ignores Ctrl-C, and so do its own."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def finish(world: World, *overrides: str) -> str:
    process = start(world, *overrides)
    stderr = process.communicate()[1]
    assert process.returncode == 0, stderr
    return stderr


def unbroken(world: World, *overrides: str) -> dict[str, bytes]:
    """Train in this process, which has imported PyTorch, and return the outputs."""
    train(load_experiment(world.experiment, list(overrides)), world.paths, threads=1)
    return world.outputs()


def wait_for(world: World, pattern: str, process: subprocess.Popen) -> None:
    end = time.monotonic() + 300  # a busy machine is slow to import PyTorch
    while not list(world.paths.runs.glob(pattern)):
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < end
        time.sleep(0.001)


def test_killed_after_a_checkpoint_and_run_again_gives_the_same_bytes(world, make_other) -> None:
    expected = unbroken(world)
    killed = make_other("killed")
    # The last one is seen while it is written, under a name of its own, if the disk is slow enough.
    for checkpoint in ("step-00000004", "step-00000012", "*step-00000020*"):
        process = start(killed)
        wait_for(killed, f"*/checkpoints/{checkpoint}", process)
        process.kill()
        process.communicate()
    finish(killed)
    assert killed.outputs() == expected


ON_A_GPU = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")


@pytest.mark.parametrize(
    "overrides",
    [
        ("OPTIMIZER.NAME", "muon"),
        ("DETERMINISTIC", "true"),
        pytest.param(
            ("DEVICE", "cuda", "PRECISION", "bfloat16", "DETERMINISTIC", "true"), marks=ON_A_GPU
        ),
        pytest.param(
            ("DEVICE", "cuda", "PRECISION", "float16", "DETERMINISTIC", "true"), marks=ON_A_GPU
        ),
    ],
    ids=" ".join,
)
def test_with_other_settings_too_it_ends_with_the_same_bytes(world, make_other, overrides) -> None:
    expected = unbroken(world, *overrides)
    killed = make_other("killed")
    process = start(killed, *overrides)
    wait_for(killed, "*/checkpoints/step-00000012", process)
    process.kill()
    process.communicate()
    assert "continuing from step" in finish(killed, *overrides)
    assert killed.outputs() == expected


def test_a_damaged_newest_checkpoint_is_passed_over(world: World, capsys) -> None:
    expected = unbroken(world)
    newest = world.checkpoints / "step-00000024"
    (newest / "optimizer.safetensors").write_bytes(b"damaged")
    world.paths.metrics.unlink()
    assert unbroken(world) == expected
    stderr = capsys.readouterr().err
    assert "step-00000024: optimizer.safetensors is missing or damaged; using an older" in stderr
    assert "continuing from step 20" in stderr


def test_a_finished_run_only_writes_its_model_again(world: World, capsys) -> None:
    expected = unbroken(world)
    world.paths.metrics.unlink()
    assert unbroken(world) == expected
    assert "continuing from step 24" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("number", "name", "code"), [(signal.SIGTERM, "SIGTERM", 1), (signal.SIGINT, "Ctrl-C", 130)]
)
def test_a_signal_writes_a_checkpoint_and_the_next_run_continues(world, number, name, code) -> None:
    # No checkpoint is due before step 4,000.
    options = ("SCHEDULE.STEPS", "4000", "CHECKPOINT.EVERY", "4000", "EVALUATION.EVERY", "4000")
    process = start(world, *options)
    wait_for(world, "*/tensorboard/events*", process)
    time.sleep(1.0)
    process.send_signal(number)
    stderr = process.communicate()[1]
    assert process.returncode == code
    assert f"gpt2ro: training: {name} at step" in stderr
    steps = [path.name for path in world.paths.runs.glob("*/checkpoints/step-*")]
    assert len(steps) == 2
    assert "step-00000000" in steps
    again = start(world, *options)
    for line in again.stderr:
        if "continuing from step" in line:
            break
    else:
        pytest.fail("did not continue")
    again.kill()
    again.communicate()


def test_another_setting_is_another_run(world: World) -> None:
    unbroken(world)
    unbroken(world, "OPTIMIZER.LEARNING_RATE", "0.02")
    assert len(list(world.paths.runs.iterdir())) == 2
