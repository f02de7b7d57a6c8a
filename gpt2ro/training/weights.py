"""The model before its first step: random, or given weights with a new vocabulary."""

import os
import sys
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from tokenizers import Tokenizer
from torch import nn
from yacs.config import CfgNode

from gpt2ro.errors import UserError
from gpt2ro.training.activations import fuse_activation
from gpt2ro.training.transfer import transfer_embeddings

# Whatever is asked of the hub has been fetched by a step of its own.
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")

from transformers import GPT2Config, GPT2LMHeadModel
from transformers.utils import logging

logging.disable_progress_bar()  # two lines for what takes a moment

# transformers' classes carry no types that a checker can follow.
Gpt2 = Any

END_OF_TEXT = "<|endoftext|>"


def initial_model(config: CfgNode, tokenizer: Tokenizer, pretrained: Path | None) -> Gpt2:
    """Return the model to train, on the CPU in float32.

    Raises:
        UserError: the weights are missing, damaged, pickled, or not those of a GPT-2.
    """
    torch.manual_seed(config.SEED)
    model = (
        _random_model(config, tokenizer)
        if pretrained is None
        else _transferred_model(config, tokenizer, pretrained)
    )
    assert_tied(model)
    return model


def assert_tied(model: Gpt2) -> None:
    """Hold on that the output head is the token embedding, as in every GPT-2 and in rust-bert."""
    assert model.lm_head.weight is model.transformer.wte.weight, "the output head is not tied"


def _random_model(config: CfgNode, tokenizer: Tokenizer) -> Gpt2:
    end = tokenizer.token_to_id(END_OF_TEXT)
    model = GPT2LMHeadModel(
        GPT2Config(
            vocab_size=tokenizer.get_vocab_size(),
            n_positions=config.MODEL.CONTEXT,
            n_embd=config.MODEL.WIDTH,
            n_layer=config.MODEL.LAYERS,
            n_head=config.MODEL.HEADS,
            resid_pdrop=config.MODEL.DROPOUT,
            embd_pdrop=config.MODEL.DROPOUT,
            attn_pdrop=config.MODEL.ATTENTION_DROPOUT,
            bos_token_id=end,
            eos_token_id=end,
        )
    )
    fuse_activation(model)
    return model


def _transferred_model(config: CfgNode, tokenizer: Tokenizer, folder: Path) -> Gpt2:
    model = load_gpt2(folder)
    if model.config.n_positions < config.BATCH.CONTEXT:
        raise UserError(
            f"{folder}: its context is {model.config.n_positions}, BATCH.CONTEXT is "
            f"{config.BATCH.CONTEXT}; lower BATCH.CONTEXT."
        )
    old = Tokenizer.from_file(str(_file(folder, "tokenizer.json")))
    old_rows = model.transformer.wte.weight.detach()
    rows, report = transfer_embeddings(old_rows, old, tokenizer, config.SEED)
    print(f"gpt2ro: {report.line()}", file=sys.stderr)
    model.resize_token_embeddings(len(rows), mean_resizing=False)
    with torch.no_grad():
        model.transformer.wte.weight.copy_(rows)
    model.tie_weights()
    end = tokenizer.token_to_id(END_OF_TEXT)
    for settings in (model.config, model.generation_config):
        settings.bos_token_id = settings.eos_token_id = end
        settings.pad_token_id = None
    _set_dropout(model, config.MODEL.DROPOUT, config.MODEL.ATTENTION_DROPOUT)
    return model


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
        )
    except (OSError, ValueError, RuntimeError, KeyError, SafetensorError) as error:
        raise UserError(
            f"{folder}: not the weights of a GPT-2 ({str(error).splitlines()[0]}); fetch again."
        ) from error
    if missing := sorted(report["missing_keys"]):
        # transformers would go on with random numbers in their place.
        raise UserError(
            f"{folder / 'model.safetensors'}: {len(missing)} tensors that config.json asks for are "
            f"missing, first {missing[0]}; fetch again."
        )
    fuse_activation(model)
    return model


def _file(folder: Path, name: str) -> Path:
    path = folder / name
    if not path.is_file():
        raise UserError(
            f"{path}: not found; expected config.json, model.safetensors and tokenizer.json "
            "(pickled weights, .bin, are not read)."
        )
    return path
