"""What a checkpoint is made of: tensors by name, and folders that are complete or absent.

Nothing is pickled. A folder's manifest.json holds the SHA-256 of its other files.
"""

import json
import shutil
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from gpt2ro.errors import UserError
from gpt2ro.files import fsync, sha256
from gpt2ro.training.processes import Processes
from gpt2ro.training.random_states import random_states, set_random_states

MANIFEST = "manifest.json"
OUTDATED = ".outdated"


def write_folder(
    target: Path, contents: dict[str, dict[str, Tensor]], state: dict[str, Any]
) -> None:
    """Write files of tensors and state.json under another name, flush them, and rename.

    Raises:
        UserError: the disk is full.
    """
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
    # A folder cannot be replaced by another in one step. A run that is killed between these two
    # finds the old one by its other name: `restore_outdated`.
    outdated = target.with_name(f".{target.name}{OUTDATED}")
    if target.exists():
        shutil.rmtree(outdated, ignore_errors=True)
        target.rename(outdated)
    partial.rename(target)
    fsync(target.parent)
    shutil.rmtree(outdated, ignore_errors=True)


def restore_outdated(folder: Path) -> None:
    """Put back the folders inside `folder` that were to be replaced, where nothing has done so."""
    for outdated in folder.glob(f".*{OUTDATED}"):
        target = outdated.with_name(outdated.name[1:].removesuffix(OUTDATED))
        if not target.exists():
            outdated.rename(target)


def damage(folder: Path) -> str | None:
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


def parameter_tensors(model: nn.Module) -> dict[str, Tensor]:
    """Return the parameters by name; named_parameters lists the tied head once, as wte."""
    return {name: p.detach().cpu().contiguous() for name, p in model.named_parameters()}


def optimizer_tensors(model: nn.Module, optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    """Return the optimiser's moments and step counts, as `parameter name/kind`."""
    tensors = {}
    for name, parameter in model.named_parameters():
        for key, value in optimizer.state.get(parameter, {}).items():
            tensors[f"{name}/{key}"] = torch.as_tensor(value).detach().cpu().contiguous()
    return tensors


def random_tensors(processes: Processes) -> dict[str, Tensor]:
    """Return the random states of every process, as `kind/rank`."""
    return {
        f"{kind}/{rank}": found
        for kind, state in random_states().items()
        for rank, found in enumerate(processes.from_all(state))
    }


def load_parameters(model: nn.Module, path: Path) -> None:
    """Put the parameters of a file into the model."""
    tensors = load_file(path)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(tensors[name])


def load_optimizer(model: nn.Module, optimizer: torch.optim.Optimizer, path: Path) -> None:
    """Replace the optimiser's state by that of a file."""
    parameters = dict(model.named_parameters())
    # A parameter that was frozen then is not in the file: its state must go.
    optimizer.state.clear()
    for key, value in load_file(path).items():
        name, _, kind = key.rpartition("/")
        parameter = parameters[name]
        # Step counts too: fused AdamW has them on the device of the parameter. A copy, as what
        # safetensors gives is mapped from the file, which would take its space on the disk until
        # the training ends, and which NFS does not let a folder be removed with.
        optimizer.state[parameter][kind] = value.to(parameter.device, copy=True)


def load_random(path: Path, rank: int) -> None:
    """Set the random states that the process of this rank had.

    A process that did not exist then, as there were fewer, keeps its own.
    """
    end = f"/{rank}"
    states = load_file(path)
    set_random_states(
        {name.removesuffix(end): state for name, state in states.items() if name.endswith(end)}
    )
