"""Checkpoints: folders of safetensors and JSON, written whole or not at all, checked when read.

    step-00000500/
        model.safetensors       parameters
        optimizer.safetensors   the optimiser's moments and step counts, by parameter name
        average.safetensors     the average of the parameters, where one is kept
        random.safetensors      the random states of every process: torch, CUDA, NumPy, Python
        state.json              TrainingState: step, position in the data, guard, curve
        manifest.json           SHA-256 of the files above; written last
    best-00000400/
        model.safetensors       what is exported if no later evaluation is better

A checkpoint is good if its own step was not skipped, and an unbroken training would have written it
too: one that diverges can go back to it.
All processes of a training read it, from one file system; the first one writes it.
"""

import json
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

from safetensors.torch import load_file
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
    restore_outdated,
    write_folder,
)
from gpt2ro.training.learner import Learner
from gpt2ro.training.processes import Processes
from gpt2ro.training.state import TrainingState

WEIGHTS = "model.safetensors"
OPTIMIZER = "optimizer.safetensors"
AVERAGE = "average.safetensors"
RANDOM = "random.safetensors"


class CheckpointStore:
    """The checkpoints of one run.

    Args:
        keep: how many of the good ones stay: the newest.
        origin: the checkpoint of another run that this one goes on from; None if it begins.
    """

    def __init__(
        self, folder: Path, keep: int, processes: Processes, origin: Path | None = None
    ) -> None:
        self._folder = folder
        self._keep = keep
        self._processes = processes
        self._origin = origin

    @property
    def is_empty(self) -> bool:
        """Whether there is no checkpoint yet, not even a damaged one."""
        return not self._steps()

    def save(self, learner: Learner, state: TrainingState) -> None:
        """Write a checkpoint of this step, then remove what is no longer needed.

        Raises:
            UserError: the disk is full; earlier checkpoints are intact.
        """
        random = random_tensors(self._processes)
        if self._processes.is_first:
            contents = {
                WEIGHTS: parameter_tensors(learner.model),
                OPTIMIZER: optimizer_tensors(learner.model, learner.optimizer),
                RANDOM: random,
            }
            if learner.average:
                contents[AVERAGE] = learner.average.saved()
            write_folder(self._step(state.step), contents, asdict(state))
            self._prune()
        self._processes.wait()

    def save_best(self, model: nn.Module, state: TrainingState) -> None:
        """Keep these parameters as the best so far.

        The best before them stay as long as a checkpoint names them: a killed run may have to go
        back to it.
        """
        facts = {"step": state.step, "bits_per_byte": state.best_bits_per_byte}
        write_folder(self._best(state.step), {WEIGHTS: parameter_tensors(model)}, facts)

    def load_latest(self, learner: Learner) -> TrainingState | None:
        """Restore the newest whole checkpoint; report and remove damaged ones.

        One that names damaged best parameters counts as damaged too: the training could not export
        them at its end.

        Returns:
            How far it was, or None when there is none.

        Raises:
            UserError: there are some, and none is whole.
        """
        if self._processes.is_first:
            restore_outdated(self._folder)
        self._processes.wait()
        found = self._steps()
        problems = self._problems(found)
        whole = [folder for folder in found if folder not in problems]
        if found and not whole:
            raise UserError(_nothing_whole(found[-1], problems[found[-1]]))
        self._processes.wait()
        if self._processes.is_first:
            for folder, problem in problems.items():
                is_newest = folder > whole[-1]
                remedy = "using an older one" if is_newest else "removed, as a newer one is whole"
                print(f"gpt2ro: {folder}: {problem}; {remedy}", file=sys.stderr)
                shutil.rmtree(folder)
            self._prune()  # a run may have been killed before it did
            for unfinished in self._folder.glob(".*"):
                shutil.rmtree(unfinished)
        return self._load(whole[-1], learner) if whole else None

    def load_origin(self, learner: Learner) -> TrainingState | None:
        """Restore the checkpoint of another run that this one goes on from; None if it begins.

        Raises:
            UserError: it is damaged, or has no average of the weights where one is asked for.
        """
        if self._origin is None:
            return None
        if problem := damage(self._origin):
            raise UserError(f"{self._origin}: {problem}; name another checkpoint.")
        if learner.average and not (self._origin / AVERAGE).is_file():
            raise UserError(
                f"{self._origin}: has no average of the weights; set OPTIMIZER.EMA_DECAY 0."
            )
        return self._load(self._origin, learner).branched()

    def roll_back(self, learner: Learner, restored_step: int) -> TrainingState:
        """Restore the newest good checkpoint, and remove all newer ones.

        If that is the one of the last rollback, it did not help, and the one before it is restored,
        if there is one. A run that is killed while checkpoints are removed continues from what is
        left, and comes here again by the same steps.

        Args:
            restored_step: the step of the checkpoint of the last rollback; -1 for none.

        Raises:
            UserError: no good checkpoint is whole.
        """
        good = [folder for folder in self._steps() if _is_good(folder)]
        if len(good) > 1 and good[-1] == self._step(restored_step):
            good.pop()
        folder = next((one for one in reversed(good) if not self._problems([one])), None)
        if not folder:
            raise UserError(f"{self._folder}: no whole checkpoint to go back to; train again.")
        self._processes.wait()
        if self._processes.is_first:
            for newer in reversed([other for other in self._steps() if other > folder]):
                shutil.rmtree(newer)
        return self._load(folder, learner)

    def load_best(self, model: nn.Module, state: TrainingState) -> None:
        """Put the parameters of the best step into the model.

        Raises:
            UserError: they are missing or damaged.
        """
        folder = self._best(state.best_step)
        if problem := damage(folder):
            raise UserError(f"{folder}: {problem}; run again, to go on from an older checkpoint.")
        load_parameters(model, folder / WEIGHTS)

    def _load(self, folder: Path, learner: Learner) -> TrainingState:
        load_parameters(learner.model, folder / WEIGHTS)
        load_optimizer(learner.model, learner.optimizer, folder / OPTIMIZER)
        if learner.average:
            learner.average.load(load_file(folder / AVERAGE))
        load_random(folder / RANDOM, self._processes.rank)
        return TrainingState.from_json(_state(folder))

    def _problems(self, folders: list[Path]) -> dict[Path, str]:
        """Return what is wrong with each damaged checkpoint, or with the best parameters it names.

        Every file is read once, several at a time.
        """
        bests = {folder: self._named_best(folder) for folder in folders}
        every = list(dict.fromkeys([*folders, *(best for best in bests.values() if best)]))
        with ThreadPoolExecutor() as pool:
            damages = dict(zip(every, pool.map(damage, every), strict=True))
        found = {}
        for folder, best in bests.items():
            if problem := damages[folder]:
                found[folder] = problem
            elif best and (problem := damages[best]):
                found[folder] = f"{best.name}, the best parameters it knows, is damaged ({problem})"
        return found

    def _named_best(self, folder: Path) -> Path | None:
        """Return the best parameters that a checkpoint names; None before an evaluation."""
        best_step = _state(folder).get("best_step", -1)
        return self._best(best_step) if best_step >= 0 else None

    def _prune(self) -> None:
        """Remove all but the newest checkpoint, the newest good ones, and the best that they name.

        Skipped steps make no checkpoint good, so the last good one outlasts them.
        """
        steps = self._steps()
        good = [folder for folder in steps if _is_good(folder)]
        kept = {*steps[-1:], *good[-self._keep :]}
        named = {self._named_best(folder) for folder in kept}
        outdated = [best for best in self._folder.glob("best-????????") if best not in named]
        for folder in [*(step for step in steps if step not in kept), *outdated]:
            shutil.rmtree(folder)

    def _best(self, step: int) -> Path:
        return self._folder / f"best-{step:08d}"

    def _step(self, step: int) -> Path:
        return self._folder / f"step-{step:08d}"

    def _steps(self) -> list[Path]:
        return sorted(self._folder.glob("step-????????"))


def _nothing_whole(newest: Path, problem: str) -> str:
    """Return the error for a run that cannot continue until its user says how."""
    return (
        f"{newest}: {problem}, and no older checkpoint is whole; put the files back from a copy, "
        f"or delete {newest.parent} to train from the beginning ({WEIGHTS} of the checkpoints may "
        "still be of use)."
    )


def _is_good(folder: Path) -> bool:
    state = _state(folder)
    return bool(state) and not state["guard"]["streak"] and not state.get("interim")


def _state(folder: Path) -> dict[str, Any]:
    """Return state.json, or nothing if it is damaged; `damage` reports that."""
    try:
        values: dict[str, Any] = json.loads((folder / "state.json").read_text())
    except (OSError, ValueError):
        return {}
    return values
