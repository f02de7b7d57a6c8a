"""Gradual unfreezing: which parameters are trained in a stage of the training.

The token embedding (which is the output head) and the last norm are trained from the first stage
on. Blocks join from the top, as these are nearest to the output, and everything else, position
embeddings too, in the last stage. So the blocks keep what they know until the embeddings of a new
vocabulary mean something to them.
"""

import re
from collections.abc import Iterable

from torch import nn

from gpt2ro.errors import UserError
from gpt2ro.training.schedule import Stage

BLOCK = re.compile(r"\bh\.(\d+)\.")


def check_blocks(model: nn.Module, stages: Iterable[Stage]) -> None:
    """Check, before the first step, that no stage trains more blocks than there are.

    Raises:
        UserError: one does.
    """
    layers = _layers(model)
    most = max((stage.blocks or 0 for stage in stages), default=0)
    if most > layers:
        raise UserError(
            f"UNFREEZING.BLOCKS holds {most}, and the model has {layers} blocks; set {layers} or "
            "less."
        )


def set_trained(model: nn.Module, stage: Stage) -> None:
    """Let the parameters of a stage be trained, and freeze the others.

    A frozen parameter gets no gradient, so the optimiser has no state for it until it is freed.
    """
    layers = _layers(model)
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(_is_trained(name, stage, layers))


def _is_trained(name: str, stage: Stage, layers: int) -> bool:
    if stage.blocks is None or "wte" in name or "ln_f" in name:
        return True
    block = BLOCK.search(name)
    return block is not None and int(block.group(1)) >= layers - stage.blocks


def _layers(model: nn.Module) -> int:
    found = (BLOCK.search(name) for name, _ in model.named_parameters())
    return 1 + max((int(block.group(1)) for block in found if block), default=-1)
