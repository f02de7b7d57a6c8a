"""Trainings of which some batches are bad, and that are killed at a chosen gradient.

What is bad depends on the place in the data only, so that a training that comes by there again, in
another process, meets the same. Run as a script, this trains the world of a folder, and is killed
by SIGKILL: `trouble.py FOLDER FIRST LAST KILL_AT`.
"""

import math
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import torch
from world import OPTIONS_OF_TROUBLE, opened_world

from gpt2ro.training.checkpoint_files import optimizer_tensors
from gpt2ro.training.config import load_experiment
from gpt2ro.training.data import ContextSampler
from gpt2ro.training.run import train
from gpt2ro.training.update import Updater

BATCH = 4  # contexts of one step, in world.py


class Killed(BaseException):
    """Ends a training as SIGKILL does: nothing of ours catches it."""


@dataclass
class Seen:
    """What a training had before each gradient: place in the data, weights, moments, rate."""

    places: list[tuple[int, int]] = field(default_factory=list)
    weights: list[dict[str, torch.Tensor]] = field(default_factory=list)
    moments: list[dict[str, torch.Tensor]] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)

    def add(self, updater: Updater, sampler: ContextSampler) -> None:
        self.places.append((sampler.position.epoch, sampler.position.used))
        named = updater._model.named_parameters()
        self.weights.append({name: value.detach().clone() for name, value in named})
        self.moments.append(optimizer_tensors(updater._model, updater.optimizer))
        self.moments[-1] = {name: value.clone() for name, value in self.moments[-1].items()}
        self.rates.append(updater.optimizer.param_groups[0]["lr"])


def loss_of_100(updater: Updater, loss: float) -> float:
    return loss + 100


def nan(updater: Updater, loss: float) -> float:
    for parameter in updater._model.parameters():
        parameter.grad.fill_(math.nan)
    return math.nan


def infinite_gradient(updater: Updater, loss: float) -> float:
    for parameter in updater._model.parameters():
        parameter.grad.fill_(math.inf)
    return loss


def kill_here() -> None:
    raise Killed


def sigkill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def sigterm() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


@contextmanager
def bad_batches(
    batches: range,
    fault: Callable[[Updater, float], float] = nan,
    kill_at: int = -1,
    kill: Callable[[], None] = kill_here,
) -> Iterator[Seen]:
    """Spoil these batches of the first epoch, and kill before the gradient of this number.

    A training that is told by SIGTERM to stop computes that gradient, and ends after its step.
    """
    original, seen = Updater.add_gradient, Seen()

    def add_gradient(updater: Updater, sampler: ContextSampler) -> float:
        if len(seen.places) == kill_at:
            kill()
        seen.add(updater, sampler)
        epoch, used = seen.places[-1]
        loss = original(updater, sampler)
        return fault(updater, loss) if epoch == 0 and used // BATCH in batches else loss

    Updater.add_gradient = add_gradient
    try:
        yield seen
    finally:
        Updater.add_gradient = original


def train_through(world, *overrides: str) -> None:
    config = load_experiment(world.experiment, [*OPTIONS_OF_TROUBLE, *overrides])
    train(config, world.paths, threads=1)


if __name__ == "__main__":
    folder, first, last, kill_at = Path(sys.argv[1]), *map(int, sys.argv[2:])
    with bad_batches(range(first, last), kill_at=kill_at, kill=sigkill):
        train_through(opened_world(folder))
