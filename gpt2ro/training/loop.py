"""The training loop: steps, evaluations, checkpoints, and what is told on the way."""

import math
import signal
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from types import FrameType
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.nn.utils import clip_grad_norm_
from yacs.config import CfgNode

from gpt2ro.errors import UserError
from gpt2ro.tokenization.shards import TokenShard
from gpt2ro.training.checkpoint import CheckpointStore, TrainingState
from gpt2ro.training.data import ContextSampler
from gpt2ro.training.evaluation import evaluate
from gpt2ro.training.optimization import (
    learning_rate,
    make_optimizer,
    set_frozen,
    set_learning_rate,
)
from gpt2ro.training.reporting import Reporter

AUTOCAST = {"bfloat16": torch.bfloat16, "float16": torch.float16}


@dataclass
class Step:
    """What one optimiser step did: mean loss in nats per token, and the gradient's norm."""

    loss: float
    gradient_norm: float
    rate: float


class Trainer:
    """Trains a model on a sampler's contexts until the schedule ends or patience does."""

    def __init__(
        self,
        model: nn.Module,
        sampler: ContextSampler,
        valid: list[TokenShard],
        config: CfgNode,
        device: torch.device,
        store: CheckpointStore,
        reporter: Reporter,
    ) -> None:
        self._model = model.to(device)
        self._sampler = sampler
        self._valid = valid
        self._config = config
        self._device = device
        self._store = store
        self._reporter = reporter
        self._optimizer = make_optimizer(model, config, device)
        self._scaler = torch.amp.GradScaler(
            device.type, enabled=config.PRECISION == "float16"
        )  # a scaler that is not enabled does nothing
        self._accumulated = config.BATCH.TOKENS // (config.BATCH.MICRO * config.BATCH.CONTEXT)
        self.state = TrainingState()

    def resume(self) -> None:
        """Continue from the newest whole checkpoint, if there is one."""
        set_frozen(self._model, 0, self._config)
        found = self._store.load_latest(self._model, self._optimizer, self._device)
        if found:
            self.state = found
            self._sampler.seek(found.position)
            if found.scaler:
                self._scaler.load_state_dict(found.scaler)
            self._reporter.resumed(found.step)

    def train(self) -> None:
        """Train to the end.

        Raises:
            UserError: SIGTERM came (a checkpoint has been written), or the loss is not finite.
        """
        self._model.train()
        with _sigterm() as stop:
            while not self.state.finished:
                step = self._step()
                self._reporter.step(self.state.step, step.loss, step.gradient_norm, step.rate)
                self._evaluate_if_due()
                if stop.requested:
                    self._checkpoint()
                    raise UserError(
                        f"training: SIGTERM at step {self.state.step:,}; a checkpoint is "
                        "written; run again to continue."
                    )
                if self.state.finished or self._due(self._config.CHECKPOINT.EVERY):
                    self._checkpoint()

    def _due(self, every: int) -> bool:
        return self.state.step % every == 0

    def _checkpoint(self) -> None:
        self.state.position = self._sampler.position
        self.state.scaler = self._scaler.state_dict()
        self._store.save(self._model, self._optimizer, self.state)

    def _step(self) -> Step:
        rate = learning_rate(self.state.step, self._config)
        set_frozen(self._model, self.state.step, self._config)
        set_learning_rate(self._optimizer, rate)
        self._optimizer.zero_grad(set_to_none=True)
        loss = sum(self._micro_batch() for _ in range(self._accumulated)) / self._accumulated
        if not math.isfinite(loss):
            raise UserError(
                f"training: the loss is {loss} at step {self.state.step:,}; lower "
                "OPTIMIZER.LEARNING_RATE, or lengthen SCHEDULE.WARMUP."
            )
        self._scaler.unscale_(self._optimizer)
        norm = float(clip_grad_norm_(self._model.parameters(), self._config.OPTIMIZER.CLIP))
        self._scaler.step(self._optimizer)
        self._scaler.update()
        self.state.step += 1
        self.state.loss_sum += loss
        self.state.loss_steps += 1
        return Step(loss, norm, rate)

    def _micro_batch(self) -> float:
        """Add the gradient of one micro-batch; return its mean loss."""
        inputs, targets = self._sampler.batch(self._config.BATCH.MICRO)
        with self._autocast():
            loss = self._loss(inputs.to(self._device), targets.to(self._device))
        self._scaler.scale(loss / self._accumulated).backward()
        return float(loss.detach())

    def _loss(self, inputs: Tensor, targets: Tensor) -> Tensor:
        # logits: (batch, tokens, vocabulary)
        logits = self._model(input_ids=inputs, use_cache=False).logits
        return cross_entropy(logits.flatten(0, 1), targets.flatten())

    def _autocast(self) -> AbstractContextManager[Any]:
        dtype = AUTOCAST.get(self._config.PRECISION)
        return torch.autocast(self._device.type, dtype) if dtype else nullcontext()

    def _evaluate_if_due(self) -> None:
        last = self.state.step == self._config.SCHEDULE.STEPS
        if not last and not self._due(self._config.EVALUATION.EVERY):
            return
        metrics = evaluate(self._model, self._valid, self._config.BATCH.CONTEXT, self._device)
        state = self.state
        train_loss = state.loss_sum / state.loss_steps
        state.curve.append(
            {
                "step": state.step,
                "train_loss": round(train_loss, 6),
                "valid_bits_per_byte": round(metrics.bits_per_byte, 6),
            }
        )
        state.loss_sum, state.loss_steps = 0.0, 0
        if metrics.bits_per_byte < state.best_bits_per_byte:
            state.best_bits_per_byte, state.best_step = metrics.bits_per_byte, state.step
            state.stale = 0
            self._store.save_best(self._model, state)
        else:
            state.stale += 1
        patience = self._config.EVALUATION.PATIENCE
        state.finished = last or bool(patience and state.stale >= patience)
        self._reporter.evaluation(self._model, state.step, metrics)


@dataclass
class _Stop:
    requested: bool = False


@contextmanager
def _sigterm() -> Iterator[_Stop]:
    """Note SIGTERM (a scheduler's notice) instead of ending at once."""
    stop = _Stop()

    def note(number: int, frame: FrameType | None) -> None:
        stop.requested = True

    before = signal.signal(signal.SIGTERM, note)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGTERM, before)
