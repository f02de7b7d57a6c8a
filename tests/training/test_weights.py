"""Initial weights: given ones are whole, and leave no trace of where they lay."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch
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


def test_weights_of_another_shape_are_told_in_one_line(world, pretrained: Path, capfd) -> None:
    path = pretrained / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"n_embd": 64}))
    with pytest.raises(UserError, match=r"28 tensors are of another shape .*: \(96,\), expected"):
        model_from(world, pretrained)
    assert not capfd.readouterr().err
    path.write_text("[]")
    with pytest.raises(UserError, match="not the weights of a GPT-2"):
        model_from(world, pretrained)


def test_weights_that_are_not_finite_are_told_before_the_first_step(
    world, pretrained: Path, make_other
) -> None:
    path = pretrained / "model.safetensors"
    tensors = load_file(path)
    for value in (float("nan"), 1e30):
        tensors["transformer.h.0.mlp.c_fc.weight"][0, 0] = value
        save_file(tensors, path, metadata={"format": "pt"})
        other = make_other(f"other-{value}")
        paths = replace(other.paths, pretrained=pretrained)
        with pytest.raises(UserError, match=r"before the first step its loss .* is nan; the wei"):
            train(load_experiment(other.experiment, []), paths, threads=1)


def test_a_tokenizer_with_more_tokens_than_its_model_is_told(world, pretrained: Path) -> None:
    tokenizer = Tokenizer.from_file(str(pretrained / "tokenizer.json"))
    tokenizer.add_tokens(["[UNU]"])
    tokenizer.save(str(pretrained / "tokenizer.json"))
    with pytest.raises(UserError, match=r"tokenizer\.json: 301 tokens, .* has 300; .*fetch again"):
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


def random_model_of(world, folder: Path, *overrides: str):
    config = load_experiment(world.experiment, list(overrides))
    tokenizer = Tokenizer.from_file(str(world.paths.tokenizer / "tokenizer.json"))
    return initial_model(config, tokenizer, None, folder)


WIDER = ("MODEL.WIDTH", "64", "MODEL.LAYERS", "3", "MODEL.CONTEXT", "64")


def test_random_weights_can_have_the_shape_of_given_ones(world, pretrained: Path) -> None:
    given = dict(model_from(world, pretrained).named_parameters())
    drawn = dict(random_model_of(world, pretrained, *WIDER).named_parameters())
    assert {name: one.shape for name, one in drawn.items()} == {
        name: one.shape for name, one in given.items()
    }
    matrix = "transformer.h.0.mlp.c_fc.weight"
    assert not torch.equal(drawn[matrix], given[matrix])


def test_random_weights_of_a_shape_are_those_that_the_experiment_of_this_shape_draws(
    world, pretrained: Path
) -> None:
    of_experiment = random_model_of(world, None).state_dict()
    of_shape = random_model_of(world, pretrained, *WIDER).state_dict()
    assert all(torch.equal(of_experiment[name], one) for name, one in of_shape.items())


def test_random_weights_keep_the_settings_that_the_shape_is_used_with(
    world, pretrained: Path
) -> None:
    path = pretrained / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"layer_norm_epsilon": 0.5}))
    model = random_model_of(world, pretrained, "MODEL.DROPOUT", "0.3")
    assert model.transformer.ln_f.eps == 0.5
    assert model.transformer.drop.p == 0.3


def test_a_shape_that_is_no_gpt2_is_told(world, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "bert"}')
    with pytest.raises(UserError, match=r"config\.json: model_type is bert; expected gpt2"):
        random_model_of(world, tmp_path)


def test_a_shape_whose_context_is_too_short_is_told(world, pretrained: Path) -> None:
    with pytest.raises(UserError, match=r"its context is 32, BATCH\.CONTEXT is 64; lower"):
        random_model_of(world, pretrained, "MODEL.CONTEXT", "64", "BATCH.CONTEXT", "64",
                        "BATCH.TOKENS", "128")  # fmt: skip


def test_another_shape_is_another_run(world, pretrained: Path) -> None:
    config = load_experiment(world.experiment, ["SCHEDULE.STEPS", "1"])
    for epsilon in (1e-5, 1e-6):
        path = pretrained / "config.json"
        facts = json.loads(path.read_text()) | {"layer_norm_epsilon": epsilon}
        path.write_text(json.dumps(facts))
        train(config, replace(world.paths, model=world.folder / "of", shape=pretrained), threads=1)
    assert len(list(world.paths.runs.iterdir())) == 3  # with the one that wrote the folder


def test_a_shape_without_a_config_is_told(world, tmp_path: Path) -> None:
    config = load_experiment(world.experiment, [])
    with pytest.raises(UserError, match=r"empty/config\.json: not found; name the folder of a G"):
        (tmp_path / "empty").mkdir()
        train(config, replace(world.paths, shape=tmp_path / "empty"), threads=1)


def test_a_blank_model_draws_nothing_and_has_every_parameter_and_buffer(
    world, pretrained: Path
) -> None:
    config = load_experiment(world.experiment, [])
    tokenizer = Tokenizer.from_file(str(world.paths.tokenizer / "tokenizer.json"))
    torch.manual_seed(config.SEED)
    untouched = torch.get_rng_state()
    for weights, shape in ((None, None), (None, pretrained), (pretrained, None)):
        blank = initial_model(config, tokenizer, weights, shape, blank=True)
        assert torch.equal(torch.get_rng_state(), untouched)
        whole = initial_model(config, tokenizer, weights, shape)
        assert_tied(blank)
        for kind in ("named_parameters", "named_buffers"):
            shapes = [
                {name: one.shape for name, one in getattr(model, kind)()}
                for model in (blank, whole)
            ]
            assert shapes[0] == shapes[1]
        buffers = dict(whole.named_buffers())
        assert all(torch.equal(one, buffers[name]) for name, one in blank.named_buffers())
        assert blank.config.to_dict() == whole.config.to_dict()
        assert blank.generation_config.to_dict() == whole.generation_config.to_dict()


@pytest.mark.parametrize("kind", ["pretrained", "shape"])
def test_a_training_that_continues_makes_no_initial_weights_and_ends_with_the_same_bytes(
    world, pretrained: Path, make_other, monkeypatch, kind: str
) -> None:
    other = make_other("other")
    paths = replace(other.paths, **{kind: pretrained})
    config = load_experiment(world.experiment, [])

    def outputs() -> dict[str, bytes]:
        train(config, paths, threads=1)
        return {one.name: one.read_bytes() for one in (paths.metrics, *paths.model.iterdir())}

    expected = outputs()
    (last,) = paths.runs.glob("*/checkpoints/step-00000024")
    shutil.rmtree(last)
    monkeypatch.delattr("gpt2ro.training.weights.transfer_embeddings")
    assert outputs() == expected


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("n_inner", 48, "n_inner is 48; the binary that the model is for computes 4 times n_embd"),
        ("activation_function", "relu", "activation_function is relu; .* computes gelu_new only"),
        ("scale_attn_weights", False, "scale_attn_weights is False; .* computes true only"),
        ("scale_attn_by_inverse_layer_idx", True, "layer_idx is True; .* computes false only"),
        ("n_head", 3, "n_embd is 32; .* computes a multiple of n_head only"),
        ("n_embd", "32", "Validation error for field 'n_embd'.* name a folder of a GPT-2"),
    ],
)
def test_a_shape_that_the_binary_does_not_compute_is_told_before_the_training(
    world, pretrained: Path, key: str, value: object, message: str
) -> None:
    path = pretrained / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {key: value}))
    with pytest.raises(UserError, match=rf"config\.json: .*{message}"):
        random_model_of(world, pretrained)


def test_given_weights_that_the_binary_does_not_compute_are_told_before_the_training(
    world, pretrained: Path
) -> None:
    path = pretrained / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"activation_function": "relu"}))
    with pytest.raises(UserError, match=r"activation_function is relu; .* name another GPT-2"):
        model_from(world, pretrained)


def test_one_process_of_several_tells_what_was_transferred(world, pretrained: Path, capfd) -> None:
    config = load_experiment(world.experiment, [])
    tokenizer = Tokenizer.from_file(str(world.paths.tokenizer / "tokenizer.json"))
    initial_model(config, tokenizer, pretrained)
    assert capfd.readouterr().err.count("training: embeddings: 100.0% copied") == 1
    initial_model(config, tokenizer, pretrained, quiet=True)
    assert not capfd.readouterr().err


def test_a_head_of_its_own_is_refused(world, pretrained: Path) -> None:
    path = pretrained / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"tie_word_embeddings": False}))
    weights = pretrained / "model.safetensors"
    tensors = load_file(weights)
    tensors["lm_head.weight"] = torch.zeros_like(tensors["transformer.wte.weight"])
    save_file(tensors, weights, metadata={"format": "pt"})
    with pytest.raises(UserError, match=r"tie_word_embeddings is False; .* computes true only"):
        model_from(world, pretrained)


def test_a_damaged_tokenizer_of_given_weights_is_told(world, pretrained: Path) -> None:
    (pretrained / "tokenizer.json").write_text("{")
    with pytest.raises(UserError, match=r"tokenizer\.json: not a tokenizer \(.*fetch again"):
        model_from(world, pretrained)
