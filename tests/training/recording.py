"""A training that writes down which contexts each of its processes used, in their order.

Run by torchrun, or alone: `recording.py FOLDER OUTPUT [KEY VALUE ...]`; a process writes the starts
of its contexts in the token stream, a list a step, to OUTPUT.RANK.json.
"""

import json
import os
import sys
from pathlib import Path

from world import opened_world

from gpt2ro.errors import run
from gpt2ro.training.config import load_experiment
from gpt2ro.training.data import ContextSampler
from gpt2ro.training.processes import joined_processes
from gpt2ro.training.run import train
from gpt2ro.training.update import Updater


def record(steps: list[list[int]]) -> None:
    """Note every step and every context from here on."""
    next_start, add_gradient = ContextSampler._next, Updater.add_gradient

    def noted_start(sampler: ContextSampler) -> int:
        steps[-1].append(next_start(sampler))
        return steps[-1][-1]

    def noted_step(updater: Updater, sampler: ContextSampler) -> float:
        steps.append([])
        return add_gradient(updater, sampler)

    ContextSampler._next, Updater.add_gradient = noted_start, noted_step


def main() -> None:
    folder, output, *overrides = sys.argv[1:]
    world = opened_world(Path(folder))
    steps: list[list[int]] = []
    record(steps)
    with joined_processes() as processes:
        config = load_experiment(world.experiment, overrides, processes.count)
        train(config, world.paths, threads=1, processes=processes)
    Path(f"{output}.{os.environ.get('RANK', '0')}.json").write_text(json.dumps(steps))


if __name__ == "__main__":
    run(main)
