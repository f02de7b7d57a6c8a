"""Going on from a checkpoint of another run: with another schedule, say, but from where it was."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gpt2ro.errors import UserError
from gpt2ro.files import read_json
from gpt2ro.training.checkpoint_files import MANIFEST
from gpt2ro.training.earlier_runs import FACTS, differences

# What of an experiment must be as it was: the tensors, their optimiser, and what a position in the
# data and a number of steps mean.
FIXED = (
    "SEED", "MODEL.LAYERS", "MODEL.HEADS", "MODEL.WIDTH", "MODEL.CONTEXT", "BATCH.CONTEXT",
    "BATCH.TOKENS", "OPTIMIZER.NAME",
)  # fmt: skip
FIXED_KINDS = ("tokens", "tokenizer", "pretrained", "shape")


def check_is_checkpoint(folder: Path) -> None:
    """Refuse a folder that is no checkpoint of a run.

    Raises:
        UserError: it is none.
    """
    for path in (folder / MANIFEST, _facts(folder)):
        if not path.is_file():
            raise UserError(
                f"{folder}: no checkpoint of a run ({path.name} is missing); name a folder such as "
                "results/training/0123456789abcdef/checkpoints/step-00001000."
            )


def check_branch(folder: Path, facts: Mapping[str, Any]) -> None:
    """Refuse a checkpoint that does not fit the training that is to go on from it.

    Args:
        folder: a checkpoint, in the folder of its run.
        facts: of the training (`fingerprint.training_facts`).

    Raises:
        UserError: its data, its initial weights or a setting that must stay are others.
    """
    found = differences(_fixed(read_json(_facts(folder))), _fixed(facts))
    if found:
        raise UserError(
            f"{folder}: its training had {', '.join(found)}; set what it had, or give its model as "
            "initial weights (--pretrained)."
        )


def _facts(folder: Path) -> Path:
    return folder.absolute().parents[1] / FACTS


def _fixed(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return of the facts of a training those that must stay."""
    config = {key: facts["config"].get(key) for key in FIXED}
    return {"config": config} | {kind: facts.get(kind, {}) for kind in FIXED_KINDS}
