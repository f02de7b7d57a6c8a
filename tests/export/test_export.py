"""The deploy folder: what rust-bert needs is there, and damage is told."""

import json
import shutil
from copy import deepcopy
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from byte_model import write_model
from safetensors.torch import load_file, save_file
from transformers import GPT2LMHeadModel

from gpt2ro.errors import UserError
from gpt2ro.export import gguf_file, ot
from gpt2ro.export.deploy import convert
from gpt2ro.export.ot import read_ot


@pytest.fixture
def model(tmp_path: Path) -> Path:
    write_model(tmp_path / "model")
    return tmp_path / "model"


def test_the_archive_holds_what_rust_bert_asks_for(model: Path, tmp_path: Path) -> None:
    convert(model, tmp_path / "deploy")
    tensors = read_ot(tmp_path / "deploy" / "rust_model.ot")
    network = GPT2LMHeadModel.from_pretrained(model)
    expected = {name for name, _ in network.named_parameters()}
    masks = {f"transformer.h.{layer}.attn.bias" for layer in range(2)}
    assert tensors.keys() == expected | masks
    assert torch.equal(tensors["transformer.wte.weight"], network.transformer.wte.weight)
    mask = tensors["transformer.h.1.attn.bias"]
    assert mask.shape == (1, 1, 16, 16)
    assert mask[0, 0, 3].tolist() == [1.0] * 4 + [0.0] * 12
    assert json.loads((tmp_path / "deploy" / "config.json").read_text())["n_ctx"] == 16


def test_the_archive_of_halves_holds_the_same_rounded(model: Path, tmp_path: Path) -> None:
    convert(model, tmp_path / "deploy")
    whole = read_ot(tmp_path / "deploy" / "rust_model.ot")
    halves = read_ot(tmp_path / "deploy" / "rust_model_fp16.ot")
    assert halves.keys() == whole.keys()
    for name, value in halves.items():
        assert value.dtype == torch.float16
        # 11 bits of each value are kept; under 2^-14 fewer are.
        error = (value.float() - whole[name]).abs()
        assert (error <= whole[name].abs() * 2**-11 + 2**-25).all(), name


def test_weights_beyond_float16_are_named(model: Path, tmp_path: Path) -> None:
    path = model / "model.safetensors"
    weights = load_file(path)
    weights["transformer.h.1.mlp.c_fc.bias"][3] = 70_000
    save_file(weights, path, metadata={"format": "pt"})
    with pytest.raises(UserError, match=r"h\.1\.mlp\.c_fc\.bias holds 70000; float16 ends"):
        convert(model, tmp_path / "deploy")
    assert not (tmp_path / "deploy" / "MANIFEST.json").exists()


def test_the_manifest_holds_size_and_hash_of_every_other_file(model: Path, tmp_path: Path) -> None:
    convert(model, tmp_path / "deploy")
    files = json.loads((tmp_path / "deploy" / "MANIFEST.json").read_text())["files"]
    others = {path.name for path in (tmp_path / "deploy").iterdir()} - {"MANIFEST.json"}
    assert files.keys() == others
    for name, facts in files.items():
        content = (tmp_path / "deploy" / name).read_bytes()
        assert facts == {"bytes": len(content), "sha256": sha256(content).hexdigest()}


def test_equal_models_give_equal_bytes(model: Path, tmp_path: Path) -> None:
    convert(model, tmp_path / "one")
    convert(model, tmp_path / "two")
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name


@pytest.mark.parametrize(
    "name", ["model.safetensors", "config.json", "tokenizer.json", "vocab.json", "merges.txt"]
)
def test_a_missing_file_of_the_model_is_named(model: Path, tmp_path: Path, name: str) -> None:
    (model / name).unlink()
    with pytest.raises(UserError, match=f"{name}: not found"):
        convert(model, tmp_path / "deploy")
    assert not (tmp_path / "deploy" / "rust_model.ot").exists()


def test_damaged_weights_are_named(model: Path, tmp_path: Path) -> None:
    path = model / "model.safetensors"
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(UserError, match=r"model\.safetensors: damaged"):
        convert(model, tmp_path / "deploy")


@pytest.mark.parametrize(
    ("name", "module", "reader"),
    [("rust_model.ot", ot, "read_ot"), ("model.gguf", gguf_file, "read_gguf")],
    ids=["ot", "gguf"],
)
def test_weights_that_read_back_differently_are_not_kept(
    model: Path, tmp_path: Path, monkeypatch, name: str, module, reader: str
) -> None:
    original = getattr(module, reader)
    monkeypatch.setattr(module, reader, lambda path: damaged(original(path)))
    with pytest.raises(UserError, match=rf"{name}: 1 tensors read back differently, first .*bias"):
        convert(model, tmp_path / "deploy")
    assert not list((tmp_path / "deploy").glob(f"*{name}*"))


def damaged(tensors: dict) -> dict:
    """The same tensors but for a value of the first bias."""
    changed = deepcopy(tensors)
    changed[min(name for name in tensors if name.endswith(".bias"))][0] += 1
    return changed


def test_a_truncated_archive_is_named(model: Path, tmp_path: Path) -> None:
    convert(model, tmp_path / "deploy")
    path = tmp_path / "deploy" / "rust_model.ot"
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(UserError, match=r"rust_model\.ot: not a whole TorchScript archive"):
        read_ot(path)


def test_weights_that_do_not_fit_the_configuration_are_named(model: Path, tmp_path: Path) -> None:
    path = model / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"n_layer": 3}))
    with pytest.raises(UserError, match=r"transformer\.h\.2\.ln_1\.weight is missing; config"):
        convert(model, tmp_path / "deploy")
    path.write_text(json.dumps(json.loads(path.read_text()) | {"n_layer": 2, "n_embd": 8}))
    with pytest.raises(UserError, match=r"wte\.weight is \(259, 16\); config\.json asks for"):
        convert(model, tmp_path / "deploy")
    path.write_text("[]")
    with pytest.raises(UserError, match=r"config\.json: list found; run the step train again"):
        convert(model, tmp_path / "deploy")
    path.write_text("{}")
    with pytest.raises(UserError, match=r"config\.json: n_layer is None; expected a whole number"):
        convert(model, tmp_path / "deploy")


def test_an_archive_that_does_not_fit_on_the_disk_is_not_begun(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    convert(model, tmp_path / "deploy")
    size = (tmp_path / "deploy" / "rust_model.ot").stat().st_size
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=size - 1))
    with pytest.raises(UserError, match=r"rust_model\.ot, 0 MB: no space left on the device"):
        convert(model, tmp_path / "other")
    assert not list((tmp_path / "other").iterdir())


def test_a_conversion_that_fails_leaves_nothing_of_this_model_or_the_one_before(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deploy = tmp_path / "deploy"
    convert(model, deploy)
    (deploy / "LICENCE").write_text("of the user")

    def full(*_arguments: object) -> None:
        raise UserError("no space left on the device")

    monkeypatch.setattr("gpt2ro.export.deploy.write_gguf", full)
    with pytest.raises(UserError, match="no space left"):
        convert(model, deploy)
    assert [path.name for path in deploy.iterdir()] == ["LICENCE"]


def test_nothing_is_written_when_a_file_of_the_model_is_missing(
    model: Path, tmp_path: Path
) -> None:
    (model / "model.safetensors").unlink()
    with pytest.raises(UserError, match=r"model\.safetensors: not found"):
        convert(model, tmp_path / "deploy")
    assert not (tmp_path / "deploy").exists()
