"""Products of float32 matrices on a CPU, by oneDNN where it is faster.

PyTorch computes them with MKL, and only those of shorter types with oneDNN. On AMD Zen 4, with two
threads and the matrices of a width of 256, MKL reached 155 to 180 GFLOP/s and oneDNN 200 to 210
(docs/training.md, "Speed and memory"). oneDNN sums in another order, so results differ from MKL's
in their last bits; equal inputs give equal bits.
"""

from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable
from transformers.pytorch_utils import Conv1D

# An operator of PyTorch's compiler, not public. The public way to oneDNN is a 1 x 1 convolution,
# which copies the matrices to another layout and was hardly faster than MKL.
_BY_ONEDNN = getattr(torch.ops.mkldnn, "_linear_pointwise", None)


def product(left: Tensor, right: Tensor, bias: Tensor | None = None) -> Tensor:
    """Return `left @ right`, plus the bias in every row; without gradients.

    Args:
        left: `(rows, inner)`
        right: `(inner, columns)`
        bias: `(columns)`
    """
    if _BY_ONEDNN and left.dtype == torch.float32 and left.device.type == "cpu":
        found: Tensor = _BY_ONEDNN(left, right.T, bias, "none", [], "")
        return found
    return left @ right if bias is None else torch.addmm(bias, left, right)


def product_of_transposed(left: Tensor, right: Tensor) -> Tensor:
    """Return `left.T @ right`, without gradients.

    For oneDNN the left matrix is copied to be transposed. Where it is as wide as the right one or
    wider, MKL takes 4 to 45 % less time for that, where it is narrower 0 to 25 % more (AMD Zen 4,
    two threads, 1,024 to 4,096 rows, the matrices of widths of 256 to 768).

    Args:
        left: `(rows, outer)`
        right: `(rows, columns)`
    """
    return product(left.T, right) if left.shape[1] < right.shape[1] else left.T @ right


def multiply_by_onednn(model: Any) -> None:
    """Compute GPT-2's layers, which transformers calls Conv1D, with `product`.

    Only for models that compute in float32 on a CPU: autocast does not apply to these products.
    """
    for module in model.modules():
        if isinstance(module, Conv1D):
            module.forward = partial(_layer, module)


def _layer(module: Any, inputs: Tensor) -> Tensor:
    rows = inputs.reshape(-1, inputs.shape[-1])
    outputs: Tensor = _Affine.apply(  # type: ignore[no-untyped-call]
        rows, module.weight, module.bias
    )
    return outputs.view(*inputs.shape[:-1], -1)


class _Affine(torch.autograd.Function):
    """`inputs @ weight + bias`, whose gradients are products too."""

    @staticmethod
    def forward(ctx: Any, inputs: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        ctx.save_for_backward(inputs, weight)
        return product(inputs, weight, bias)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        inputs, weight = ctx.saved_tensors
        for_inputs, for_weight, for_bias = ctx.needs_input_grad
        return (
            product(gradient, weight.T) if for_inputs else None,
            product_of_transposed(inputs, gradient) if for_weight else None,
            gradient.sum(dim=0) if for_bias else None,
        )
