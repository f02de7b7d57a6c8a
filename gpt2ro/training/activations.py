"""How a GPT-2 computes its activations, and how many of them it keeps."""

from functools import partial
from typing import Any

from torch import nn
from torch.utils.checkpoint import checkpoint


def fuse_activation(model: Any) -> None:
    """Compute GPT-2's GELU in one pass over memory.

    transformers writes the formula out ("gelu_new"), so PyTorch keeps several tensors of four times
    the width for the backward pass. This is the same function (docs/training.md, "Speed and
    memory").
    """
    if model.config.activation_function == "gelu_new":
        for block in model.transformer.h:
            block.mlp.act = nn.GELU(approximate="tanh")


def recompute_activations(model: Any) -> None:
    """Compute the activations of a block again in the backward pass, instead of keeping them.

    Dropout is drawn alike both times, so the result is the same.
    """
    for block in model.transformer.h:
        block.forward = partial(checkpoint, block.forward, use_reentrant=False)
