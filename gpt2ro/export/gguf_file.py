"""The model as llama.cpp and what is built on it read it: one GGUF file with weights and tokenizer.

Names and layout are those that llama.cpp's loader of the architecture `gpt2` asks for. Its weights
are `(outputs, inputs)`, GPT-2's are `(inputs, outputs)`, so the matrices are transposed. The output
head is left out: the loader takes the token embedding for it. Values stay float32, so nothing is
lost; `llama-quantize` makes smaller files of this one.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gpt2ro.errors import UserError
from gpt2ro.export.read_back import check_read_back
from gpt2ro.files import atomic_path
from gpt2ro.tokenization.tokenizer_file import read_tokenizer

ARCHITECTURE = "gpt2"
# llama.cpp's name for the way GPT-2 splits a text into words, which our tokenizer shares.
PRE_TOKENIZER = "gpt-2"
NAMES = {
    "transformer.wte": "token_embd",
    "transformer.wpe": "position_embd",
    "transformer.ln_f": "output_norm",
}
NAMES_OF_LAYER = {
    "ln_1": "attn_norm",
    "attn.c_attn": "attn_qkv",
    "attn.c_proj": "attn_output",
    "ln_2": "ffn_norm",
    "mlp.c_fc": "ffn_up",
    "mlp.c_proj": "ffn_down",
}


def gguf_tensors(weights: Mapping[str, Tensor]) -> dict[str, NDArray[np.float32]]:
    """Return the tensors by llama.cpp's names, float32, matrices as `(outputs, inputs)`.

    Args:
        weights: those of `transformers`' GPT-2; `lm_head` and causal masks are left out.
    """
    tensors = {}
    for name, value in weights.items():
        if name == "lm_head.weight" or name.endswith((".attn.bias", ".attn.masked_bias")):
            continue
        owner, kind = name.rsplit(".", 1)
        # Embeddings are (rows, width) in both.
        transposed = value.dim() == 2 and owner not in NAMES
        array = (value.T if transposed else value).to(torch.float32).contiguous().numpy()
        tensors[f"{_owner(owner)}.{kind}"] = array
    return tensors


def _owner(name: str) -> str:
    if name in NAMES:
        return NAMES[name]
    layer, _, part = name.removeprefix("transformer.h.").partition(".")
    return f"blk.{layer}.{NAMES_OF_LAYER[part]}"


def write_gguf(
    weights: Mapping[str, Tensor], config: Mapping[str, Any], tokenizer: Path, path: Path
) -> None:
    """Write the file atomically, after reading it back; equal models give equal bytes.

    Args:
        weights: those of `transformers`' GPT-2.
        config: config.json of the model.
        tokenizer: tokenizer.json, a byte-level BPE.

    Raises:
        UserError: the tokenizer is damaged or has another vocabulary than the model, or what was
            written reads differently.
    """
    tensors = gguf_tensors(weights)
    with atomic_path(path) as partial:
        writer = gguf.GGUFWriter(partial, ARCHITECTURE)
        _add_shape(writer, config)
        _add_tokenizer(writer, tokenizer, config["vocab_size"])
        for name, value in tensors.items():
            writer.add_tensor(name, value)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        check_read_back(path, read_gguf(partial), tensors, np.array_equal)


def read_gguf(path: Path) -> dict[str, NDArray[np.float32]]:
    """Return the tensors of a file by llama.cpp's names."""
    return {tensor.name: np.asarray(tensor.data) for tensor in gguf.GGUFReader(path).tensors}


def _add_shape(writer: gguf.GGUFWriter, config: Mapping[str, Any]) -> None:
    writer.add_name("gpt2ro")
    writer.add_languages(["ro"])
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    writer.add_block_count(config["n_layer"])
    writer.add_context_length(config["n_positions"])
    writer.add_embedding_length(config["n_embd"])
    # null in config.json means GPT-2's own size, four times the width.
    writer.add_feed_forward_length(config.get("n_inner") or 4 * config["n_embd"])
    writer.add_head_count(config["n_head"])
    # The default of transformers, if config.json does not say.
    writer.add_layer_norm_eps(config.get("layer_norm_epsilon", 1e-5))


def _add_tokenizer(writer: gguf.GGUFWriter, path: Path, vocabulary: int) -> None:
    tokenizer, end = read_tokenizer(path)
    found = tokenizer.get_vocab_size()
    if found != vocabulary:
        raise UserError(
            f"{path}: {found:,} tokens found, config.json says {vocabulary:,}; run the steps "
            "tokenizer and train again."
        )
    tokens = [tokenizer.id_to_token(number) or "" for number in range(vocabulary)]
    special = tokenizer.get_added_tokens_decoder()
    kinds = [
        gguf.TokenType.CONTROL if number in special else gguf.TokenType.NORMAL
        for number in range(vocabulary)
    ]
    merges = json.loads(tokenizer.to_str())["model"]["merges"]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(PRE_TOKENIZER)
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    writer.add_token_merges([" ".join(pair) for pair in merges])
    writer.add_bos_token_id(end)
    writer.add_eos_token_id(end)
    # A prompt is read as it is, as everywhere in this project.
    writer.add_add_bos_token(False)
