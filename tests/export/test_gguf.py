"""The GGUF file: what llama.cpp asks for is in it, and llama.cpp writes what PyTorch writes."""

import json
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest
import torch
from byte_model import byte_tokenizer, write_model

from gpt2ro.errors import UserError
from gpt2ro.export.deploy import convert
from gpt2ro.export.gguf_file import read_gguf

PROMPTS = ("Bunica a", "— Unde ai fost, Ștefan?", "și 12 mere", "  Într-o  zi\n\nțara's ")


@pytest.fixture
def model(tmp_path: Path) -> Path:
    write_model(tmp_path / "model", context=64, width=32)
    return tmp_path / "model"


@pytest.fixture
def file(model: Path, tmp_path: Path) -> Path:
    convert(model, tmp_path / "deploy")
    return tmp_path / "deploy" / "model.gguf"


def fields(path: Path) -> dict[str, Any]:
    reader = gguf.GGUFReader(path)
    return {name: field.contents() for name, field in reader.fields.items()}


def test_the_shape_of_the_model_is_told(file: Path) -> None:
    told = fields(file)
    assert told["general.architecture"] == "gpt2"
    assert told["gpt2.block_count"] == 2
    assert told["gpt2.context_length"] == 64
    assert told["gpt2.embedding_length"] == 32
    assert told["gpt2.feed_forward_length"] == 128
    assert told["gpt2.attention.head_count"] == 2
    assert told["gpt2.attention.layer_norm_epsilon"] == pytest.approx(1e-5)


def test_the_tokenizer_is_told(file: Path) -> None:
    told = fields(file)
    tokenizer = byte_tokenizer()
    end = tokenizer.token_to_id("<|endoftext|>")
    assert told["tokenizer.ggml.model"] == "gpt2"
    assert told["tokenizer.ggml.pre"] == "gpt-2"
    tokens = told["tokenizer.ggml.tokens"]
    assert tokens == [tokenizer.id_to_token(number) for number in range(end + 1)]
    assert told["tokenizer.ggml.merges"] == ["Ġ a", "È Ļ"]
    kinds = told["tokenizer.ggml.token_type"]
    assert kinds[end] == gguf.TokenType.CONTROL
    assert set(kinds[:end]) == {gguf.TokenType.NORMAL}
    assert told["tokenizer.ggml.eos_token_id"] == end
    assert told["tokenizer.ggml.add_bos_token"] is False


def test_matrices_are_transposed_and_embeddings_are_not(file: Path, tmp_path: Path) -> None:
    network = write_model(tmp_path / "again", context=64, width=32)
    found = read_gguf(file)
    layer = network.transformer.h[1]
    pairs = {
        "token_embd.weight": network.transformer.wte.weight,
        "position_embd.weight": network.transformer.wpe.weight,
        "output_norm.bias": network.transformer.ln_f.bias,
        "blk.1.attn_qkv.weight": layer.attn.c_attn.weight.T,
        "blk.1.attn_output.weight": layer.attn.c_proj.weight.T,
        "blk.1.ffn_up.bias": layer.mlp.c_fc.bias,
        "blk.1.ffn_down.weight": layer.mlp.c_proj.weight.T,
        "blk.1.ffn_norm.weight": layer.ln_2.weight,
    }
    for name, expected in pairs.items():
        assert np.array_equal(found[name], expected.detach().numpy()), name
    # Two layers of 12 tensors, both embeddings and the last norm; no head and no masks.
    assert len(found) == 2 * 12 + 4


def test_a_tokenizer_of_another_size_is_refused(model: Path, tmp_path: Path) -> None:
    path = model / "tokenizer.json"
    facts = json.loads(path.read_text())
    facts["added_tokens"].append(facts["added_tokens"][0] | {"content": "<|other|>", "id": 259})
    path.write_text(json.dumps(facts))
    with pytest.raises(UserError, match=r"tokenizer\.json: 260 tokens found, config\.json says"):
        convert(model, tmp_path / "deploy")
    assert not (tmp_path / "deploy" / "model.gguf").exists()


def test_llama_cpp_reads_the_ids_and_writes_the_tokens_of_pytorch(
    file: Path, tmp_path: Path
) -> None:
    llama_cpp = pytest.importorskip(
        "llama_cpp", reason="needs llama-cpp-python, the Python binding of llama.cpp"
    )
    network = write_model(tmp_path / "again", context=64, width=32)
    tokenizer = byte_tokenizer()
    llama = llama_cpp.Llama(str(file), n_ctx=64, logits_all=True, verbose=False, n_threads=1)
    for prompt in PROMPTS:
        ids = tokenizer.encode(prompt).ids
        assert llama.tokenize(prompt.encode(), add_bos=False, special=True) == ids
        with torch.no_grad():
            whole = network.generate(
                torch.tensor([ids]), max_new_tokens=16, do_sample=False, pad_token_id=0
            )
        expected = whole[0, len(ids) :].tolist()
        llama.reset()
        written: list[int] = []
        for token in llama.generate(ids, temp=0.0, repeat_penalty=1.0):
            written.append(token)
            if len(written) == len(expected):
                break
        assert written == expected, prompt
