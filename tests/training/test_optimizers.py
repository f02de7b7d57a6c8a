"""The optimisers: which updates what."""

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from world import World

from gpt2ro.training import muon
from gpt2ro.training.config import load_experiment
from gpt2ro.training.optimizers import make_optimizer, set_learning_rate


def small_model() -> torch.nn.Module:
    """Parameters named as in a GPT-2, with gradients."""
    torch.manual_seed(1)
    model = torch.nn.Module()
    model.wte = torch.nn.Embedding(7, 4)
    model.fc = torch.nn.Linear(4, 8)
    model.ln_f = torch.nn.LayerNorm(8)
    for parameter in model.parameters():
        parameter.grad = torch.randn_like(parameter)
    return model


def updated(world: World, name: str, *overrides: str) -> dict[str, torch.Tensor]:
    """The parameters after a step at a learning rate of 0.1, less those before."""
    model = small_model()
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    config = load_experiment(world.experiment, ["OPTIMIZER.NAME", name, *overrides])
    optimizer = make_optimizer(model, config)
    set_learning_rate(optimizer, 0.1)
    optimizer.step()
    return {name: p.detach() - before[name] for name, p in model.named_parameters()}


def test_muon_updates_matrices_of_blocks_and_adamw_the_rest(world: World) -> None:
    adamw, muon = updated(world, "adamw"), updated(world, "muon")
    same = {name for name in adamw if torch.equal(adamw[name], muon[name])}
    assert same == {"wte.weight", "fc.bias", "ln_f.weight", "ln_f.bias"}


@pytest.mark.parametrize("name", ["adamw", "muon"])
def test_the_embedding_alone_has_a_multiple_of_the_learning_rate(world: World, name: str) -> None:
    once = updated(world, name)
    fourfold = updated(world, name, "OPTIMIZER.EMBEDDING_RATE_FACTOR", "4")
    assert {name for name in once if not torch.equal(once[name], fourfold[name])} == {"wte.weight"}
    torch.testing.assert_close(fourfold["wte.weight"], 4 * once["wte.weight"])


def test_an_update_of_muon_is_orthogonal_and_as_large_as_one_of_adamw(world: World) -> None:
    model = small_model()
    before = model.fc.weight.detach().clone()
    settings = load_experiment(
        world.experiment, ["OPTIMIZER.NAME", "muon", "OPTIMIZER.WEIGHT_DECAY", "0"]
    )
    optimizer = make_optimizer(model, settings)
    set_learning_rate(optimizer, 0.1)
    optimizer.step()
    values = torch.linalg.svdvals(model.fc.weight.detach() - before)
    # Newton-Schulz in five steps brings singular values near one, 0.7 to 1.2 (Jordan, 2024).
    assert values.max() / values.min() < 1.8
    # 0.2 x sqrt(largest side) x rate, the size that arXiv 2502.16982 gives an update of AdamW.
    expected = 0.1 * 0.2 * 8**0.5
    assert 0.6 * expected < values.median() < 1.3 * expected


def muon_without_bfloat16(monkeypatch, shape: tuple[int, int]) -> torch.optim.Optimizer:
    """Muon over a matrix with a gradient, on a processor without instructions for bfloat16."""
    monkeypatch.setattr(muon, "has_bfloat16", lambda device: False)
    return muon.make_muon([with_gradient(shape)], weight_decay=0.1)


def with_gradient(shape: tuple[int, int]) -> torch.nn.Parameter:
    matrix = torch.nn.Parameter(torch.randn(shape, generator=torch.Generator().manual_seed(1)))
    matrix.grad = torch.randn(shape, generator=torch.Generator().manual_seed(2))
    return matrix


@pytest.mark.parametrize("shape", [(24, 8), (8, 24), (8, 8)])
def test_muon_in_float32_differs_from_that_of_pytorch_by_rounding(monkeypatch, shape) -> None:
    ours, theirs = muon_without_bfloat16(monkeypatch, shape), with_gradient(shape)
    reference = torch.optim.Muon([theirs], weight_decay=0.1, adjust_lr_fn="match_rms_adamw")
    for step in range(3):
        for optimizer in (ours, reference):
            set_learning_rate(optimizer, 0.1 / (1 + step))
            optimizer.step()
    [found], before = ours.param_groups[0]["params"], with_gradient(shape).detach()
    difference, moved = (found - theirs).norm(), (theirs - before).norm()
    # A bfloat16 has 8 bits.
    assert 0 < difference < 2**-6 * moved


def test_muon_without_instructions_for_bfloat16_multiplies_none(monkeypatch) -> None:
    class Recorder(TorchDispatchMode):
        """Notes the types of what operators return."""

        def __torch_dispatch__(self, func, types, args=(), kwargs=None):
            found = func(*args, **(kwargs or {}))
            seen.update(one.dtype for one in tree_leaves(found) if isinstance(one, torch.Tensor))
            return found

    seen: set[torch.dtype] = set()
    with Recorder():
        muon_without_bfloat16(monkeypatch, (24, 8)).step()
    assert seen == {torch.float32}
