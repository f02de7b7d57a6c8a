"""Other programs that compute GPT-2 on a processor, for bench/inference.py --peers.

They are installed beside the project, into an environment that sees the project's packages:

    python -m venv /tmp/peers
    python -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])' \
        > /tmp/peers/lib/python3.11/site-packages/project.pth
    CMAKE_ARGS=-DGGML_NATIVE=ON /tmp/peers/bin/pip install ctranslate2==4.8.5 gguf \
        llama-cpp-python==0.3.36 --no-binary llama-cpp-python

Of llama.cpp the wheels that are published are made for any processor, hence the build from source.
Each is measured in a process of its own, which this program is as well:

    python bench/inference_peers.py PEER MODEL FILES THREADS ROUNDS

MODEL is a Hugging Face folder, and FILES one for what is made of it. It prints one JSON object;
rates are medians of the rounds, in tokens a second, and the time of the first token is that of
loading and of a prompt of one token, the peer's module imported and its file in the page cache.
"""

import ctypes
import importlib.util
import json
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

PROMPT, PAST, NEW, BATCH = 512, 32, 64, 8  # tokens, tokens, tokens, sequences


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
        context.n_ctx = context.n_batch = context.n_ubatch = 1024
        context.n_seq_max = BATCH
        context.kv_unified = True
        context.n_threads = context.n_threads_batch = threads
        self.context = llama_cpp.llama_init_from_model(self.model, context)
        if not self.context:
            raise SystemExit(f"{kind}: llama.cpp made no context")
        vocabulary = llama_cpp.llama_model_get_vocab(self.model)
        self.vocabulary = llama_cpp.llama_vocab_n_tokens(vocabulary)
        self.batch = llama_cpp.llama_batch_init(1024, 0, 1)

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


PEERS: dict[str, tuple[str, Callable[[Path, Path, int], Peer]]] = {
    "llama.cpp BF16": ("llama_cpp", lambda *to: LlamaCpp(*to, kind="BF16")),
    "llama.cpp Q8_0": ("llama_cpp", lambda *to: LlamaCpp(*to, kind="Q8_0")),
    "llama.cpp Q4_0": ("llama_cpp", lambda *to: LlamaCpp(*to, kind="Q4_0")),
    "CTranslate2 int8": ("ctranslate2", lambda *to: CTranslate2(*to, kind="int8")),
}


def missing(name: str) -> str | None:
    """Return the module that a peer needs and that is not installed."""
    module = PEERS[name][0]
    return None if importlib.util.find_spec(module) else module


def ids(seed: int, count: int) -> list[int]:
    return [(seed * 7_919 + place * 37) % 50_000 for place in range(count)]


def rates(peer: Peer, rounds: int) -> dict[str, float]:
    """Return medians of rounds of each kind, one after the other."""
    found: dict[str, list[float]] = {"decode": [], "prefill": [], "batch": []}
    many = [ids(seed, PAST) for seed in range(BATCH)]
    for _ in range(rounds):
        found["prefill"].append(PROMPT / peer.write([ids(1, PROMPT)], 1))
        for key, prompts in (("decode", many[:1]), ("batch", many)):
            first = peer.write(prompts, 1)
            rest = peer.write(prompts, NEW + 1) - first
            found[key].append(NEW * len(prompts) / rest)
    return {key: round(median(values), 1) for key, values in found.items()}


def resident() -> float:
    """Return megabytes that this process has in memory, files that it maps included."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) * 1024 / 1e6


def of_peer(name: str, model: Path, files: Path, threads: int) -> dict[str, float]:
    """Return what a process of a peer measures in one round."""
    command = [sys.executable, __file__, name, str(model), str(files), str(threads), "1"]
    done = subprocess.run(command, capture_output=True, check=True)
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return {key: value for key, value in figures.items() if isinstance(value, float | int)}


def of_binary(binary: Path, deploy: Path, precision: str, threads: int) -> dict[str, float]:
    """Return the same of the binary, by its own bench; its start is that of the whole process."""
    model = ["-m", str(deploy), "--backend", "engine", "--precision", precision, "--cache"]
    model += ["--threads", str(threads)]

    def bench(prompt: int, new: int) -> dict[str, float]:
        lengths = ["--prompt-tokens", str(prompt), "-n", str(new), "--rounds", "1", "--json"]
        command = [str(binary), "bench", *model, *lengths]
        done = subprocess.run(command, capture_output=True, check=True)
        figures: dict[str, float] = json.loads(done.stdout)
        return figures

    long, short = bench(PROMPT, 1), bench(PAST, NEW)
    start = time.perf_counter()
    command = [str(binary), "generate", "Bunica", *model, "--strategy", "greedy", "-n", "1"]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return {
        "first_token_s": time.perf_counter() - start,
        "decode": short["new_tokens_per_second"],
        "prefill": long["prompt_tokens_per_second"],
        "share_of_floor": short["share_of_memory_floor"],
        "read_gb_per_s": short["memory_bytes_per_second"] / 1e9,
    }


def compare(
    binary: Path, model: Path, deploy: Path, threads: int, rounds: int
) -> dict[str, dict[str, float]]:
    """Return medians of every contestant, each of which takes its turn in every round.

    A peer that is not installed, or fails, is told and left out.
    """
    files = deploy.parent / "peers"
    files.mkdir(exist_ok=True)
    contestants: dict[str, Callable[[], dict[str, float]]] = {}
    for precision in ("bf16", "int8", "int4"):
        contestants[f"gpt2ro {precision}"] = partial(of_binary, binary, deploy, precision, threads)
    for name in PEERS:
        if module := missing(name):
            print(f"{name}: left out, {module} is not installed", flush=True)
        else:
            contestants[name] = partial(of_peer, name, model, files, threads)
    found: dict[str, list[dict[str, float]]] = {name: [] for name in contestants}
    for number in range(rounds + 1):
        for name, figures in list(contestants.items()):
            try:
                one = figures()
            except subprocess.CalledProcessError as error:
                last = (error.stderr or b"").decode(errors="replace").strip().splitlines()[-1:]
                print(f"{name}: left out, it fails ({' '.join(last)})", flush=True)
                del contestants[name]
                continue
            if number > 0:  # the first one wrote its files
                found[name].append(one)
    return {
        name: {key: median(one[key] for one in all_) for key in all_[0]}
        for name, all_ in found.items()
        if all_
    }


def tell(threads: int, name: str, figures: dict[str, float]) -> None:
    """Print a line of the table."""
    told = [f"{threads} threads  {name:17}  first token {figures['first_token_s']:.3f} s"]
    told += [
        f"{key} {figures[key]:8.1f}" for key in ("decode", "prefill", "batch") if key in figures
    ]
    if "memory_mb" in figures:
        told.append(f"{figures['memory_mb']:.0f} MB")
    if "share_of_floor" in figures:
        told.append(
            f"{figures['share_of_floor']:.0%} of the floor at {figures['read_gb_per_s']:.1f} GB/s"
        )
    print("  ".join(told), flush=True)


def main() -> None:
    name, model, files, threads, rounds = sys.argv[1:]
    module, make = PEERS[name]
    make(Path(model), Path(files), int(threads))  # its files are there from here on
    before = resident()
    start = time.perf_counter()
    peer = make(Path(model), Path(files), int(threads))
    peer.write([[1]], 1)
    figures: dict[str, Any] = {"first_token_s": round(time.perf_counter() - start, 3)}
    figures |= rates(peer, int(rounds))
    figures["memory_mb"] = round(resident() - before)
    version = getattr(importlib.import_module(module), "__version__", "")
    print(json.dumps({"peer": name, "version": version, "threads": int(threads)} | figures))


if __name__ == "__main__":
    main()
