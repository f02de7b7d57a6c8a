"""On a GPU everything is where the GPU computes; seen without one.

PyTorch's fake tensors have shape, type and device, but no numbers. An operation that mixes tensors
of the CPU with those of a GPU fails with them as it does there. Backward passes are left out, as
the engine that runs them asks for a real GPU.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch._subclasses.fake_tensor import FakeTensorMode
from world import World, train_tokenizer
from yacs.config import CfgNode

from gpt2ro.tokenization.shards import read_shards
from gpt2ro.training.averaging import WeightAverage
from gpt2ro.training.config import defaults
from gpt2ro.training.evaluation import evaluate
from gpt2ro.training.learner import Learner
from gpt2ro.training.optimizers import make_optimizer
from gpt2ro.training.probes import Pair, Probes
from gpt2ro.training.sampling import sample, sample_many
from gpt2ro.training.update import Updater
from gpt2ro.training.weights import Gpt2, initial_model

CONTEXT, CONTEXTS = 16, 4


class PretendedGpu(FakeTensorMode):
    """Makes tensors fake, of the GPU too; where a number of one is read, it is 1."""

    def dispatch(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func is torch.ops.aten._local_scalar_dense.default:
            return 1.0 if args[0].dtype.is_floating_point else 1
        return super().dispatch(func, types, args, kwargs)


@pytest.fixture
def tokenizer() -> Tokenizer:
    return train_tokenizer()


@pytest.fixture
def config() -> CfgNode:
    config = defaults()
    config.MODEL.LAYERS, config.MODEL.HEADS, config.MODEL.WIDTH = 2, 2, 32
    config.MODEL.CONTEXT = config.BATCH.CONTEXT = CONTEXT
    config.BATCH.MICRO, config.BATCH.TOKENS = 2, CONTEXTS * CONTEXT
    return config


@pytest.fixture
def model(monkeypatch, tokenizer: Tokenizer, config: CfgNode) -> Iterator[Gpt2]:
    """A model on a GPU that is not there; as long as it is used, all tensors are fake."""
    monkeypatch.setattr(torch.cuda.amp.common, "amp_definitely_not_available", lambda: False)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation=False: True)
    with PretendedGpu(allow_non_fake_inputs=True):
        with torch.device("cuda"):
            model = initial_model(config, tokenizer, None, quiet=True)
        assert model.device.type == "cuda"
        yield model


@pytest.mark.usefixtures("model")
def test_tensors_of_two_devices_are_noticed() -> None:
    with pytest.raises(RuntimeError, match="two devices"):
        torch.ones(3, device="cuda") + torch.ones(3)


@pytest.mark.parametrize("optimizer", ["adamw", "muon"])
@pytest.mark.parametrize("precision", ["float32", "bfloat16", "float16"])
def test_a_step_is_computed_there(
    monkeypatch, model: Gpt2, config: CfgNode, precision: str, optimizer: str
) -> None:
    backward: list[torch.device] = []

    def with_gradients(loss: Tensor) -> None:
        backward.append(loss.device)
        for parameter in model.parameters():
            parameter.grad = torch.zeros_like(parameter)

    config.PRECISION, config.OPTIMIZER.NAME, config.OPTIMIZER.EMA_DECAY = precision, optimizer, 0.9
    monkeypatch.setattr(Tensor, "backward", with_gradients)
    monkeypatch.setattr(Tensor, "numpy", lambda rows: np.zeros(rows.shape, dtype=np.int64))
    average = WeightAverage(model, config.OPTIMIZER.EMA_DECAY)
    updater = Updater(Learner(model, make_optimizer(model, config), average), config)
    updater.prepare(0, 1.0)
    updater.add_gradient(Sampler())
    updater.clipped_norm()
    updater.apply(1)
    assert [device.type for device in backward] == ["cuda"] * (CONTEXTS // config.BATCH.MICRO)
    assert {tensor.device.type for tensor in average.tensors.values()} == {"cuda"}
    assert {tensor.device.type for tensor in average.saved().values()} == {"cpu"}


class Sampler:
    """Leaves the contexts as they are."""

    def skip(self, count: int) -> None: ...

    def fill(self, rows: np.ndarray) -> None: ...


def test_a_split_is_scored_there(world: World, model: Gpt2) -> None:
    evaluate(model, read_shards(world.paths.tokens / "valid"), CONTEXT)


def test_samples_are_drawn_from_what_is_computed_there(model: Gpt2) -> None:
    assert sample(model, [5, 6], 3, CONTEXT, end_of_text=0, seed=1) == [1, 1, 1]


def test_probes_are_scored_there(monkeypatch, model: Gpt2, tokenizer: Tokenizer) -> None:
    monkeypatch.setattr(Tensor, "tolist", lambda tensor: [1.0] * len(tensor))
    pairs = [Pair("order", "Ana are mere.", "are Ana mere.", "here")]
    assert Probes(pairs, tokenizer, CONTEXT).measure(model).total.accuracy == 1


def test_samples_of_a_batch_are_drawn_from_what_is_computed_there(monkeypatch, model: Gpt2) -> None:
    monkeypatch.setattr(Tensor, "tolist", lambda tensor: [[1] * tensor.shape[1]] * len(tensor))
    assert sample_many(model, [5, 6], 3, 4, end_of_text=0, seed=1) == [[1] * 4] * 3
