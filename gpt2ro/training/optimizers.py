"""The optimisers: AdamW, or Muon and AdamW together."""

from typing import Any

import torch
from torch import nn
from yacs.config import CfgNode

from gpt2ro.training.muon import make_muon

RATE_FACTOR = "rate_factor"  # of a group: what its learning rate is multiplied by


def decays(name: str, parameter: nn.Parameter) -> bool:
    """Return whether weight decay applies: to matrices, not to norms, biases and embeddings.

    Decay pulls norms and biases to values that mean nothing; rare tokens' embeddings would shrink
    without ever being trained.
    """
    return parameter.ndim >= 2 and "wte" not in name and "wpe" not in name


def make_optimizer(model: nn.Module, config: CfgNode) -> torch.optim.Optimizer:
    """Return the optimiser over all parameters; the learning rate is set at each step.

    With OPTIMIZER.NAME muon the matrices of the blocks are updated by Muon and the rest by AdamW.
    """
    named = list(model.named_parameters())
    matrices = [p for name, p in named if decays(name, p)]
    embedding = [p for name, p in named if "wte" in name]
    others = [p for name, p in named if not decays(name, p) and "wte" not in name]
    decay, factor = config.OPTIMIZER.WEIGHT_DECAY, config.OPTIMIZER.EMBEDDING_RATE_FACTOR
    groups = [
        {"params": embedding, "weight_decay": 0.0, RATE_FACTOR: factor},
        {"params": others, "weight_decay": 0.0},
    ]
    if config.OPTIMIZER.NAME == "adamw":
        return _adamw([{"params": matrices, "weight_decay": decay}, *groups], config)
    return CombinedOptimizer([make_muon(matrices, decay), _adamw(groups, config)])


def _adamw(groups: list[dict[str, Any]], config: CfgNode) -> torch.optim.AdamW:
    # The fused kernel updates all parameters in one pass over memory.
    return torch.optim.AdamW(groups, lr=0.0, betas=config.OPTIMIZER.BETAS, fused=True)


class CombinedOptimizer(torch.optim.Optimizer):
    """Several optimisers of different parameters behind one interface.

    Groups and states are those of the parts, not copies: what is set here is set there.
    """

    def __init__(self, parts: list[torch.optim.Optimizer]) -> None:
        super().__init__([group for part in parts for group in part.param_groups], {})
        self._parts = parts
        for part in parts:
            part.state = self.state

    def step(self, closure: None = None) -> None:  # type: ignore[override]
        """Update every part's parameters."""
        for part in self._parts:
            part.step(closure)


def set_learning_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """Set the learning rate; a group may have a multiple of it."""
    for group in optimizer.param_groups:
        group["lr"] = rate * group.get(RATE_FACTOR, 1.0)
