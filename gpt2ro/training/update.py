"""One optimiser step in its parts: gradient, norm, and using it or not."""

import math
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.nn.utils import clip_grad_norm_
from yacs.config import CfgNode

from gpt2ro.training.data import ContextSampler
from gpt2ro.training.optimization import (
    learning_rate,
    make_optimizer,
    set_frozen,
    set_learning_rate,
)

AUTOCAST = {"bfloat16": torch.bfloat16, "float16": torch.float16}


class Updater:
    """Makes gradients and applies them, with the loss scaler that float16 needs.

    Attributes:
        optimizer: its state is part of a checkpoint.
        scaler: so is its; one that is not enabled does nothing.
    """

    def __init__(self, model: nn.Module, config: CfgNode, device: torch.device) -> None:
        self._model = model
        self._config = config
        self._device = device
        self.optimizer = make_optimizer(model, config, device)
        self.scaler = torch.amp.GradScaler(device.type, enabled=config.PRECISION == "float16")
        self._accumulated = config.BATCH.TOKENS // (config.BATCH.MICRO * config.BATCH.CONTEXT)

    def prepare(self, step: int, rate_factor: float) -> float:
        """Set what is trained and how fast at this step (from 0); return the learning rate."""
        rate = rate_factor * learning_rate(step, self._config)
        set_frozen(self._model, step, self._config)
        set_learning_rate(self.optimizer, rate)
        self.optimizer.zero_grad(set_to_none=True)
        return rate

    def add_gradient(self, sampler: ContextSampler) -> float:
        """Make the gradient of the next batch; return its mean loss, nats per token."""
        losses = (self._micro_batch(sampler) for _ in range(self._accumulated))
        loss: float = sum(losses) / self._accumulated
        return loss

    def clipped_norm(self) -> float:
        """Clip the gradient; return its norm from before."""
        self.scaler.unscale_(self.optimizer)
        return float(clip_grad_norm_(self._model.parameters(), self._config.OPTIMIZER.CLIP))

    def overflowed(self, loss: float, norm: float) -> bool:
        """Tell whether only the scale of a float16 loss was too high for its gradient.

        The scaler probes for the highest scale, so this is usual: it drops the step and halves the
        scale. At a scale of 1 or less scaling is no excuse any more.
        """
        finite_loss = math.isfinite(loss) and not math.isfinite(norm)
        return finite_loss and self.scaler.is_enabled() and self.scaler.get_scale() > 1

    def apply(self) -> None:
        """Update the parameters; the scaler drops the step if the gradient is not finite."""
        self.scaler.step(self.optimizer)
        self.scaler.update()

    def discard(self) -> None:
        """Leave parameters and moments as they are."""
        self.scaler.update()

    def _micro_batch(self, sampler: ContextSampler) -> float:
        inputs, targets = sampler.batch(self._config.BATCH.MICRO)
        with self._autocast():
            loss = self._loss(inputs.to(self._device), targets.to(self._device))
        self.scaler.scale(loss / self._accumulated).backward()
        return float(loss.detach())

    def _loss(self, inputs: Tensor, targets: Tensor) -> Tensor:
        # logits: (batch, tokens, vocabulary)
        logits = self._model(input_ids=inputs, use_cache=False).logits
        return cross_entropy(logits.flatten(0, 1), targets.flatten())

    def _autocast(self) -> AbstractContextManager[Any]:
        dtype = AUTOCAST.get(self._config.PRECISION)
        return torch.autocast(self._device.type, dtype) if dtype else nullcontext()
