"""The step convert: a Hugging Face folder becomes the folder that is deployed."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from gpt2ro.errors import UserError
from gpt2ro.export.gguf_file import write_gguf
from gpt2ro.export.ot import expected_shapes, half_tensors, rust_tensors, write_ot
from gpt2ro.files import atomic_path, read_json, sha256, write_json

COPIED = ("vocab.json", "merges.txt", "tokenizer.json")
WEIGHTS = "rust_model.ot"
HALF_WEIGHTS = "rust_model_fp16.ot"
GGUF = "model.gguf"
FILES = (WEIGHTS, HALF_WEIGHTS, GGUF, "config.json", *COPIED)
MANIFEST = "MANIFEST.json"


def convert(model: Path, deploy: Path) -> None:
    """Write the weights in three forms, config.json and the tokenizer's files.

    rust_model.ot holds the weights in float32, rust_model_fp16.ot in float16, and model.gguf is
    all that llama.cpp needs; each is read back. Last comes MANIFEST.json, with the size and SHA-256
    of each file, which the binary checks. What was begun and cannot be finished is removed.

    Raises:
        UserError: a file of the model is missing or damaged, the disk is full, or what was written
            reads differently.
    """
    for name in COPIED:
        _present(model / name)
    config = _read_config(model / "config.json")
    layers, context = config["n_layer"], config["n_positions"]
    try:
        weights = load_file(_present(model / "model.safetensors"))
    except SafetensorError as error:
        raise UserError(
            f"{model / 'model.safetensors'}: damaged ({error}); train again."
        ) from error
    _check_shapes(weights, config, model)
    # A manifest of an earlier run must never stand beside other files.
    (deploy / MANIFEST).unlink(missing_ok=True)
    with _all_or_none([deploy / name for name in FILES]):
        for name in COPIED:
            _copy(model / name, deploy / name)
        tensors = rust_tensors(weights, layers, context)
        write_ot(tensors, deploy / WEIGHTS)
        write_ot(half_tensors(tensors), deploy / HALF_WEIGHTS)
        write_gguf(weights, config, deploy / "tokenizer.json", deploy / GGUF)
        # rust-bert sizes its causal mask by n_ctx, which transformers does not write.
        write_json(deploy / "config.json", config | {"n_ctx": context})
        _write_manifest(deploy)


@contextmanager
def _all_or_none(paths: Sequence[Path]) -> Iterator[None]:
    """Remove files if what writes them inside the block fails: those of two models fit nothing."""
    try:
        yield
    except BaseException:
        for path in paths:
            path.unlink(missing_ok=True)
        raise


def _write_manifest(deploy: Path) -> None:
    paths = [deploy / name for name in FILES]
    files = {path.name: {"bytes": path.stat().st_size, "sha256": sha256(path)} for path in paths}
    write_json(deploy / MANIFEST, {"files": files})


def _read_config(path: Path) -> dict[str, Any]:
    config = read_json(_present(path))
    if not isinstance(config, dict):
        raise UserError(f"{path}: {type(config).__name__} found; run the step train again.")
    for key in ("n_layer", "n_positions", "n_embd", "n_head", "vocab_size"):
        if not isinstance(config.get(key), int):
            raise UserError(
                f"{path}: {key} is {config.get(key)!r}; expected a whole number; "
                "run the step train again."
            )
    return config


def _check_shapes(weights: dict[str, torch.Tensor], config: dict[str, Any], model: Path) -> None:
    expected = expected_shapes(
        config["n_layer"], config["n_positions"], config["n_embd"], config["vocab_size"]
    )
    for name, shape in expected.items():
        found = tuple(weights[name].shape) if name in weights else None
        if found != shape:
            raise UserError(
                f"{model / 'model.safetensors'}: {name} is {found or 'missing'}; config.json asks "
                f"for {shape}; run the step train again."
            )


def _present(path: Path) -> Path:
    if not path.is_file():
        raise UserError(f"{path}: not found; run the step train again.")
    return path


def _copy(source: Path, target: Path) -> None:
    with atomic_path(target) as partial:
        shutil.copyfile(source, partial)
