"""Muon, in numbers that the processor multiplies itself, with q, k and v apart."""

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from gpt2ro.training.devices import has_bfloat16

QKV = "attn.c_attn"  # the layer whose matrix, `(width, 3 * width)`, holds those of q, k and v


class Muon(torch.optim.Muon):
    """`torch.optim.Muon` over matrices that may hold several side by side.

    A group has the number of those in `matrices`. Each is orthogonalised by itself: the singular
    values of one that holds three mix what is asked, what is found and what is said (figures in
    docs/training.md, "The recipe, and why").

    It computes in bfloat16, as PyTorch's does, only where a processor has instructions for that.
    Without them PyTorch multiplies matrices of it in a plain loop, at 4 GFLOP/s where float32
    reaches 52 (AMD Zen 3, one thread, 192 x 768): a step of the demo took 3.5 s.
    """

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        """Update the parameters that have gradients."""
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    self._update(parameter, parameter.grad, group)

    def _update(self, parameter: Tensor, gradient: Tensor, group: dict[str, Any]) -> None:
        state, beta, rate = self.state[parameter], group["momentum"], group["lr"]
        if "momentum_buffer" not in state:
            state["momentum_buffer"] = torch.zeros_like(gradient)
        momentum = state["momentum_buffer"].lerp_(gradient, 1 - beta)
        parts = gradient.lerp(momentum, beta).chunk(group["matrices"], dim=1)
        parameter.mul_(1 - rate * group["weight_decay"])
        for place, part in zip(parameter.chunk(len(parts), dim=1), parts, strict=True):
            update = orthogonalized(part, group["ns_coefficients"], group["ns_steps"], group["eps"])
            place.add_(update, alpha=-rate * size_of_adamw(part))


def make_muon(named: Sequence[tuple[str, nn.Parameter]], weight_decay: float) -> Muon:
    """Return Muon over matrices of a GPT-2; the learning rate is set at each step."""
    apart = [matrix for name, matrix in named if QKV in name]
    whole = [matrix for name, matrix in named if QKV not in name]
    groups = [{"params": apart, "matrices": 3}, {"params": whole, "matrices": 1}]
    return Muon([group for group in groups if group["params"]], lr=0.0, weight_decay=weight_decay)


def size_of_adamw(matrix: Tensor) -> float:
    """Return the factor that makes an update as large as AdamW's (arXiv 2502.16982).

    One learning rate serves both then.
    """
    return 0.2 * math.sqrt(max(matrix.shape))


def orthogonalized(
    matrix: Tensor, coefficients: tuple[float, float, float], steps: int, least_norm: float
) -> Tensor:
    """Return a matrix with its singular values brought near one, by Newton-Schulz (Jordan, 2024).

    It is in bfloat16 where the device computes that itself, else in float32.

    Args:
        matrix: `(rows, columns)`
        coefficients: of the first, third and fifth powers of the singular values.
        steps: how often.
        least_norm: what it is divided by if its own norm is less.
    """
    is_tall = matrix.shape[0] > matrix.shape[1]
    wide = matrix.T if is_tall else matrix
    wide = wide.to(torch.bfloat16 if has_bfloat16(matrix.device) else torch.float32)
    wide = wide / wide.norm().clamp(min=least_norm)
    first, third, fifth = coefficients
    for _ in range(steps):
        gram = wide @ wide.T
        powers = torch.addmm(gram, gram, gram, beta=third, alpha=fifth)
        wide = torch.addmm(wide, powers, wide, beta=first)
    return wide.T if is_tall else wide
