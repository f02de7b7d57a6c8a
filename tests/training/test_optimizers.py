"""The optimisers: which updates what."""

import torch
from world import World

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


def updated(world: World, name: str) -> dict[str, torch.Tensor]:
    """The parameters after a step at a learning rate of 0.1, less those before."""
    model = small_model()
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    config = load_experiment(world.experiment, ["OPTIMIZER.NAME", name])
    optimizer = make_optimizer(model, config)
    set_learning_rate(optimizer, 0.1)
    optimizer.step()
    return {name: p.detach() - before[name] for name, p in model.named_parameters()}


def test_muon_updates_matrices_of_blocks_and_adamw_the_rest(world: World) -> None:
    adamw, muon = updated(world, "adamw"), updated(world, "muon")
    same = {name for name in adamw if torch.equal(adamw[name], muon[name])}
    assert same == {"wte.weight", "fc.bias", "ln_f.weight", "ln_f.bias"}


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
