"""Cross-entropy of hidden states and the output head without the logits of all tokens.

The logits of GPT-2 small for 8 contexts of 1,024 tokens take 1.6 GB in float32, and their gradient
as much again: more than the parameters with gradients and moments. Here logits are computed for a
chunk of tokens at a time, used at once for the loss and its gradients, and thrown away. So they are
computed once, as for a plain loss.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from gpt2ro.training.products import product

# Tokens whose logits exist at one time, by device; powers of two, so dividing by them is exact. On
# the CPU 128 to 2,048 were equally fast within the noise, 3 %. On a GPU each chunk reads and writes
# the gradient of the head (GPT-2 small in half precision: 0.4 GB), so chunks are large and few.
CHUNK = {"cpu": 256, "cuda": 4096}


def nats_and_gradient(logits: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """Return the sum of nats of the targets, float32, and its gradient to logits, in their type.

    The gradient is the probabilities, minus one at the target. There it is computed by itself, as
    half precision would round a probability near one to one.

    Args:
        logits: `(tokens, vocabulary)`.
        target: `(tokens)` int64.
    """
    dtype = logits.dtype
    probabilities, of_target = _probabilities(logits.float(), target)
    del logits  # its memory is used again below
    gradient = probabilities.to(dtype)
    gradient[_places(target)] = of_target.expm1().to(dtype)
    return -of_target.sum(), gradient


def _probabilities(logits: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """Return the probabilities `(tokens, vocabulary)`, and logarithms of those of the targets.

    An exponential is computed once. With log_softmax, and the exponentials of that, this took twice
    as long on a CPU.

    Args:
        logits: `(tokens, vocabulary)` float32.
        target: `(tokens)` int64.
    """
    probabilities = logits.softmax(dim=1)
    # The logarithm of the sum of exponentials, by the likeliest token: no other probability is
    # surely large enough to have one.
    log_sum = logits.amax(dim=1) - probabilities.amax(dim=1).log()
    return probabilities, logits[_places(target)] - log_sum


def _places(target: Tensor) -> tuple[Tensor, Tensor]:
    """Return where targets are in `(tokens, vocabulary)`, as an index.

    Gather and scatter would do, but in half precision on a CPU they take a fifth of the time of the
    exponentials.
    """
    return torch.arange(len(target), device=target.device), target


# `nats_and_gradient`, or what torch.compile made of it.
NatsAndGradient = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]


def summed_cross_entropy(
    hidden: Tensor,
    head: Tensor,
    targets: Tensor,
    of_logits: NatsAndGradient = nats_and_gradient,
) -> Tensor:
    """Return the sum of nats of the targets, a float32 scalar with gradients to hidden and head.

    Under autocast the products are in its type, and everything else is in float32.

    Args:
        hidden: `(..., width)`, what the last norm gives.
        head: `(vocabulary, width)`, the output head.
        targets: `(...)` int64, the ids that should follow.
        of_logits: `nats_and_gradient`, or what torch.compile made of it.
    """
    kind = hidden.device.type
    dtype = torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else head.dtype
    rows = hidden.reshape(-1, hidden.shape[-1])
    with torch.autocast(kind, enabled=False):
        nats: Tensor = _SummedCrossEntropy.apply(  # type: ignore[no-untyped-call]
            rows, head, targets.reshape(-1), dtype, torch.is_grad_enabled(), of_logits
        )
    return nats


class _SummedCrossEntropy(torch.autograd.Function):
    """Computes the gradients in the forward pass, where the probabilities are at hand.

    These are the gradients of the sum, so their size does not depend on the batch. The backward
    pass scales them to those of the loss, with the float16 loss scale, in float32.
    """

    @staticmethod
    def forward(
        ctx: Any,
        hidden: Tensor,
        head: Tensor,
        targets: Tensor,
        dtype: torch.dtype,
        training: bool,
        of_logits: NatsAndGradient,
    ) -> Tensor:
        for_hidden = torch.empty_like(hidden) if training and ctx.needs_input_grad[0] else None
        for_head = torch.zeros_like(head) if training and ctx.needs_input_grad[1] else None
        weight = head.to(dtype)
        nats = torch.zeros((), device=hidden.device)
        size = CHUNK[hidden.device.type]
        for start in range(0, len(hidden), size):
            chunk = slice(start, start + size)
            # rows: (chunk, width); target: (chunk)
            rows, target = hidden[chunk].to(dtype), targets[chunk]
            if for_hidden is None and for_head is None:
                logits = product(rows, weight.T).float()
                nats -= _probabilities(logits, target)[1].sum()
                continue
            # gradient: (chunk, vocabulary)
            of_chunk, gradient = of_logits(product(rows, weight.T), target)
            nats += of_chunk
            if for_hidden is not None:
                for_hidden[chunk] = product(gradient, weight)
            if for_head is not None:
                _add_product(for_head, gradient.T, rows, size)
        ctx.gradients = for_hidden, for_head
        return nats

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, scale: Tensor) -> tuple[Tensor | None, ...]:
        for_hidden, for_head = ctx.gradients
        # Scaled in place, as the head's is as large as the embedding. A second pass over the same
        # graph finds none and fails.
        del ctx.gradients
        for gradient in (for_hidden, for_head):
            if gradient is not None:
                gradient.mul_(scale)
        return for_hidden, for_head, None, None, None, None


def _add_product(total: Tensor, left: Tensor, right: Tensor, size: int) -> None:
    """Add a product of matrices, a sum over at most `size` tokens, to a float32 total."""
    if left.dtype == total.dtype:
        total.addmm_(left, right)
    else:
        # A sum over a chunk's tokens may exceed float16's largest number, 65,504; a mean does not.
        total.add_(left @ (right / size), alpha=size)
