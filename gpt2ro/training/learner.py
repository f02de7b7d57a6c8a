"""What a training changes: the model, its optimiser, and the average of its weights."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch

from gpt2ro.training.averaging import WeightAverage
from gpt2ro.training.weights import Gpt2


@dataclass(frozen=True)
class Learner:
    """A model with what learning from it needs; all of it goes to a checkpoint.

    Attributes:
        model: it is on the device of the training.
        optimizer: over all its parameters.
        average: of its parameters; None where none is kept.
    """

    model: Gpt2
    optimizer: torch.optim.Optimizer
    average: WeightAverage | None

    @property
    def device(self) -> torch.device:
        """Where the model is."""
        device: torch.device = self.model.device
        return device

    @contextmanager
    def shown(self) -> Iterator[Gpt2]:
        """Give the model as it is evaluated and exported: with averaged weights, if there are."""
        if self.average is None:
            yield self.model
        else:
            with self.average.applied():
                yield self.model
