"""The optimiser, its schedule, and which parameters are trained when."""

import math

import torch
from torch import nn
from yacs.config import CfgNode


def decays(name: str, parameter: nn.Parameter) -> bool:
    """Return whether weight decay applies: to matrices, not to norms, biases and embeddings.

    Decay pulls norms and biases to values that mean nothing; rare tokens' embeddings would shrink
    without ever being trained.
    """
    return parameter.ndim >= 2 and "wte" not in name and "wpe" not in name


def make_optimizer(model: nn.Module, config: CfgNode, device: torch.device) -> torch.optim.AdamW:
    """Return AdamW over all parameters, in two groups; the learning rate is set at each step."""
    named = list(model.named_parameters())
    groups = [
        {
            "params": [p for name, p in named if decays(name, p)],
            "weight_decay": config.OPTIMIZER.WEIGHT_DECAY,
        },
        {"params": [p for name, p in named if not decays(name, p)], "weight_decay": 0.0},
    ]
    # The fused kernel updates all parameters in one pass over memory.
    return torch.optim.AdamW(groups, lr=0.0, betas=config.OPTIMIZER.BETAS, fused=True)


def learning_rate(step: int, config: CfgNode) -> float:
    """Return the learning rate of a step (from 0): linear warm-up, then cosine to the minimum.

    While the blocks are frozen it is FROZEN_LEARNING_RATE, warmed up; the schedule proper begins,
    with its own warm-up, when they are freed.
    """
    frozen = config.SCHEDULE.FROZEN_STEPS
    warmup = config.SCHEDULE.WARMUP
    if step < frozen:
        return float(config.SCHEDULE.FROZEN_LEARNING_RATE * min(1.0, (step + 1) / max(1, warmup)))
    step, steps = step - frozen, config.SCHEDULE.STEPS - frozen
    peak, low = config.OPTIMIZER.LEARNING_RATE, config.OPTIMIZER.MIN_LEARNING_RATE
    if step < warmup:
        return float(peak * (step + 1) / warmup)
    progress = min(1.0, (step - warmup) / max(1, steps - warmup))
    return float(low + 0.5 * (peak - low) * (1 + math.cos(math.pi * progress)))


def set_learning_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """Set the learning rate of every group."""
    for group in optimizer.param_groups:
        group["lr"] = rate


def set_frozen(model: nn.Module, step: int, config: CfgNode) -> None:
    """Train the token embedding and the last norm only, until FROZEN_STEPS.

    Frozen parameters get no gradient, so AdamW makes no state for them: it begins clean when they
    are freed.
    """
    frozen = step < config.SCHEDULE.FROZEN_STEPS
    for name, parameter in model.named_parameters():
        trained_first = "wte" in name or "ln_f" in name
        parameter.requires_grad_(trained_first or not frozen)
