"""One run is trained by one process, or by those of one torchrun."""

import errno
import fcntl
import subprocess
import sys

import pytest

from gpt2ro.errors import UserError
from gpt2ro.training.config import load_experiment
from gpt2ro.training.exclusive import sole_training
from gpt2ro.training.run import train


def run(world) -> None:
    train(load_experiment(world.experiment, ["SCHEDULE.STEPS", "4"]), world.paths, threads=1)


def test_a_second_training_of_a_run_is_told_and_leaves_it_alone(world) -> None:
    run(world)
    (folder,) = world.paths.runs.iterdir()
    before = sorted(folder.rglob("*"))
    with (
        sole_training(folder),
        pytest.raises(UserError, match="another process trains this run; wait for it, or end it"),
    ):
        run(world)
    assert sorted(folder.rglob("*")) == before
    run(world)


def test_a_process_that_is_killed_lets_the_folder_go(tmp_path) -> None:
    program = (
        "import os, pathlib, sys\n"
        "from gpt2ro.training.exclusive import sole_training\n"
        "with sole_training(pathlib.Path(sys.argv[1])):\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    assert subprocess.run([sys.executable, "-c", program, tmp_path], check=False).returncode == -9
    with sole_training(tmp_path):
        pass


def test_without_locks_in_the_file_system_it_trains_all_the_same(tmp_path, monkeypatch) -> None:
    def flock(file: object, how: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", flock)
    with sole_training(tmp_path):
        pass
