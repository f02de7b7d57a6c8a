"""The loss without all logits: equal to the plain one, and small."""

from contextlib import nullcontext

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn.functional import cross_entropy
from torch.utils._python_dispatch import TorchDispatchMode

from gpt2ro.training import loss as loss_module
from gpt2ro.training.loss import nats_and_gradient, summed_cross_entropy

VOCABULARY, WIDTH = 97, 8


def plain(hidden: Tensor, head: Tensor, targets: Tensor) -> Tensor:
    return cross_entropy((hidden @ head.T).flatten(0, -2), targets.flatten(), reduction="sum")


def problem(tokens: int, seed: int, size: float = 1.0) -> tuple[Tensor, Tensor, Tensor]:
    """Hidden states (2, tokens, width), a head, and targets (2, tokens)."""
    random = torch.Generator().manual_seed(seed)
    hidden = size * torch.randn(2, tokens, WIDTH, generator=random)
    head = torch.randn(VOCABULARY, WIDTH, generator=random)
    targets = torch.randint(VOCABULARY, (2, tokens), generator=random)
    return hidden.requires_grad_(), head.requires_grad_(), targets


def results(function, problem, scale: float = 1.0, autocast=None) -> list[Tensor]:
    """The loss and the gradients of the hidden states and the head."""
    hidden, head, targets = problem
    context = torch.autocast("cpu", autocast) if autocast else nullcontext()
    with context:
        nats = function(hidden, head, targets)
    gradients = torch.autograd.grad(nats * scale, (hidden, head))
    return [nats.detach(), *gradients]


def distance(one: Tensor, two: Tensor) -> float:
    """The difference in proportion to what is expected."""
    return float((one - two).norm() / two.norm())


@given(tokens=st.integers(1, 40), chunk=st.integers(1, 50), seed=st.integers(0, 99))
@settings(deadline=None, max_examples=50)
def test_loss_and_gradients_are_those_of_the_plain_loss(tokens, chunk, seed) -> None:
    given_problem = problem(tokens, seed, size=4.0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(loss_module.CHUNK, "cpu", chunk)
        found = results(summed_cross_entropy, given_problem, scale=0.25)
    for one, two in zip(found, results(plain, given_problem, scale=0.25), strict=True):
        assert distance(one, two) < 1e-5


@pytest.mark.parametrize(("dtype", "error"), [(torch.bfloat16, 0.01), (torch.float16, 0.002)])
def test_under_autocast_too_within_the_precision_of_its_type(dtype, error, monkeypatch) -> None:
    monkeypatch.setitem(loss_module.CHUNK, "cpu", 16)
    given_problem = problem(50, seed=1)
    exact = results(plain, given_problem)
    found = results(summed_cross_entropy, given_problem, autocast=dtype)
    assert all(one.dtype == torch.float32 for one in found)
    for one, two in zip(found, exact, strict=True):
        assert 1e-6 < distance(one, two) < error


def test_what_a_token_of_near_certainty_lacks_is_not_rounded_away() -> None:
    logits = torch.tensor([[7.0, 0.0]], dtype=torch.bfloat16)  # 0.99909 and 0.00091
    _, gradient = nats_and_gradient(logits, torch.tensor([0]))
    assert gradient.dtype == torch.bfloat16
    assert gradient[0].tolist() == pytest.approx([-0.000911, 0.000911], rel=0.005)


def test_a_gradient_over_the_largest_number_of_float16_is_not_infinite(monkeypatch) -> None:
    monkeypatch.setitem(loss_module.CHUNK, "cpu", 2048)
    # 2,000 tokens that all expect the same, with hidden states of 60: 120,000.
    hidden = torch.full((1, 2000, WIDTH), 60.0, requires_grad=True)
    head = torch.zeros(VOCABULARY, WIDTH, requires_grad=True)
    targets = torch.zeros(1, 2000, dtype=torch.int64)
    with torch.autocast("cpu", torch.float16):
        nats = summed_cross_entropy(hidden, head, targets)
    (nats / 2000).backward()
    assert float(head.grad.abs().max()) == pytest.approx(60 * (1 - 1 / VOCABULARY), rel=1e-2)


def test_a_loss_scale_reaches_the_gradients() -> None:
    given_problem = problem(5, seed=1)
    small, large = (results(summed_cross_entropy, given_problem, scale) for scale in (1, 65_536))
    for one, two in zip(small[1:], large[1:], strict=True):
        assert torch.equal(one * 65_536, two)


def test_a_frozen_head_gets_no_gradient_and_the_hidden_states_get_theirs() -> None:
    hidden, head, targets = problem(5, seed=1)
    (expected,) = torch.autograd.grad(plain(hidden, head, targets), hidden)
    summed_cross_entropy(hidden, head.detach(), targets).backward()
    assert distance(hidden.grad, expected) < 1e-5


@pytest.mark.parametrize("seed", range(10))
def test_without_gradients_the_loss_is_the_same_bits(seed) -> None:
    given_problem = problem(20, seed)
    with torch.no_grad():
        alone = summed_cross_entropy(*given_problem)
    assert torch.equal(alone, results(summed_cross_entropy, given_problem)[0])


def test_a_target_of_no_probability_has_its_nats_and_its_gradient() -> None:
    logits = torch.tensor([[500.0, 0.0, -500.0]])  # e^-1000 is no float32
    nats, gradient = nats_and_gradient(logits, torch.tensor([2]))
    assert float(nats) == 1000
    assert gradient[0].tolist() == [1, 0, -1]


def test_a_second_backward_pass_fails_instead_of_giving_wrong_gradients() -> None:
    nats = summed_cross_entropy(*problem(5, seed=1))
    nats.backward(retain_graph=True)
    with pytest.raises(AttributeError):
        nats.backward()


class Largest(TorchDispatchMode):
    """Notes the largest number of elements that an operation returned."""

    elements = 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        found = function(*args, **(kwargs or {}))
        if isinstance(found, Tensor):
            self.elements = max(self.elements, found.numel())
        return found


def largest(function) -> int:
    with Largest() as mode:
        results(function, problem(50, seed=1))
    return mode.elements


def test_no_tensor_has_the_logits_of_all_tokens(monkeypatch) -> None:
    monkeypatch.setitem(loss_module.CHUNK, "cpu", 16)
    assert largest(plain) == 100 * VOCABULARY
    assert largest(summed_cross_entropy) == 16 * VOCABULARY
