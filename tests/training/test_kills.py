"""A training that is killed by SIGKILL at 20 random moments ends with the same bytes."""

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from world import World, make_world

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
OPTIONS = (
    "SCHEDULE.STEPS", "40", "CHECKPOINT.EVERY", "5", "EVALUATION.EVERY", "10",
    "DEGENERATION.SAMPLES", "1", "DEGENERATION.TOKENS", "4", "OPTIMIZER.EMA_DECAY", "0.9",
    "UNFREEZING.UNTIL", "[10]", "UNFREEZING.BLOCKS", "[0]", "UNFREEZING.LEARNING_RATES", "[0.01]",
)  # fmt: skip
KILLS = 20
KILLED = -9


class Trainings:
    """Trainings of one world, one after the other, by kill_server.py."""

    def __init__(self, process: subprocess.Popen) -> None:
        self._process = process

    def run(self, delay: float | None = None, in_checkpoint: int | None = None) -> dict:
        """Run one to its end, or to its death; return its status and seconds."""
        request = {"delay": delay, "in_checkpoint": in_checkpoint}
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


@contextmanager
def trainings(world: World) -> Iterator[Trainings]:
    command = [sys.executable, str(HERE / "kill_server.py"), str(world.folder), *OPTIONS]
    with (
        (world.folder / "messages").open("w") as messages,
        subprocess.Popen(
            command,
            env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=messages,
            text=True,
        ) as process,
    ):
        yield Trainings(process)
        process.stdin.close()


def begin_anew(world: World) -> None:
    shutil.rmtree(world.paths.runs)
    shutil.rmtree(world.paths.model)
    world.paths.metrics.unlink()


def partials(world: World) -> list[Path]:
    return list(world.paths.runs.glob("*/checkpoints/.step-*.partial"))


@pytest.fixture
def killed(tmp_path: Path) -> World:
    return make_world(tmp_path)


def test_killed_at_twenty_random_moments_it_ends_with_the_same_bytes(killed: World) -> None:
    moments = random.Random(20)
    with trainings(killed) as group:
        assert group.run()["status"] == 0, (killed.folder / "messages").read_text()
        expected = killed.outputs()
        begin_anew(killed)
        # Once more, as the first one loads code.
        whole = group.run()["seconds"]
        assert killed.outputs() == expected
        begin_anew(killed)

        kills = 1
        assert group.run(in_checkpoint=3)["status"] == KILLED
        assert partials(killed), "it was not killed while it wrote"
        while kills < KILLS:
            found = group.run(delay=moments.uniform(0, whole))
            if found["status"] == KILLED:
                kills += 1
                continue
            # It was at its end before its moment came.
            assert found["status"] == 0, (killed.folder / "messages").read_text()
            assert killed.outputs() == expected
            begin_anew(killed)
        assert group.run()["status"] == 0
        assert killed.outputs() == expected
