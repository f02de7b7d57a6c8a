"""Checkpoints: folders of safetensors and JSON, written whole or not at all, checked when read.

    step-00000500/
        model.safetensors       parameters
        optimizer.safetensors   AdamW's moments and step counts, by parameter name
        random.safetensors      the random state of torch, and of CUDA where it is used
        state.json              TrainingState: step, position in the data, guard, curve
        manifest.json           SHA-256 of the files above; written last

No other random stream is used in training, so these states are all there is. A checkpoint is good
if the step before it was not skipped: a training that diverges can go back to it.
"""

import json
import shutil
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import nn

from gpt2ro.errors import UserError
from gpt2ro.training.checkpoint_files import (
    damage,
    load_optimizer,
    load_parameters,
    load_random,
    optimizer_tensors,
    parameter_tensors,
    random_tensors,
    write_folder,
)
from gpt2ro.training.state import TrainingState

WEIGHTS = "model.safetensors"


class CheckpointStore:
    """The checkpoints of one run."""

    def __init__(self, folder: Path, keep: int) -> None:
        self._folder = folder
        self._keep = keep

    def save(
        self, model: nn.Module, optimizer: torch.optim.Optimizer, state: TrainingState
    ) -> None:
        """Write a checkpoint of this step, then remove what is no longer needed.

        Raises:
            UserError: the disk is full; earlier checkpoints are intact.
        """
        contents = {
            WEIGHTS: parameter_tensors(model),
            "optimizer.safetensors": optimizer_tensors(model, optimizer),
            "random.safetensors": random_tensors(),
        }
        write_folder(self._step(state.step), contents, asdict(state))
        self._prune()

    def save_best(self, model: nn.Module, state: TrainingState) -> None:
        """Keep these parameters as the best so far.

        The one before stays while a checkpoint names it, which a killed run may have to go back to.
        """
        facts = {"step": state.step, "bits_per_byte": state.best_bits_per_byte}
        write_folder(self._best(state.step), {WEIGHTS: parameter_tensors(model)}, facts)

    def load_latest(
        self, model: nn.Module, optimizer: torch.optim.Optimizer, device: torch.device
    ) -> TrainingState | None:
        """Restore the newest whole checkpoint; damaged ones are reported and passed over.

        Returns:
            How far it was, or None when there is none.
        """
        self._prune()  # a run that was killed in between has not
        folder = _newest_whole(self._steps())
        return _load(folder, model, optimizer, device) if folder else None

    def roll_back(
        self,
        model: nn.Module,
        optimizer: torch.optim.Optimizer,
        device: torch.device,
        restored_step: int,
    ) -> TrainingState:
        """Restore the newest good checkpoint, and remove all that are newer.

        A checkpoint to which the training went back before, and which is the newest good one again,
        did not help; then it is the one before that, if there is one.

        A run that is killed while they are removed continues from what is left, and comes here
        again by the same steps.

        Args:
            restored_step: the step of the checkpoint of the last rollback; -1 for none.

        Raises:
            UserError: no good checkpoint is whole.
        """
        good = [folder for folder in self._steps() if _is_good(folder)]
        if len(good) > 1 and good[-1] == self._step(restored_step):
            good.pop()
        folder = _newest_whole(good)
        if not folder:
            raise UserError(f"{self._folder}: no whole checkpoint to go back to; train again.")
        for newer in reversed([other for other in self._steps() if other > folder]):
            shutil.rmtree(newer)
        return _load(folder, model, optimizer, device)

    def load_best(self, model: nn.Module, state: TrainingState) -> None:
        """Put the parameters of the best step into the model.

        Raises:
            UserError: they are missing or damaged.
        """
        folder = self._best(state.best_step)
        if problem := damage(folder):
            raise UserError(f"{folder}: {problem}; delete {self._folder} and train again.")
        load_parameters(model, folder / WEIGHTS)

    def _prune(self) -> None:
        """Remove all but the newest checkpoint, the newest good ones, and the best that they name.

        Skipped steps make no checkpoint good, so the last good one outlasts them.
        """
        steps = self._steps()
        good = [folder for folder in steps if _is_good(folder)]
        kept = {*steps[-1:], *good[-self._keep :]}
        named = {self._best(_state(folder).get("best_step", -1)) for folder in kept}
        outdated = [best for best in self._folder.glob("best-????????") if best not in named]
        for folder in [*(step for step in steps if step not in kept), *outdated]:
            shutil.rmtree(folder)

    def _best(self, step: int) -> Path:
        return self._folder / f"best-{step:08d}"

    def _step(self, step: int) -> Path:
        return self._folder / f"step-{step:08d}"

    def _steps(self) -> list[Path]:
        return sorted(self._folder.glob("step-????????"))


def _newest_whole(folders: list[Path]) -> Path | None:
    for folder in reversed(folders):
        problem = damage(folder)
        if not problem:
            return folder
        print(f"gpt2ro: {folder}: {problem}; using an older one", file=sys.stderr)
    return None


def _load(
    folder: Path, model: nn.Module, optimizer: torch.optim.Optimizer, device: torch.device
) -> TrainingState:
    load_parameters(model, folder / WEIGHTS)
    load_optimizer(model, optimizer, folder / "optimizer.safetensors", device)
    load_random(folder / "random.safetensors")
    return TrainingState.from_json(_state(folder))


def _is_good(folder: Path) -> bool:
    state = _state(folder)
    return bool(state) and not state["guard"]["streak"]


def _state(folder: Path) -> dict[str, Any]:
    """Return state.json, or nothing if it is damaged; `damage` reports that."""
    try:
        values: dict[str, Any] = json.loads((folder / "state.json").read_text())
    except (OSError, ValueError):
        return {}
    return values
