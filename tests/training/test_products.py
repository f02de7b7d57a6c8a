"""Products by oneDNN are those of the layers that they stand for."""

import copy

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import GPT2Config, GPT2LMHeadModel

from gpt2ro.training import products
from gpt2ro.training.config import defaults
from gpt2ro.training.learner import Learner
from gpt2ro.training.optimizers import make_optimizer
from gpt2ro.training.products import multiply_by_onednn, product, product_of_transposed
from gpt2ro.training.update import Updater

sizes = st.integers(1, 40)


def small_model():
    torch.manual_seed(3)
    shape = GPT2Config(
        vocab_size=50, n_positions=16, n_embd=24, n_layer=2, n_head=2, bos_token_id=0,
        eos_token_id=0, resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0,
    )  # fmt: skip
    return GPT2LMHeadModel(shape)


def loss_of(model, ids):
    return model(input_ids=ids, labels=ids).loss


@given(rows=sizes, inner=sizes, columns=sizes, turned=st.booleans(), biased=st.booleans())
@settings(deadline=None)
def test_a_product_is_that_of_the_matrices(rows, inner, columns, turned, biased) -> None:
    random = torch.Generator().manual_seed(rows + 41 * inner)
    left = torch.randn(rows, inner, generator=random)
    right = torch.randn(columns, inner, generator=random).T
    right = right if turned else right.contiguous()
    bias = torch.randn(columns, generator=random) if biased else None
    expected = left.double() @ right.double() + (0 if bias is None else bias.double())
    torch.testing.assert_close(product(left, right, bias).double(), expected, rtol=1e-5, atol=1e-5)


@given(rows=sizes, outer=sizes, columns=sizes)
@settings(deadline=None)
def test_a_product_of_the_transposed_is_that_of_the_matrices(rows, outer, columns) -> None:
    random = torch.Generator().manual_seed(rows + 41 * outer)
    left = torch.randn(rows, outer, generator=random)
    right = torch.randn(rows, columns, generator=random)
    expected = left.T.double() @ right.double()
    found = product_of_transposed(left, right).double()
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("bias", [None, torch.ones(3)])
def test_without_the_operator_of_onednn_a_product_is_the_same(bias, monkeypatch) -> None:
    left, right = torch.randn(5, 4), torch.randn(4, 3)
    expected = product(left, right, bias)
    monkeypatch.setattr(products, "_BY_ONEDNN", None)
    torch.testing.assert_close(product(left, right, bias), expected)


def test_loss_and_all_gradients_are_those_of_the_layers() -> None:
    one = small_model()
    two = copy.deepcopy(one)
    multiply_by_onednn(two)
    ids = torch.randint(50, (3, 16), generator=torch.Generator().manual_seed(1))
    for model in (one, two):
        loss_of(model, ids).backward()
    torch.testing.assert_close(loss_of(two, ids), loss_of(one, ids))
    pairs = zip(one.named_parameters(), two.named_parameters(), strict=True)
    for (name, first), (other, second) in pairs:
        assert name == other
        torch.testing.assert_close(second.grad, first.grad, rtol=1e-4, atol=1e-6, msg=name)


def test_what_is_frozen_gets_no_gradient() -> None:
    model = small_model()
    multiply_by_onednn(model)
    frozen = model.transformer.h[0].mlp.c_fc
    frozen.requires_grad_(False)
    loss_of(model, torch.arange(16)[None]).backward()
    assert frozen.weight.grad is None
    assert frozen.bias.grad is None
    # The gradient goes through it all the same.
    assert model.transformer.h[0].attn.c_attn.weight.grad.abs().max() > 0


@pytest.mark.parametrize(("precision", "ours"), [("float32", True), ("bfloat16", False)])
def test_a_training_in_float32_on_a_cpu_takes_them(precision, ours) -> None:
    config = defaults()
    config.DEVICE, config.PRECISION = "cpu", precision
    model = small_model()
    Updater(Learner(model, make_optimizer(model, config), None), config)
    # What an instance has of its own stands before what its class has.
    assert ("forward" in vars(model.transformer.h[0].mlp.c_fc)) is ours
