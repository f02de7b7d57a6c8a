"""What a training updates: the model, its optimiser, and the average of its weights."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch

from gpt2ro.training.averaging import WeightAverage
from gpt2ro.training.weights import Gpt2


@dataclass(frozen=True)
class Learner:
    """A model with its optimiser and the average of its weights; a checkpoint has all of it.

    Attributes:
        model: on the device of the training.
        optimizer: over all parameters of the model.
        average: of its parameters; None if OPTIMIZER.EMA_DECAY is 0.
    """

    model: Gpt2
    optimizer: torch.optim.Optimizer
    average: WeightAverage | None

    @property
    def device(self) -> torch.device:
        """The device of the model."""
        device: torch.device = self.model.device
        return device

    @contextmanager
    def evaluated(self) -> Iterator[Gpt2]:
        """Give the model that is evaluated and exported: with averaged weights, if there are."""
        if self.average is None:
            yield self.model
        else:
            with self.average.applied():
                yield self.model
