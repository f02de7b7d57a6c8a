"""One optimiser step in its parts: the gradient, its norm, and applying or discarding it."""

import math
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import Tensor
from torch.nn.utils import clip_grad_norm_
from yacs.config import CfgNode

from gpt2ro.training.activations import recompute_activations
from gpt2ro.training.data import ContextSampler
from gpt2ro.training.learner import Learner
from gpt2ro.training.loss import NatsAndGradient, nats_and_gradient, summed_cross_entropy
from gpt2ro.training.optimizers import set_learning_rate
from gpt2ro.training.processes import ALONE, Processes
from gpt2ro.training.products import multiply_by_onednn
from gpt2ro.training.schedule import Stage, learning_rate, stage_at, stages
from gpt2ro.training.unfreezing import check_blocks, set_trained

AUTOCAST = {"bfloat16": torch.bfloat16, "float16": torch.float16}


class Updater:
    """Computes gradients and applies them, with the loss scaler that float16 needs.

    Attributes:
        optimizer: its state is part of a checkpoint.
        scaler: its state too; it does nothing if PRECISION is not float16.
    """

    def __init__(self, learner: Learner, config: CfgNode, processes: Processes = ALONE) -> None:
        self._model = learner.model
        self._average = learner.average
        self._config = config
        self._device = learner.device
        self._processes = processes
        self._stage: Stage | None = None
        check_blocks(learner.model, stages(config))
        self._hidden_states = learner.model.transformer
        self._of_logits: NatsAndGradient = nats_and_gradient
        if config.GRADIENT_CHECKPOINTING:
            recompute_activations(learner.model)
        if config.COMPILE:
            # A wrapper around the same parameters: their names stay as they are.
            self._hidden_states = torch.compile(learner.model.transformer)
            self._of_logits = torch.compile(nats_and_gradient)
        elif self._device.type == "cpu" and config.PRECISION == "float32":
            multiply_by_onednn(learner.model)
        self.optimizer = learner.optimizer
        self.scaler = torch.amp.GradScaler(self._device.type, enabled=config.PRECISION == "float16")
        self._rows = self._row_memory()

    def prepare(self, step: int, rate_factor: float) -> float:
        """Set what is trained and how fast at this step (from 0); return the learning rate."""
        stage = stage_at(step, self._config)
        if stage != self._stage:
            set_trained(self._model, stage)
            self._stage = stage
        rate = rate_factor * learning_rate(step, self._config)
        set_learning_rate(self.optimizer, rate)
        self.optimizer.zero_grad(set_to_none=True)
        return rate

    def add_gradient(self, sampler: ContextSampler) -> float:
        """Compute the gradient of the next batch; return its mean loss, nats per token.

        Each process takes its share of the batch's contexts in their order, so the batch is the
        same whatever the number of processes.
        """
        batch, processes, share = self._config.BATCH, self._processes, len(self._rows)
        sampler.skip(processes.rank * share)
        # Read once a step, as reading a value from a GPU waits for it.
        nats = torch.zeros((), dtype=torch.float64, device=self._device)
        for rows in torch.split(self._rows, batch.MICRO):
            sampler.fill(rows.numpy())
            nats += self._micro_batch(rows)
        sampler.skip((processes.count - 1 - processes.rank) * share)
        gradients = (parameter.grad for parameter in self._model.parameters())
        processes.sum_up(gradient for gradient in gradients if gradient is not None)
        processes.sum_up([nats])
        return float(nats / batch.TOKENS)

    def clipped_norm(self) -> float:
        """Clip the gradient; return its norm before clipping."""
        self.scaler.unscale_(self.optimizer)
        return float(clip_grad_norm_(self._model.parameters(), self._config.OPTIMIZER.CLIP))

    def overflowed(self, loss: float, norm: float) -> bool:
        """Tell whether the gradient is infinite only because the float16 loss scale is too high.

        That is usual, as the scaler looks for the highest scale: it drops the step and halves the
        scale. At a scale of 1 or less scaling is not the cause.
        """
        finite_loss = math.isfinite(loss) and not math.isfinite(norm)
        return finite_loss and self.scaler.is_enabled() and self.scaler.get_scale() > 1

    def apply(self, step: int) -> None:
        """Update the parameters; the scaler drops the step if the gradient is not finite.

        Args:
            step: the number of steps done, this one included.
        """
        self.scaler.step(self.optimizer)
        self.scaler.update()
        if self._average:
            self._average.update(step)

    def discard(self) -> None:
        """Leave parameters and moments as they are."""
        self.scaler.update()

    def _row_memory(self) -> Tensor:
        """Return where the contexts of a step are read to: `(contexts, context + 1)` int64.

        It holds the share of this process in a whole batch. On a GPU it is pinned, so copies run
        beside the computation; none is overwritten before it is done, as the loss of a step, which
        is read, depends on all of them.
        """
        batch = self._config.BATCH
        contexts = batch.TOKENS // batch.CONTEXT // self._processes.count
        pinned = self._device.type == "cuda"
        shape = (contexts, batch.CONTEXT + 1)
        return torch.empty(shape, dtype=torch.int64, pin_memory=pinned)

    def _micro_batch(self, rows: Tensor) -> Tensor:
        """Add the gradient of some contexts; return their loss, a sum of nats."""
        # contexts: (batch, context + 1)
        contexts = rows.to(self._device, non_blocking=True)
        with self._autocast():
            nats = self._nats(contexts[:, :-1], contexts[:, 1:])
        self.scaler.scale(nats / self._config.BATCH.TOKENS).backward()
        return nats.detach()

    def _nats(self, inputs: Tensor, targets: Tensor) -> Tensor:
        # hidden: (batch, tokens, width)
        hidden = self._hidden_states(input_ids=inputs, use_cache=False).last_hidden_state
        head = self._model.lm_head.weight
        return summed_cross_entropy(hidden, head, targets, self._of_logits)

    def _autocast(self) -> AbstractContextManager[Any]:
        dtype = AUTOCAST.get(self._config.PRECISION)
        return torch.autocast(self._device.type, dtype) if dtype else nullcontext()
