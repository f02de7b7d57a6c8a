"""Initial weights: given ones are whole, and leave no trace of where they lay."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer

from gpt2ro.errors import UserError
from gpt2ro.training.config import load_experiment
from gpt2ro.training.run import train
from gpt2ro.training.weights import assert_tied, initial_model


@pytest.fixture
def pretrained(world) -> Path:
    """A model folder as another training left it."""
    train(load_experiment(world.experiment, ["SCHEDULE.STEPS", "1"]), world.paths, threads=1)
    return world.paths.model


def model_from(world, folder: Path, *overrides: str):
    config = load_experiment(world.experiment, list(overrides))
    tokenizer = Tokenizer.from_file(str(world.paths.tokenizer / "tokenizer.json"))
    return initial_model(config, tokenizer, folder)


def test_weights_with_a_missing_tensor_are_refused(world, pretrained: Path) -> None:
    path = pretrained / "model.safetensors"
    tensors = load_file(path)
    del tensors["transformer.h.0.mlp.c_fc.weight"]
    save_file(tensors, path, metadata={"format": "pt"})
    with pytest.raises(UserError, match=r"1 tensors .* missing, first transformer\.h\.0\.mlp"):
        model_from(world, pretrained)


def test_truncated_weights_are_refused(world, pretrained: Path) -> None:
    path = pretrained / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-8])
    with pytest.raises(UserError, match="not the weights of a GPT-2"):
        model_from(world, pretrained)


def test_given_weights_are_trained_with_the_dropout_of_the_experiment(
    world, pretrained: Path
) -> None:
    model = model_from(world, pretrained, "MODEL.DROPOUT", "0.3", "MODEL.ATTENTION_DROPOUT", "0.2")
    attention = model.transformer.h[0].attn
    assert (attention.attn_dropout.p, attention.resid_dropout.p) == (0.2, 0.3)
    assert model.transformer.drop.p == 0.3
    assert_tied(model)


def test_the_exported_model_does_not_say_where_its_initial_weights_lay(
    world, pretrained: Path, make_other
) -> None:
    other = make_other("other")
    config = load_experiment(world.experiment, ["SCHEDULE.STEPS", "1"])
    train(config, replace(other.paths, pretrained=pretrained), threads=1)
    text = (other.paths.model / "config.json").read_text()
    assert str(pretrained) not in text
    assert json.loads(text)["architectures"] == ["GPT2LMHeadModel"]
