"""Options that change how a training computes: averages, recomputation, compilation."""

import json
import os
import shutil
from collections.abc import Callable

import pytest
import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from transformers import GPT2Model
from world import World

from gpt2ro.errors import UserError
from gpt2ro.tokenization.shards import read_shards
from gpt2ro.training.averaging import WeightAverage
from gpt2ro.training.config import load_experiment
from gpt2ro.training.data import ContextSampler, TokenStream
from gpt2ro.training.learner import Learner
from gpt2ro.training.loss import nats_and_gradient
from gpt2ro.training.optimizers import make_optimizer
from gpt2ro.training.run import train
from gpt2ro.training.update import Updater
from gpt2ro.training.weights import initial_model

AVERAGED = ("OPTIMIZER.EMA_DECAY", "0.9")


def run(world: World, *overrides: str) -> dict[str, bytes]:
    """Train, and return the outputs."""
    train(load_experiment(world.experiment, list(overrides)), world.paths, threads=1)
    return world.outputs()


def test_an_average_follows_its_parameters_fast_at_first_and_then_slowly() -> None:
    model = torch.nn.Linear(1, 1, bias=False)
    torch.nn.init.zeros_(model.weight)
    average = WeightAverage(model, decay=0.9)
    torch.nn.init.ones_(model.weight)
    expected = 0.0
    for step in range(1, 200):
        average.update(step)
        decay = min(0.9, (1 + step) / (10 + step))
        expected = decay * expected + (1 - decay)
        assert float(average.tensors["weight"]) == pytest.approx(expected, abs=1e-5)


def test_an_average_is_in_the_model_only_inside_the_block() -> None:
    model = torch.nn.Linear(2, 2)
    average = WeightAverage(model, decay=0.9)
    torch.nn.init.ones_(model.weight)
    with average.applied():
        assert not torch.equal(model.weight, torch.ones(2, 2))
    assert torch.equal(model.weight, torch.ones(2, 2))
    assert not torch.equal(average.tensors["weight"], torch.ones(2, 2))


def test_the_average_is_exported_and_the_weights_of_the_training_do_not_change(
    world, make_other
) -> None:
    options = ("CHECKPOINT.EVERY", "24", "EVALUATION.EVERY", "24")
    other = make_other("other")
    run(world, *options)
    run(other, *options, *AVERAGED)
    one, two = (
        load_file(w.checkpoints / "step-00000024/model.safetensors") for w in (world, other)
    )
    assert all(torch.equal(one[name], two[name]) for name in one)
    exported = load_file(other.paths.model / "model.safetensors")
    average = load_file(other.checkpoints / "step-00000024/average.safetensors")
    assert all(torch.equal(exported[name], average[name]) for name in exported)
    assert not torch.equal(exported["transformer.wte.weight"], two["transformer.wte.weight"])


def test_the_average_is_what_is_evaluated(world) -> None:
    run(world, *AVERAGED, "EVALUATION.EVERY", "24")
    figures = json.loads(world.paths.metrics.read_text())
    assert figures["valid"]["bits_per_byte"] == pytest.approx(
        figures["curve"][-1]["valid_bits_per_byte"], abs=1e-6
    )


def test_an_average_continues_from_any_checkpoint_with_the_same_bytes(world: World) -> None:
    options = (*AVERAGED, "CHECKPOINT.KEEP", "100")
    expected = run(world, *options)
    for step in (20, 12, 4):
        for later in range(step + 4, 25, 4):
            shutil.rmtree(world.checkpoints / f"step-{later:08d}")
        assert run(world, *options) == expected, step


def test_recomputing_activations_gives_the_same_bytes(world, make_other) -> None:
    other = make_other("other")
    expected = run(world)["model.safetensors"]
    assert run(other, "GRADIENT_CHECKPOINTING", "true")["model.safetensors"] == expected


def test_recomputing_activations_keeps_fewer(world) -> None:
    """Count what autograd saves in one step."""

    def saved_elements(*overrides: str) -> int:
        config = load_experiment(world.experiment, ["MODEL.LAYERS", "6", *overrides])
        tokenizer = Tokenizer.from_file(str(world.paths.tokenizer / "tokenizer.json"))
        model = initial_model(config, tokenizer, None).train()
        updater = Updater(Learner(model, make_optimizer(model, config), None), config)
        sampler = ContextSampler(TokenStream(read_shards(world.paths.tokens / "train")), 16, 1)
        updater.prepare(0, 1.0)
        elements = []

        def note(tensor: torch.Tensor) -> torch.Tensor:
            elements.append(tensor.numel())
            return tensor

        with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
            updater.add_gradient(sampler)
        return sum(elements)

    assert saved_elements("GRADIENT_CHECKPOINTING", "true") < 0.5 * saved_elements()


def test_a_compiled_model_trains_alike_and_its_parameters_keep_their_names(
    world, make_other, monkeypatch
) -> None:
    original, compiled = torch.compile, []

    def traced(what: Callable) -> Callable:
        """Trace as torch.compile does; leave out its code generation, which takes a minute."""
        compiled.append(what)
        return original(what, backend="eager")

    other = make_other("other")
    expected = run(world, "MODEL.DROPOUT", "0")["model.safetensors"]
    monkeypatch.setattr(torch, "compile", traced)
    options = ("MODEL.DROPOUT", "0", "COMPILE", "true")
    found = run(other, *options)
    assert [type(compiled[0]), compiled[1]] == [GPT2Model, nats_and_gradient]
    assert found["model.safetensors"] == expected
    shutil.rmtree(other.checkpoints / "step-00000024")
    assert run(other, *options) == found


def test_an_operation_with_other_bits_each_time_is_refused_if_asked_for(world, monkeypatch) -> None:
    monkeypatch.delenv("CUBLAS_WORKSPACE_CONFIG", raising=False)
    run(world, "DETERMINISTIC", "true", "SCHEDULE.STEPS", "4", "EVALUATION.EVERY", "4")
    assert torch.are_deterministic_algorithms_enabled()
    assert os.environ["CUBLAS_WORKSPACE_CONFIG"] == ":4096:8"
    run(world, "SCHEDULE.STEPS", "4", "EVALUATION.EVERY", "4")
    assert not torch.are_deterministic_algorithms_enabled()


def test_a_compiler_that_is_missing_is_told(world, monkeypatch) -> None:
    original = torch.compile

    def without_compiler(what: Callable) -> Callable:
        def fail(graph: object, inputs: object) -> Callable:
            raise RuntimeError("No working C++ compiler found")

        return original(what, backend=fail)

    monkeypatch.setattr(torch, "compile", without_compiler)
    with pytest.raises(UserError, match=r"torch\.compile fails \(.*compiler found.*COMPILE false"):
        run(world, "COMPILE", "true")
