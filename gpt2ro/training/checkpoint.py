"""Checkpoints: folders of safetensors and JSON, written whole or not at all, checked when read.

    step-00000500/
        model.safetensors       parameters
        optimizer.safetensors   AdamW's moments and step counts, by parameter name
        random.safetensors      the random state of torch, and of CUDA where it is used
        state.json              step, position in the data, best metric, curve
        manifest.json           SHA-256 of the files above; written last

No other random stream is used in training, so these states are all there is. Nothing is pickled.
"""

import json
import shutil
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from gpt2ro.errors import UserError
from gpt2ro.files import fsync, sha256
from gpt2ro.training.data import Position

MANIFEST = "manifest.json"
WEIGHTS = "model.safetensors"


@dataclass
class TrainingState:
    """How far a training is; everything in it goes to `state.json`.

    Attributes:
        step: optimiser steps done.
        position: where the sampler stands.
        loss_sum: sum of the steps' training losses since the last evaluation, nats per token.
        loss_steps: how many steps that is.
        best_bits_per_byte: of the best evaluation so far.
        best_step: its step; -1 before the first evaluation.
        stale: evaluations since then.
        curve: one entry an evaluation: step, train_loss, valid_bits_per_byte.
        finished: whether the training has ended.
        scaler: state of the float16 loss scaler.
    """

    step: int = 0
    position: Position = field(default_factory=Position)
    loss_sum: float = 0.0
    loss_steps: int = 0
    best_bits_per_byte: float = float("inf")
    best_step: int = -1
    stale: int = 0
    curve: list[dict[str, float]] = field(default_factory=list)
    finished: bool = False
    scaler: dict[str, Any] = field(default_factory=dict)

    @staticmethod
    def from_json(values: Mapping[str, Any]) -> "TrainingState":
        """Return what `asdict` was made of."""
        position = Position(**values["position"])
        return TrainingState(**{**values, "position": position})


class CheckpointStore:
    """The checkpoints of one run."""

    def __init__(self, folder: Path, keep: int) -> None:
        self._folder = folder
        self._keep = keep

    def save(
        self, model: nn.Module, optimizer: torch.optim.Optimizer, state: TrainingState
    ) -> None:
        """Write a checkpoint of this step, then remove the oldest beyond `keep`.

        Raises:
            UserError: the disk is full; earlier checkpoints are intact.
        """
        target = self._folder / f"step-{state.step:08d}"
        contents = {
            WEIGHTS: _tensors(model),
            "optimizer.safetensors": _optimizer_tensors(model, optimizer),
            "random.safetensors": _random_tensors(),
        }
        _write_folder(target, contents, asdict(state))
        best = self._best(state.best_step)
        outdated = [path for path in self._folder.glob("best-????????") if path != best]
        for old in [*self._steps()[: -self._keep], *outdated]:
            shutil.rmtree(old)

    def save_best(self, model: nn.Module, state: TrainingState) -> None:
        """Keep these parameters as the best so far.

        The one before stays until the next checkpoint, which a killed run may have to go back to.
        """
        facts = {"step": state.step, "bits_per_byte": state.best_bits_per_byte}
        _write_folder(self._best(state.step), {WEIGHTS: _tensors(model)}, facts)

    def load_latest(
        self, model: nn.Module, optimizer: torch.optim.Optimizer, device: torch.device
    ) -> TrainingState | None:
        """Restore the newest whole checkpoint; damaged ones are reported and passed over.

        Returns:
            How far it was, or None when there is none.
        """
        for folder in reversed(self._steps()):
            if problem := _problem(folder):
                print(f"gpt2ro: {folder}: {problem}; using an older one", file=sys.stderr)
                continue
            _load_parameters(model, folder / WEIGHTS)
            _load_optimizer(model, optimizer, folder / "optimizer.safetensors", device)
            _load_random(folder / "random.safetensors")
            return TrainingState.from_json(json.loads((folder / "state.json").read_text()))
        return None

    def load_best(self, model: nn.Module, state: TrainingState) -> None:
        """Put the parameters of the best step into the model.

        Raises:
            UserError: they are missing or damaged.
        """
        folder = self._best(state.best_step)
        if problem := _problem(folder):
            raise UserError(f"{folder}: {problem}; delete {self._folder} and train again.")
        _load_parameters(model, folder / WEIGHTS)

    def _best(self, step: int) -> Path:
        return self._folder / f"best-{step:08d}"

    def _steps(self) -> list[Path]:
        return sorted(self._folder.glob("step-????????"))


def _write_folder(
    target: Path, contents: dict[str, dict[str, Tensor]], state: dict[str, Any]
) -> None:
    partial = target.with_name(f".{target.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        for name, tensors in contents.items():
            save_file(tensors, partial / name)
        (partial / "state.json").write_text(json.dumps(state))
        names = [*contents, "state.json"]
        (partial / MANIFEST).write_text(
            json.dumps({name: sha256(partial / name) for name in names})
        )
        for name in (*names, MANIFEST):
            fsync(partial / name)
        fsync(partial)
    except (OSError, SafetensorError) as error:
        shutil.rmtree(partial, ignore_errors=True)
        raise UserError(
            f"{target}: cannot be written ({error}); free some space and run again: earlier "
            "checkpoints are intact."
        ) from error
    shutil.rmtree(target, ignore_errors=True)
    partial.rename(target)
    fsync(target.parent)


def _problem(folder: Path) -> str | None:
    """Return what is wrong with a checkpoint, or None."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text())
    except (OSError, ValueError):
        return "no readable manifest.json"
    for name, digest in manifest.items():
        path = folder / name
        if not path.is_file() or sha256(path) != digest:
            return f"{name} is missing or damaged"
    return None


def _tensors(model: nn.Module) -> dict[str, Tensor]:
    """Return the parameters by name; named_parameters lists the tied head once, as wte."""
    return {name: p.detach().cpu().contiguous() for name, p in model.named_parameters()}


def _optimizer_tensors(model: nn.Module, optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    tensors = {}
    for name, parameter in model.named_parameters():
        for key, value in optimizer.state.get(parameter, {}).items():
            tensors[f"{name}/{key}"] = torch.as_tensor(value).detach().cpu().contiguous()
    return tensors


def _random_tensors() -> dict[str, Tensor]:
    states = {"cpu": torch.get_rng_state()}
    if torch.cuda.is_available():
        states["cuda"] = torch.cuda.get_rng_state()
    return states


def _load_parameters(model: nn.Module, path: Path) -> None:
    tensors = load_file(path)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(tensors[name])


def _load_optimizer(
    model: nn.Module, optimizer: torch.optim.Optimizer, path: Path, device: torch.device
) -> None:
    parameters = dict(model.named_parameters())
    # Fused AdamW counts steps on the device of the parameter.
    for key, value in load_file(path).items():
        name, _, kind = key.rpartition("/")
        optimizer.state[parameters[name]][kind] = value.to(device)


def _load_random(path: Path) -> None:
    states = load_file(path)
    torch.set_rng_state(states["cpu"])
    if "cuda" in states and torch.cuda.is_available():
        torch.cuda.set_rng_state(states["cuda"])
