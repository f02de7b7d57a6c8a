"""Muon, in numbers that the processor multiplies itself."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from gpt2ro.training.devices import has_bfloat16


class Float32Muon(torch.optim.Muon):
    """`torch.optim.Muon` with all that it computes in float32, where it takes bfloat16.

    Without instructions for bfloat16 PyTorch multiplies matrices of it in a plain loop, at 4
    GFLOP/s where float32 reaches 52 (AMD Zen 3, one thread, 192 x 768): a step of the demo took
    3.5 s.
    """

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        """Update the matrices that have gradients."""
        for group in self.param_groups:
            for matrix in group["params"]:
                if matrix.grad is None:
                    continue
                state = self.state[matrix]
                if "momentum_buffer" not in state:
                    state["momentum_buffer"] = torch.zeros_like(matrix.grad)
                momentum = state["momentum_buffer"].lerp_(matrix.grad, 1 - group["momentum"])
                update = orthogonalized(
                    matrix.grad.lerp(momentum, group["momentum"]),
                    group["ns_coefficients"],
                    group["ns_steps"],
                    group["eps"],
                )
                matrix.mul_(1 - group["lr"] * group["weight_decay"])
                matrix.add_(update, alpha=-group["lr"] * size_of_adamw(matrix))


def make_muon(matrices: Sequence[Tensor], weight_decay: float) -> torch.optim.Muon:
    """Return Muon over matrices of one device; the learning rate is set at each step."""
    kind = torch.optim.Muon if has_bfloat16(matrices[0].device) else Float32Muon
    # An update as large as AdamW's, so that one learning rate serves both.
    return kind(matrices, lr=0.0, weight_decay=weight_decay, adjust_lr_fn="match_rms_adamw")


def size_of_adamw(matrix: Tensor) -> float:
    """Return the factor that makes an update as large as AdamW's (arXiv 2502.16982)."""
    return 0.2 * math.sqrt(max(matrix.shape))


def orthogonalized(
    matrix: Tensor, coefficients: tuple[float, float, float], steps: int, least_norm: float
) -> Tensor:
    """Return a matrix with its singular values brought near one, by Newton-Schulz (Jordan, 2024).

    Args:
        matrix: `(rows, columns)`
        coefficients: of the first, third and fifth powers of the singular values.
        steps: how often.
        least_norm: what it is divided by if its own norm is less.
    """
    is_tall = matrix.shape[0] > matrix.shape[1]
    wide = matrix.T if is_tall else matrix
    wide = wide / wide.norm().clamp(min=least_norm)
    first, third, fifth = coefficients
    for _ in range(steps):
        # By MKL, which took 18 to 42 % less CPU time than oneDNN for four of six shapes, and a
        # tenth more for 192 x 192 and 768 x 192 (AMD Zen 3, under load).
        gram = wide @ wide.T
        powers = torch.addmm(gram, gram, gram, beta=third, alpha=fifth)
        wide = torch.addmm(wide, powers, wide, beta=first)
    return wide.T if is_tall else wide
