"""The other programs that bench/inference_peers.py measures, each behind one interface."""

import ctypes
import json
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

import numpy as np

CONTEXT, BATCH = 1024, 8  # tokens, sequences at most


class Peer(ABC):
    """A loaded model: ids go in, and what is measured is the time until others are chosen."""

    @abstractmethod
    def write(self, sequences: list[list[int]], tokens: int) -> float:
        """Read prompts of one length, write so many tokens after each, and return the seconds."""


class LlamaCpp(Peer):
    """llama.cpp by its own interface, one batch a step."""

    def __init__(self, model: Path, files: Path, threads: int, kind: str) -> None:
        import llama_cpp

        self.api = llama_cpp
        quiet = llama_cpp.llama_log_callback(lambda *_: None)
        self.quiet = quiet  # kept: C holds no reference to it
        llama_cpp.llama_log_set(quiet, ctypes.c_void_p(0))
        parameters = llama_cpp.llama_model_default_params()
        self.model = llama_cpp.llama_model_load_from_file(
            str(gguf_file(model, files, kind)).encode(), parameters
        )
        context = llama_cpp.llama_context_default_params()
        context.n_ctx = context.n_batch = context.n_ubatch = CONTEXT
        context.n_seq_max = BATCH
        context.kv_unified = True
        context.n_threads = context.n_threads_batch = threads
        self.context = llama_cpp.llama_init_from_model(self.model, context)
        if not self.context:
            raise SystemExit(f"{kind}: llama.cpp made no context")
        vocabulary = llama_cpp.llama_model_get_vocab(self.model)
        self.vocabulary = llama_cpp.llama_vocab_n_tokens(vocabulary)
        self.batch = llama_cpp.llama_batch_init(CONTEXT, 0, 1)

    def write(self, sequences: list[list[int]], tokens: int) -> float:
        self.api.llama_memory_clear(self.api.llama_get_memory(self.context), True)
        length = len(sequences[0])
        start = time.perf_counter()
        chosen = self.step(sequences, 0)
        for place in range(tokens - 1):
            chosen = self.step([[id_] for id_ in chosen], length + place)
        return time.perf_counter() - start

    def step(self, sequences: list[list[int]], position: int) -> list[int]:
        batch, row, wanted = self.batch, 0, []
        for sequence, ids in enumerate(sequences):
            for place, id_ in enumerate(ids):
                batch.token[row] = id_
                batch.pos[row] = position + place
                batch.n_seq_id[row] = 1
                batch.seq_id[row][0] = sequence
                batch.logits[row] = place + 1 == len(ids)
                row += 1
            wanted.append(row - 1)
        batch.n_tokens = row
        if self.api.llama_decode(self.context, batch) != 0:
            raise SystemExit("llama.cpp would not read a batch")
        shape = (self.vocabulary,)
        rows = (self.api.llama_get_logits_ith(self.context, place) for place in wanted)
        return [int(np.ctypeslib.as_array(logits, shape).argmax()) for logits in rows]


def gguf_file(model: Path, files: Path, kind: str) -> Path:
    """Write the weights in llama.cpp's format, with matrices of a kind such as Q8_0."""
    import gguf
    from safetensors.numpy import load_file

    target = files / f"{kind}.gguf"
    if target.exists():
        return target
    config = json.loads((model / "config.json").read_text())
    writer = gguf.GGUFWriter(str(target), "gpt2")
    writer.add_block_count(config["n_layer"])
    writer.add_context_length(config["n_positions"])
    writer.add_embedding_length(config["n_embd"])
    writer.add_feed_forward_length(4 * config["n_embd"])
    writer.add_head_count(config["n_head"])
    writer.add_layer_norm_eps(config["layer_norm_epsilon"])
    writer.add_tokenizer_model("none")
    writer.add_vocab_size(config["vocab_size"])
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.GPT2, config["n_layer"])
    type_ = gguf.GGMLQuantizationType[kind]
    for name, values in load_file(model / "model.safetensors").items():
        values = values.astype(np.float32)
        is_layer = ".h." in name
        if is_layer and values.ndim == 2:
            values = np.ascontiguousarray(values.T)
        to = names.get_name(name.removeprefix("transformer."), (".weight", ".bias"))
        to = to or names.get_name(name, (".weight", ".bias"))
        if to is None:
            continue
        if values.ndim == 2 and "wpe" not in name:
            writer.add_tensor(to, gguf.quants.quantize(values, type_), raw_dtype=type_)
        else:
            writer.add_tensor(to, values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return target


class CTranslate2(Peer):
    """CTranslate2, which takes whole greedy continuations."""

    def __init__(self, model: Path, files: Path, threads: int, kind: str) -> None:
        import ctranslate2

        folder = files / f"ctranslate2-{kind}"
        if not folder.exists():
            converter = ctranslate2.converters.TransformersConverter(str(model))
            converter.convert(str(folder), quantization=kind)
        self.generator = ctranslate2.Generator(
            str(folder), device="cpu", intra_threads=threads, inter_threads=1
        )
        vocabulary = json.loads((model / "vocab.json").read_text())
        self.symbols = {id_: symbol for symbol, id_ in vocabulary.items()}

    def write(self, sequences: list[list[int]], tokens: int) -> float:
        prompts = [[self.symbols[id_] for id_ in ids] for ids in sequences]
        start = time.perf_counter()
        self.generator.generate_batch(
            prompts,
            max_length=tokens,
            min_length=tokens,
            include_prompt_in_result=False,
        )
        return time.perf_counter() - start


def causal(past: int, tokens: int) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Return what is added to scores: (1, 1, tokens, past + tokens), 0 where a token may look."""
    later = np.triu(np.full((tokens, past + tokens), np.finfo(np.float32).min), past + 1)
    return later[None, None].astype(np.float32)


class Graph(Peer):
    """A graph of bench/inference_export.py, a step at a time."""

    @abstractmethod
    def restart(self, sequences: int) -> None:
        """Forget the past."""

    @abstractmethod
    def logits(self, inputs: dict[str, Any]) -> np.ndarray[Any, np.dtype[np.float32]]:
        """Return those of the last tokens, (sequences, vocabulary), and keep the past."""

    def write(self, sequences: list[list[int]], tokens: int) -> float:
        start = time.perf_counter()
        self.restart(len(sequences))
        unread, past = np.array(sequences, np.int64), 0
        for _ in range(tokens):
            count = unread.shape[1]
            inputs = {
                "ids": unread,
                "positions": np.arange(past, past + count)[None],
                "mask": causal(past, count),
                "order": np.arange(len(sequences)),
            }
            unread = self.logits(inputs).argmax(-1)[:, None]
            past += count
        return time.perf_counter() - start


class OpenVino(Graph):
    """OpenVINO, which keeps the past itself."""

    def __init__(self, model: Path, files: Path, threads: int) -> None:
        import openvino

        file = files / "openvino.xml"
        if not file.exists():
            from inference_export import write_openvino

            write_openvino(model, file)
        settings = {
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_NUM_THREADS": threads,
            "CACHE_DIR": str(files / "openvino-cache"),
        }
        compiled = openvino.Core().compile_model(str(file), "CPU", settings)
        self.request = compiled.create_infer_request()

    def restart(self, sequences: int) -> None:
        self.request.reset_state()

    def logits(self, inputs: dict[str, Any]) -> np.ndarray[Any, np.dtype[np.float32]]:
        self.request.infer(inputs, share_inputs=True)
        logits: np.ndarray[Any, np.dtype[np.float32]] = self.request.get_output_tensor(0).data
        return logits


class OnnxRuntime(Graph):
    """onnxruntime, whose past is bound from output to input without a copy.

    The graph is as exported: what its own package for transformers would fuse is not fused.
    """

    def __init__(self, model: Path, files: Path, threads: int) -> None:
        import onnxruntime

        file = files / "int8.onnx"
        if not file.exists():
            from inference_export import write_onnx

            write_onnx(model, file)
        self.api = onnxruntime
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        self.session = onnxruntime.InferenceSession(
            str(file), options, providers=["CPUExecutionProvider"]
        )
        self.outputs = [output.name for output in self.session.get_outputs()]
        of_past = [one for one in self.session.get_inputs() if one.name.startswith("past_")]
        self.shapes = {one.name: one.shape for one in of_past}
        self.past: dict[str, Any] = {}

    def restart(self, sequences: int) -> None:
        for name, (_, heads, _, size) in self.shapes.items():
            nothing = np.zeros((sequences, heads, 0, size), np.float32)
            self.past[name] = self.api.OrtValue.ortvalue_from_numpy(nothing)

    def logits(self, inputs: dict[str, Any]) -> np.ndarray[Any, np.dtype[np.float32]]:
        binding = self.session.io_binding()
        for name, values in inputs.items():
            binding.bind_cpu_input(name, values)
        for name, state in self.past.items():
            binding.bind_ortvalue_input(name, state)
        for name in self.outputs:
            binding.bind_output(name)
        self.session.run_with_iobinding(binding)
        logits, *present = binding.get_outputs()
        self.past = dict(zip(self.shapes, present, strict=True))
        values: np.ndarray[Any, np.dtype[np.float32]] = logits.numpy()
        return values
