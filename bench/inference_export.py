"""GPT-2 as a graph with its past as inputs and outputs, for OpenVINO and onnxruntime.

Only what writes files of bench/inference_peers.py needs this module, and PyTorch with it.
Inputs, with b sequences, t tokens each and p before them:

    ids        (b, t) int64
    positions  (1, t) int64
    mask       (1, 1, t, p + t) float32, added to the scores: 0 where a token may look
    order      (b,) int32 or int64, the row of the past that each sequence continues
    past_0 ... keys and values of each layer, (b, heads, p, width / heads) float32

Outputs are the logits of the last tokens, (b, vocabulary), and present_0 and so on.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor
from torch.nn import functional

INPUTS = ("ids", "positions", "mask", "order")


class Graph(torch.nn.Module):
    """Computes the Hugging Face folder's weights."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.config: dict[str, Any] = json.loads((folder / "config.json").read_text())
        self.layers: int = self.config["n_layer"]
        self.heads: int = self.config["n_head"]
        self.width: int = self.config["n_embd"]
        for name, values in load_file(folder / "model.safetensors").items():
            self.register_buffer(name.removeprefix("transformer.").replace(".", "_"), values)

    @property
    def states(self) -> int:
        """Keys and values of all layers."""
        return 2 * self.layers

    def forward(
        self, ids: Tensor, positions: Tensor, mask: Tensor, order: Tensor, *past: Tensor
    ) -> tuple[Tensor, ...]:
        x = functional.embedding(ids, self.wte_weight)
        x = x + functional.embedding(positions, self.wpe_weight)
        present: list[Tensor] = []
        for layer in range(self.layers):
            name = f"h_{layer}"
            before = [state.index_select(0, order) for state in past[2 * layer : 2 * layer + 2]]
            heard, states = self.attention(
                f"{name}_attn", self.norm(f"{name}_ln_1", x), mask, before
            )
            present += states
            x = x + heard
            inner = self.linear(f"{name}_mlp_c_fc", self.norm(f"{name}_ln_2", x))
            inner = functional.gelu(inner, approximate="tanh")
            x = x + self.linear(f"{name}_mlp_c_proj", inner)
        last = self.norm("ln_f", x[:, -1])
        return (last @ self.wte_weight.T, *present)

    def attention(
        self, name: str, x: Tensor, mask: Tensor, past: list[Tensor]
    ) -> tuple[Tensor, list[Tensor]]:
        sequences, tokens = x.shape[0], x.shape[1]
        size = self.width // self.heads
        parts = self.linear(f"{name}_c_attn", x).split(self.width, dim=-1)
        # each: (b, heads, t, size)
        query, key, value = (
            part.reshape(sequences, tokens, self.heads, size).transpose(1, 2) for part in parts
        )
        key, value = torch.cat([past[0], key], 2), torch.cat([past[1], value], 2)
        heard = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        heard = heard.transpose(1, 2).reshape(sequences, tokens, self.width)
        return self.linear(f"{name}_c_proj", heard), [key, value]

    def linear(self, name: str, x: Tensor) -> Tensor:
        weight, bias = getattr(self, f"{name}_weight"), getattr(self, f"{name}_bias")
        return x @ weight + bias

    def norm(self, name: str, x: Tensor) -> Tensor:
        weight, bias = getattr(self, f"{name}_weight"), getattr(self, f"{name}_bias")
        return functional.layer_norm(
            x, (self.width,), weight, bias, self.config["layer_norm_epsilon"]
        )

    def example(self) -> tuple[Tensor, ...]:
        """Return inputs of 2 sequences of 3 tokens after 5."""
        past = torch.zeros(2, self.heads, 5, self.width // self.heads)
        ids, positions = torch.ones(2, 3, dtype=torch.int64), torch.arange(5, 8)[None]
        return (
            ids, positions, torch.zeros(1, 1, 3, 8), torch.arange(2),
            *(past.clone() for _ in range(self.states)),
        )  # fmt: skip


def write_openvino(folder: Path, target: Path) -> None:
    """Write a model that keeps its past itself, matrices in int8 as nncf sets by default."""
    import nncf
    import openvino
    from openvino._offline_transformations import apply_make_stateful_transformation

    graph = Graph(folder).eval()
    with torch.inference_mode():
        model = openvino.convert_model(graph, example_input=graph.example())
    names = [*INPUTS, *(f"past_{number}" for number in range(graph.states))]
    for place, name in enumerate(names):
        model.inputs[place].tensor.set_names({name})
    shapes: dict[Any, Any] = {}
    for place, name in enumerate(names):
        shapes[model.inputs[place]] = {
            "ids": [-1, -1], "positions": [1, -1], "mask": [1, 1, -1, -1], "order": [-1],
        }.get(name, [-1, graph.heads, -1, graph.width // graph.heads])  # fmt: skip
    model.outputs[0].tensor.set_names({"logits"})
    for number in range(graph.states):
        model.outputs[1 + number].tensor.set_names({f"present_{number}"})
    model.reshape(shapes)
    states = {f"past_{number}": f"present_{number}" for number in range(graph.states)}
    apply_make_stateful_transformation(model, states)
    start_empty(model, graph.heads, graph.width // graph.heads)
    openvino.save_model(nncf.compress_weights(model), target)


def start_empty(model: Any, heads: int, size: int) -> None:
    """Let the past of a new sequence be of no tokens, for as many sequences as there are ids."""
    from openvino import opset13

    axis = opset13.constant(0, dtype=np.int64)
    shape = opset13.shape_of(model.input("ids").get_node(), output_type="i64")
    sequences = opset13.gather(shape, opset13.constant([0], dtype=np.int64), axis)
    rest = opset13.constant([heads, 0, size], dtype=np.int64)
    nothing = opset13.constant(0, dtype=np.float32)
    empty = opset13.broadcast(nothing, opset13.concat([sequences, rest], axis=0))
    for node in model.get_ops():
        if node.get_type_name() == "ReadValue":
            node.set_arguments([empty])
    model.validate_nodes_and_infer_types()


def write_onnx(folder: Path, target: Path) -> None:
    """Write a model with int8 weights, whose activations onnxruntime rounds as it goes."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    graph = Graph(folder).eval()
    states = range(graph.states)
    past, present = [f"past_{n}" for n in states], [f"present_{n}" for n in states]
    axes = {"ids": {0: "b", 1: "t"}, "positions": {1: "t"}, "mask": {2: "t", 3: "all"}}
    axes |= {"order": {0: "b"}, "logits": {0: "b"}}
    axes |= {name: {0: "b", 2: "p"} for name in past}
    axes |= {name: {0: "b", 2: "all"} for name in present}
    whole = target.with_suffix(".float.onnx")
    with torch.inference_mode():
        torch.onnx.export(
            graph, graph.example(), str(whole), dynamo=False, opset_version=17,
            input_names=[*INPUTS, *past], output_names=["logits", *present], dynamic_axes=axes,
        )  # fmt: skip
    quantize_dynamic(whole, target, per_channel=True, weight_type=QuantType.QInt8)
    whole.unlink()
