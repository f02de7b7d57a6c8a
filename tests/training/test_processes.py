"""Several processes train as one does; torchrun starts two of them on the CPU."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from world import World, make_world

from gpt2ro.errors import UserError
from gpt2ro.training.config import load_experiment
from gpt2ro.training.processes import ALONE

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
TORCHRUN = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2")
NO_DROPOUT = ("MODEL.DROPOUT", "0", "CHECKPOINT.KEEP", "100")


def torchrun(*program: str) -> subprocess.CompletedProcess:
    """Let two processes run a program."""
    return python(*TORCHRUN, *program)


def python(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
    )


def launch(
    world: World, *overrides: str, launcher: tuple[str, ...] = ()
) -> subprocess.CompletedProcess:
    """Train with these settings."""
    script = [str(HERE / "recording.py"), str(world.folder), str(world.folder / "contexts")]
    return python(*launcher, *script, *overrides)


def record(world: World, *overrides: str, launcher: tuple[str, ...] = ()) -> str:
    """Train with these settings; return what it says."""
    done = launch(world, *overrides, launcher=launcher)
    assert done.returncode == 0, done.stderr
    return done.stderr


@dataclass(frozen=True)
class Pair:
    """The same training by one process and by two."""

    one: World
    two: World
    messages: str


@pytest.fixture(scope="module")
def pair(tmp_path_factory) -> Pair:
    one, two = (make_world(tmp_path_factory.mktemp(name)) for name in ("one", "two"))
    record(one, *NO_DROPOUT)
    return Pair(one, two, record(two, *NO_DROPOUT, launcher=TORCHRUN))


def contexts(world: World, rank: int) -> list[list[int]]:
    return json.loads((world.folder / f"contexts.{rank}.json").read_text())


def test_two_processes_use_the_contexts_of_one_in_the_same_order(pair: Pair) -> None:
    shares = zip(contexts(pair.two, 0), contexts(pair.two, 1), strict=True)
    together = [first + second for first, second in shares]
    assert together == contexts(pair.one, 0)
    assert len(together) == 24
    assert {len(step) for step in contexts(pair.two, 1)} == {2}


def test_two_processes_have_the_loss_curve_of_one(pair: Pair) -> None:
    one, two = (json.loads(world.paths.metrics.read_text()) for world in (pair.one, pair.two))
    for before, after in zip(one["curve"], two["curve"], strict=True):
        for key in ("train_loss", "valid_bits_per_byte"):
            assert after[key] == pytest.approx(before[key], rel=1e-4)
    assert two["test"]["bits_per_byte"] == pytest.approx(one["test"]["bits_per_byte"], rel=1e-4)


def test_only_the_first_process_reports(pair: Pair) -> None:
    assert pair.messages.count("training: step 24, valid") == 1
    (board,) = pair.two.paths.runs.glob("*/tensorboard")
    assert len(list(board.iterdir())) == 1


def step_weights(world: World, step: int) -> dict[str, torch.Tensor]:
    (folder,) = world.paths.runs.glob(f"*/checkpoints/step-{step:08d}")
    return load_file(folder / "model.safetensors")


def test_the_steps_of_two_processes_are_those_of_one_within_rounding(pair: Pair) -> None:
    one, two = step_weights(pair.one, 4), step_weights(pair.two, 4)
    assert all(torch.allclose(one[name], two[name], atol=1e-4) for name in one)


def test_two_processes_continue_with_the_same_bytes_dropout_included(world) -> None:
    options = ("MODEL.DROPOUT", "0.2", "CHECKPOINT.KEEP", "100", "SCHEDULE.STEPS", "8")
    record(world, *options, launcher=TORCHRUN)
    expected = (world.paths.model / "model.safetensors").read_bytes()
    (last,) = world.paths.runs.glob("*/checkpoints/step-00000008")
    for file in last.iterdir():
        file.write_bytes(b"damaged")
    messages = record(world, *options, launcher=TORCHRUN)
    assert messages.count("continuing from step 4") == 1
    assert (world.paths.model / "model.safetensors").read_bytes() == expected
    states = load_file(last / "random.safetensors")
    assert not torch.equal(states["cpu/0"], states["cpu/1"])


def test_a_batch_that_cannot_be_shared_is_told(world) -> None:
    expected = (
        "BATCH.TOKENS is 64, not a multiple of 3 processes x BATCH.MICRO x BATCH.CONTEXT, 96; "
        "set 96, or change BATCH.MICRO or the number of processes"
    )
    with pytest.raises(UserError, match=f"{world.experiment}: {expected}"):
        load_experiment(world.experiment, [], 3)
    with pytest.raises(UserError, match=f"^overrides: {expected}"):
        load_experiment(world.experiment, ["BATCH.TOKENS", "64"], 3)


@pytest.mark.parametrize("fault", ["of the training", "of the config"])
def test_what_is_wrong_for_all_processes_is_told_once(world, fault: str) -> None:
    overrides = []
    if fault == "of the training":
        shutil.rmtree(world.paths.tokens)
    else:
        overrides = ["BATCH.TOKENS", "32"]
    done = launch(world, *overrides, launcher=TORCHRUN)
    told = [line for line in done.stderr.splitlines() if line.startswith("gpt2ro: ")]
    assert done.returncode == 1
    assert len(told) == 1, told


def test_a_usage_error_is_told_once(world) -> None:
    script = str(ROOT / "workflow" / "scripts" / "train.py")
    done = torchrun(script, *world.train_arguments(), "--thread", "x")
    assert done.returncode != 0
    assert done.stderr.count("train.py: error: argument --threads: invalid int value: 'x'") == 1
    assert done.stderr.count("usage: ") == 1


def launched_program(path: Path, *steps: str) -> subprocess.CompletedProcess:
    """Write a program of these steps of joined processes, and let two processes run it."""
    path.write_text(
        "from gpt2ro.errors import UserError, run\n"
        "from gpt2ro.training.processes import joined_processes\n"
        "def main():\n"
        "    with joined_processes() as processes:\n"
        + "".join(f"        {step}\n" for step in steps)
        + "run(main)\n"
    )
    return torchrun(str(path))


def test_what_is_wrong_for_the_last_process_only_is_told(tmp_path) -> None:
    done = launched_program(
        tmp_path / "program.py",
        "if processes.rank == 1: raise UserError('the second has no GPU.')",
    )
    assert done.stderr.count("gpt2ro: the second has no GPU.") == 1


def test_what_ends_one_process_is_told_once_and_not_by_those_that_wait_for_it(tmp_path) -> None:
    program = tmp_path / "program.py"
    done = launched_program(
        program,
        "processes.wait()",
        "if processes.rank == 0: raise UserError('the disk is full.')",
        "processes.wait()",
    )
    assert done.returncode == 1
    assert done.stderr.count("gpt2ro: the disk is full.") == 1
    assert f'{program}", line' not in done.stderr  # of a traceback


IGNORE_SIGTERM = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)"  # of torchrun


@pytest.mark.parametrize("killed", [0, 1])
def test_a_process_that_is_killed_is_told_in_one_line_by_the_other(tmp_path, killed: int) -> None:
    program = tmp_path / "program.py"
    done = launched_program(
        program,
        IGNORE_SIGTERM,
        "processes.wait()",
        f"if processes.rank == {killed}: import os; os.kill(os.getpid(), signal.SIGKILL)",
        "processes.wait()",
    )
    told = [line for line in done.stderr.splitlines() if line.startswith("gpt2ro: ")]
    assert len(told) == 1, done.stderr
    assert told[0].startswith("gpt2ro: training: another of its processes has ended without a word")
    assert f'{program}", line' not in done.stderr  # of a traceback


def test_a_defect_of_one_process_is_told_by_its_traceback_alone(tmp_path) -> None:
    done = launched_program(
        tmp_path / "program.py",
        IGNORE_SIGTERM,
        "processes.wait()",
        "if processes.rank == 1: raise ValueError('a defect')",
        "processes.wait()",
    )
    assert done.stderr.count("ValueError: a defect") == 1
    assert "gpt2ro: " not in done.stderr


def test_one_process_alone_changes_nothing() -> None:
    tensor = torch.ones(2)
    ALONE.sum_up([tensor])
    assert tensor.tolist() == [1, 1]
    assert ALONE.is_first
    assert ALONE.any(True) and not ALONE.any(False)
    assert ALONE.from_first(1.5, float("inf")) == [1.5, float("inf")]
