"""The course of a training: its stages, and the learning rate of each step.

While a model is unfrozen, each stage trains some of it at a rate of its own, warmed up anew. The
last stage trains everything, and its rate falls at the end.
"""

import math
from dataclasses import dataclass

from yacs.config import CfgNode


@dataclass(frozen=True)
class Stage:
    """Steps in which the same parameters are trained.

    Attributes:
        start: its first step, from 0.
        end: the first step after it.
        blocks: how many blocks are trained, counted from the top; None for the whole model.
        peak: the learning rate after the warm-up.
    """

    start: int
    end: int
    blocks: int | None
    peak: float


def stages(config: CfgNode) -> list[Stage]:
    """Return the stages of a training in their order; the last one trains everything."""
    settings = config.UNFREEZING
    starts = (0, *settings.UNTIL)
    ends = (*settings.UNTIL, config.SCHEDULE.STEPS)
    blocks = (*settings.BLOCKS, None)
    peaks = (*settings.LEARNING_RATES, config.OPTIMIZER.LEARNING_RATE)
    return [Stage(*values) for values in zip(starts, ends, blocks, peaks, strict=True)]


def stage_at(step: int, config: CfgNode) -> Stage:
    """Return the stage of a step (from 0); steps after the end belong to the last."""
    found = stages(config)
    return next((stage for stage in found if step < stage.end), found[-1])


def unreached_rate(config: CfgNode) -> str | None:
    """Return which stage ends before its warm-up, so that its rate is never reached, or None."""
    warmup = config.SCHEDULE.WARMUP
    for stage in stages(config):
        if stage.end - stage.start < warmup:
            return (
                f"SCHEDULE.WARMUP is {warmup:,}, and the stage from step {stage.start:,} ends at "
                f"step {stage.end:,}: the rate does not reach {stage.peak:g}"
            )
    return None


def learning_rate(step: int, config: CfgNode) -> float:
    """Return the learning rate of a step (from 0): warm-up, plateau, decay."""
    stage, warmup = stage_at(step, config), config.SCHEDULE.WARMUP
    step, steps = step - stage.start, stage.end - stage.start
    if step < warmup:
        return float(stage.peak * (step + 1) / warmup)
    if stage.blocks is not None:
        return float(stage.peak)
    low = config.OPTIMIZER.MIN_LEARNING_RATE
    if config.SCHEDULE.NAME == "cosine":
        progress = min(1.0, (step - warmup) / max(1, steps - warmup))
        return float(low + 0.5 * (stage.peak - low) * (1 + math.cos(math.pi * progress)))
    # Not before the warm-up is over, or the rate would leap when it is.
    length = max(1.0, min(config.SCHEDULE.COOLDOWN * steps, steps - warmup))
    return float(low + (stage.peak - low) * _cooldown(step, steps, length))


def _cooldown(step: int, steps: int, length: float) -> float:
    """Return 1 before the last `length` steps, then 1 - sqrt(progress), down to 0 at the end.

    Hägele et al. found this form better than a linear one (arXiv 2405.18392).
    """
    progress = min(1.0, max(0.0, (step - (steps - length)) / length))
    return 1 - math.sqrt(progress)
