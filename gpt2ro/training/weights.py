"""The model before its first step: random, or given weights with a new vocabulary."""

import sys
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import torch
from huggingface_hub.errors import StrictDataclassError
from safetensors import SafetensorError
from tokenizers import Tokenizer
from torch import nn
from torch.overrides import TorchFunctionMode
from transformers import GPT2Config, GPT2LMHeadModel
from transformers.utils import logging
from yacs.config import CfgNode

from gpt2ro.errors import UserError
from gpt2ro.files import read_json
from gpt2ro.tokenization.tokenizer_file import open_tokenizer
from gpt2ro.training.activations import fuse_activation
from gpt2ro.training.attention import attend_causally
from gpt2ro.training.transfer import TransferReport, transfer_embeddings

logging.disable_progress_bar()  # loading takes a moment

# transformers' classes carry no types that a checker can follow.
Gpt2 = Any

END_OF_TEXT = "<|endoftext|>"
# By name, as transformers replaces the functions of torch.nn.init by its own.
DRAWING = {"normal_", "uniform_", "kaiming_uniform_"}
# The keys of config.json that decide what a GPT-2 computes from its weights, or how it draws them.
ARCHITECTURE = (
    "n_positions", "n_embd", "n_layer", "n_head", "n_inner", "activation_function",
    "layer_norm_epsilon", "initializer_range", "scale_attn_weights",
    "scale_attn_by_inverse_layer_idx", "reorder_and_upcast_attn",
)  # fmt: skip


def initial_model(
    config: CfgNode,
    tokenizer: Tokenizer,
    pretrained: Path | None,
    shape: Path | None = None,
    blank: bool = False,
    quiet: bool = False,
) -> Gpt2:
    """Return the model to train, on the CPU in float32.

    Args:
        pretrained: folder of given weights; None for random ones.
        shape: folder whose config.json tells the architecture of random weights; None for that of
            the experiment.
        blank: leave the weights undefined, as a checkpoint will replace all of them. This saves
            drawing or transferring them, which takes seconds for GPT-2 small.
        quiet: do not tell how many rows of the embedding were transferred.

    Raises:
        UserError: the weights are missing, damaged, pickled, or not those of a GPT-2.
    """
    torch.manual_seed(config.SEED)
    with _Undrawn() if blank else nullcontext():
        if pretrained:
            model = _transferred_model(config, tokenizer, pretrained, blank, quiet)
        else:
            model = _random_model(config, tokenizer, shape)
    assert_tied(model)
    return model


class _Undrawn(TorchFunctionMode):
    """Inside the block, tensors that would be filled with random numbers stay as they are."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if getattr(func, "__name__", "") in DRAWING:
            # PyTorch passes the tensor of an nn.init function by name.
            return args[0] if args else kwargs["tensor"]
        return func(*args, **kwargs)


def assert_tied(model: Gpt2) -> None:
    """Assert that the output head is the token embedding, as in every GPT-2 and in rust-bert."""
    assert model.lm_head.weight is model.transformer.wte.weight, "the output head is not tied"


def _random_model(config: CfgNode, tokenizer: Tokenizer, shape: Path | None) -> Gpt2:
    end = tokenizer.token_to_id(END_OF_TEXT)
    architecture = _given_architecture(shape, config) if shape else _architecture(config)
    model = GPT2LMHeadModel(
        GPT2Config(
            **architecture
            | {
                "vocab_size": tokenizer.get_vocab_size(),
                "resid_pdrop": config.MODEL.DROPOUT,
                "embd_pdrop": config.MODEL.DROPOUT,
                "attn_pdrop": config.MODEL.ATTENTION_DROPOUT,
                "bos_token_id": end,
                "eos_token_id": end,
            }
        )
    )
    fuse_activation(model)
    attend_causally(model)
    return model


def _architecture(config: CfgNode) -> dict[str, Any]:
    return {
        "n_positions": config.MODEL.CONTEXT,
        "n_embd": config.MODEL.WIDTH,
        "n_layer": config.MODEL.LAYERS,
        "n_head": config.MODEL.HEADS,
    }


def _given_architecture(folder: Path, config: CfgNode) -> dict[str, Any]:
    """Return the architecture in config.json of a model folder.

    Raises:
        UserError: there is none, it is not of a GPT-2, or its context is too short.
    """
    path = _file(folder, "config.json")
    values = read_json(path)
    kind = values.get("model_type") if isinstance(values, dict) else None
    if kind != "gpt2":
        raise UserError(f"{path}: model_type is {kind}; expected gpt2; name a folder of a GPT-2.")
    found = {key: values[key] for key in ARCHITECTURE if key in values}
    try:
        architecture = GPT2Config(**found)
    except StrictDataclassError as error:
        reason = " ".join(str(error).split())
        raise UserError(f"{path}: {reason}; name a folder of a GPT-2.") from None
    _require_computable(path, architecture)
    _check_context(folder, architecture.n_positions, config)
    return found


def _require_computable(path: Path, config: GPT2Config) -> None:
    """Refuse a GPT-2 that the binary does not compute, before it is trained.

    Its conditions are those of rust/engine/src/model/config.rs; of `n_inner`, those of the export.
    """
    conditions = {
        "n_embd": (config.n_embd, "a multiple of n_head", not config.n_embd % config.n_head),
        "n_inner": (
            config.n_inner, "4 times n_embd", config.n_inner in (None, 4 * config.n_embd),
        ),
        "activation_function": (
            config.activation_function, "gelu_new", config.activation_function == "gelu_new",
        ),
        "scale_attn_weights": (config.scale_attn_weights, "true", config.scale_attn_weights),
        "tie_word_embeddings": (config.tie_word_embeddings, "true", config.tie_word_embeddings),
        "scale_attn_by_inverse_layer_idx": (
            config.scale_attn_by_inverse_layer_idx, "false",
            not config.scale_attn_by_inverse_layer_idx,
        ),
    }  # fmt: skip
    for key, (found, expected, holds) in conditions.items():
        if not holds:
            raise UserError(
                f"{path}: {key} is {found}; the binary that the model is for computes {expected} "
                "only; name another GPT-2."
            )


def _transferred_model(
    config: CfgNode, tokenizer: Tokenizer, folder: Path, blank: bool, quiet: bool
) -> Gpt2:
    model = load_gpt2(folder)
    _require_computable(folder / "config.json", model.config)
    _check_context(folder, model.config.n_positions, config)
    if blank:
        model.resize_token_embeddings(tokenizer.get_vocab_size(), mean_resizing=False)
    else:
        report = _transfer(model, folder, tokenizer, config.SEED)
        if not quiet:
            print(f"training: {report.line()}", file=sys.stderr)
    model.tie_weights()
    end = tokenizer.token_to_id(END_OF_TEXT)
    for settings in (model.config, model.generation_config):
        settings.bos_token_id = settings.eos_token_id = end
        settings.pad_token_id = None
    _set_dropout(model, config.MODEL.DROPOUT, config.MODEL.ATTENTION_DROPOUT)
    return model


def _transfer(model: Gpt2, folder: Path, tokenizer: Tokenizer, seed: int) -> TransferReport:
    """Give the model rows for the tokens of this tokenizer."""
    old = open_tokenizer(_file(folder, "tokenizer.json"), "fetch again")
    old_rows = model.transformer.wte.weight.detach()
    if old.get_vocab_size() > len(old_rows):
        raise UserError(
            f"{folder / 'tokenizer.json'}: {old.get_vocab_size():,} tokens, and the model beside "
            f"it has {len(old_rows):,}; they do not belong together: fetch again."
        )
    rows, report = transfer_embeddings(old_rows, old, tokenizer, seed)
    model.resize_token_embeddings(len(rows), mean_resizing=False)
    with torch.no_grad():
        model.transformer.wte.weight.copy_(rows)
    return report


def _check_context(folder: Path, context: int, config: CfgNode) -> None:
    if context < config.BATCH.CONTEXT:
        raise UserError(
            f"{folder}: its context is {context}, BATCH.CONTEXT is "
            f"{config.BATCH.CONTEXT}; lower BATCH.CONTEXT."
        )


def _set_dropout(model: Gpt2, dropout: float, attention: float) -> None:
    settings = model.config
    settings.embd_pdrop = settings.resid_pdrop = dropout
    settings.attn_pdrop = attention
    for name, module in model.named_modules():
        if isinstance(module, nn.Dropout):
            module.p = attention if name.endswith("attn_dropout") else dropout


def load_gpt2(folder: Path) -> Gpt2:
    """Load a Hugging Face folder, on the CPU in float32.

    Raises:
        UserError: its weights are missing, damaged, pickled, or not those of a GPT-2.
    """
    _file(folder, "config.json")
    _file(folder, "model.safetensors")
    try:
        model, report = GPT2LMHeadModel.from_pretrained(
            folder,
            local_files_only=True,
            use_safetensors=True,
            dtype=torch.float32,
            output_loading_info=True,
            ignore_mismatched_sizes=True,  # they are told below
        )
    except (
        OSError,
        ValueError,
        RuntimeError,
        KeyError,
        TypeError,
        SafetensorError,
        StrictDataclassError,
    ) as error:
        raise UserError(
            f"{folder}: not the weights of a GPT-2 ({str(error).splitlines()[0]}); fetch again."
        ) from error
    _require_complete(folder / "model.safetensors", report)
    fuse_activation(model)
    attend_causally(model)
    return model


def _require_complete(weights: Path, report: Mapping[str, Any]) -> None:
    """Refuse tensors that transformers would put random numbers in the place of.

    Args:
        report: what it says of its loading.
    """
    if missing := sorted(report["missing_keys"]):
        raise UserError(
            f"{weights}: {len(missing)} tensors that config.json asks for are missing, first "
            f"{missing[0]}; fetch again."
        )
    if mismatched := sorted(report["mismatched_keys"]):
        name, found, expected = mismatched[0]
        raise UserError(
            f"{weights}: {len(mismatched)} tensors are of another shape than config.json asks for, "
            f"first {name}: {tuple(found)}, expected {tuple(expected)}; fetch again."
        )


def _file(folder: Path, name: str) -> Path:
    path = folder / name
    if not path.is_file():
        raise UserError(
            f"{path}: not found; expected config.json, model.safetensors and tokenizer.json "
            "(pickled weights, .bin, are not read)."
        )
    return path
