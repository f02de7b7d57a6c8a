"""The moving average of the weights, which is evaluated and exported instead of them."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn


class WeightAverage:
    """An exponential moving average of a model's parameters; a part of every checkpoint.

    Attributes:
        tensors: the average by parameter name, on the model's device.
    """

    def __init__(self, model: nn.Module, decay: float) -> None:
        self._model = model
        self._decay = decay
        self.tensors = {name: p.detach().clone() for name, p in model.named_parameters()}

    @torch.no_grad()
    def update(self, step: int) -> None:
        """Move the average towards the parameters of a step (from 1).

        At first the decay is (1 + step) / (10 + step), so that the initial weights are soon
        forgotten: the rule of TensorFlow's ExponentialMovingAverage with num_updates. The average
        of a frozen parameter is exactly the parameter.
        """
        decay = min(self._decay, (1 + step) / (10 + step))
        for name, parameter in self._model.named_parameters():
            self.tensors[name].lerp_(parameter, 1 - decay)

    def saved(self) -> dict[str, Tensor]:
        """Return the average on the CPU, as a checkpoint holds it."""
        return {name: tensor.cpu().contiguous() for name, tensor in self.tensors.items()}

    def load(self, tensors: dict[str, Tensor]) -> None:
        """Take an average that was saved."""
        for name, tensor in self.tensors.items():
            tensor.copy_(tensors[name])

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Put the average into the model; its own parameters are back after the block."""
        self._exchange()
        try:
            yield
        finally:
            self._exchange()

    def _exchange(self) -> None:
        for name, parameter in self._model.named_parameters():
            parameter.data, self.tensors[name] = self.tensors[name], parameter.data
