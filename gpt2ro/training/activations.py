"""What a model computes between its layers: how, and how much of it is kept."""

from functools import partial
from typing import Any

from torch import nn
from torch.utils.checkpoint import checkpoint


def fuse_activation(model: Any) -> None:
    """Compute GPT-2's GELU in one pass over memory.

    transformers writes its formula out ("gelu_new"), and PyTorch then keeps several tensors of four
    times the width for the backward pass; this is the same function (docs/training.md, "Speed").
    """
    if model.config.activation_function == "gelu_new":
        for block in model.transformer.h:
            block.mlp.act = nn.GELU(approximate="tanh")


def recompute_activations(model: Any) -> None:
    """Compute what is inside a block again in the backward pass, instead of keeping it.

    Dropout is drawn alike both times, so the result is the same.
    """
    for block in model.transformer.h:
        block.forward = partial(checkpoint, block.forward, use_reentrant=False)
