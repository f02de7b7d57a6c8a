"""Attention without a mask: flash attention, also compiled, and nothing to wait for."""

from typing import Any

import pytest
import torch
from tokenizers import Tokenizer
from torch.utils._python_dispatch import TorchDispatchMode
from transformers import GPT2LMHeadModel
from world import World

from gpt2ro.training.config import load_experiment
from gpt2ro.training.weights import Gpt2, initial_model, load_gpt2

IDS = torch.arange(24).view(2, 12)


class Operations(TorchDispatchMode):
    """Notes the names of what PyTorch computes."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.names.append(str(func))
        return func(*args, **(kwargs or {}))


@pytest.fixture
def model(world: World) -> Gpt2:
    tokenizer = Tokenizer.from_file(str(world.paths.tokenizer / "tokenizer.json"))
    return initial_model(load_experiment(world.experiment, []), tokenizer, None)


def test_a_forward_pass_reads_no_value_so_a_gpu_need_not_wait(model) -> None:
    with Operations() as operations:
        model.transformer(input_ids=IDS, use_cache=False)
    assert sum("flash_attention" in name for name in operations.names) == 2
    assert not [name for name in operations.names if "_local_scalar_dense" in name]


def test_a_compiled_model_has_causal_attention_without_a_mask(model) -> None:
    found = []

    def noted(graph: torch.fx.GraphModule, inputs: list[torch.Tensor]) -> Any:
        for node in graph.graph.nodes:
            if "scaled_dot_product_attention" in str(node.target):
                found.append((node.kwargs["attn_mask"], node.kwargs["is_causal"]))
        return graph.forward

    torch.compile(model.transformer, backend=noted)(input_ids=IDS, use_cache=False)
    assert found == [(None, True)] * 2


def test_logits_are_those_of_transformers_and_padding_after_a_text_changes_none(
    model, tmp_path
) -> None:
    model.save_pretrained(tmp_path)
    plain, ours = GPT2LMHeadModel.from_pretrained(tmp_path).eval(), load_gpt2(tmp_path).eval()
    padded = torch.cat([IDS, torch.zeros(2, 4, dtype=torch.int64)], dim=1)
    with torch.no_grad():
        expected = plain(input_ids=IDS).logits
        assert torch.allclose(ours(input_ids=IDS).logits, expected, atol=1e-5)
        assert torch.allclose(ours(input_ids=padded).logits[:, :12], expected, atol=1e-5)


def test_a_cached_token_attends_to_all_before_it(model) -> None:
    model.eval()
    with torch.no_grad():
        expected = model(input_ids=IDS).logits[:, -1]
        cache = model(input_ids=IDS[:, :-1], use_cache=True).past_key_values
        found = model(input_ids=IDS[:, -1:], past_key_values=cache, use_cache=True).logits[:, -1]
    assert torch.allclose(found, expected, atol=1e-5)


def test_a_model_folder_does_not_name_our_attention(model, tmp_path) -> None:
    model.save_pretrained(tmp_path)
    assert "gpt2ro" not in (tmp_path / "config.json").read_text()
