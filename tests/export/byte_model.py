"""A tiny GPT-2 over bytes, with the files of a trained model's folder."""

import json
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import GPT2Config, GPT2LMHeadModel


def byte_tokenizer() -> Tokenizer:
    """Every byte a token, `<|endoftext|>` the last; two merges, so that there are some."""
    symbols = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {symbol: number for number, symbol in enumerate(symbols)}
    merges = [("Ġ", "a"), ("È", "Ļ")]
    vocabulary |= {"".join(pair): len(symbols) + number for number, pair in enumerate(merges)}
    tokenizer = Tokenizer(models.BPE(vocabulary, merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(["<|endoftext|>"])
    return tokenizer


def write_model(folder: Path, *, context: int = 16, width: int = 16) -> GPT2LMHeadModel:
    """Write a random model of two layers; larger weights than at initialisation, so that its
    choices are no near ties."""
    torch.manual_seed(0)
    tokenizer = byte_tokenizer()
    end = tokenizer.token_to_id("<|endoftext|>")
    network = GPT2LMHeadModel(
        GPT2Config(
            vocab_size=end + 1, n_positions=context, n_embd=width, n_layer=2, n_head=2,
            bos_token_id=end, eos_token_id=end,
        )
    ).eval()  # fmt: skip
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.15)
    network.save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))
    model = json.loads(tokenizer.to_str())["model"]
    (folder / "vocab.json").write_text(json.dumps(model["vocab"]))
    lines = [f"{left} {right}\n" for left, right in model["merges"]]
    (folder / "merges.txt").write_text("#version: 0.2\n" + "".join(lines))
    return network
