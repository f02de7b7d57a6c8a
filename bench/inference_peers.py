"""Other programs that compute GPT-2 on a processor, for bench/inference.py --peers.

They are installed beside the project, into an environment that sees the project's packages:

    python -m venv peers-env
    python -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])' \
        > peers-env/lib/python3.11/site-packages/project.pth
    CMAKE_ARGS=-DGGML_NATIVE=ON peers-env/bin/pip install ctranslate2==4.8.5 gguf \
        llama-cpp-python==0.3.36 --no-binary llama-cpp-python \
        openvino==2026.4.1 nncf==3.4.0 onnxruntime==1.32.0 onnx==1.23.2

Of llama.cpp the wheels that are published are made for any processor, hence the build from source.
Each is measured in a process of its own, which this program is as well:

    python bench/inference_peers.py PEER MODEL FILES THREADS ROUNDS

MODEL is a Hugging Face folder, and FILES one for what is made of it, which is made if need be. It
prints one JSON object; rates are medians of the rounds, in tokens a second. With 0 rounds it loads
the model, reads one token, chooses the next and is done: the time of the first token is how long
that process lives, its files in the page cache. Memory is what the process has resident less
what it had before it loaded the peer's module and the model, mapped files included: after that
first token (loaded), and when all is measured, a batch and a long prompt among it (memory).
"""

import importlib.util
import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from importlib import metadata
from math import prod
from pathlib import Path
from statistics import median
from typing import Any

from inference_programs import BATCH, CTranslate2, LlamaCpp, OnnxRuntime, OpenVino, Peer

PROMPT, PAST, NEW = 512, 32, 64  # tokens
LIMIT = 180  # seconds that a process may take


PEERS: dict[str, tuple[str, Callable[[Path, Path, int], Peer]]] = {
    "llama.cpp F32": ("llama_cpp", lambda *to: LlamaCpp(*to, kind="F32")),
    "llama.cpp BF16": ("llama_cpp", lambda *to: LlamaCpp(*to, kind="BF16")),
    "llama.cpp Q8_0": ("llama_cpp", lambda *to: LlamaCpp(*to, kind="Q8_0")),
    "llama.cpp Q4_0": ("llama_cpp", lambda *to: LlamaCpp(*to, kind="Q4_0")),
    "CTranslate2 int8": ("ctranslate2", lambda *to: CTranslate2(*to, kind="int8")),
    "OpenVINO int8": ("openvino", OpenVino),
    "onnxruntime int8": ("onnxruntime", OnnxRuntime),
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


def in_time(command: list[str]) -> str:
    """Return the standard output of a process."""
    done = subprocess.run(command, capture_output=True, check=True, timeout=LIMIT, text=True)
    return done.stdout


def seconds(command: list[str]) -> float:
    """Return how long a process lives."""
    start = time.perf_counter()
    in_time(command)
    return time.perf_counter() - start


def of_peer(name: str, model: Path, files: Path, threads: int) -> dict[str, float]:
    """Return what processes of a peer measure in one round."""
    command = [sys.executable, __file__, name, str(model), str(files), str(threads)]
    whole: dict[str, Any] = json.loads(in_time([*command, "1"]).splitlines()[-1])
    figures = {key: value for key, value in whole.items() if isinstance(value, float | int)}
    return figures | {"first_token_s": seconds([*command, "0"])}


def of_binary(
    binary: Path, engine: Path | None, deploy: Path, precision: str, threads: int
) -> dict[str, float]:
    """Return the same of the binary, by its own bench, and what only the engine's program says."""
    model = ["-m", str(deploy), "--backend", "engine", "--precision", precision, "--cache"]
    model += ["--threads", str(threads)]

    def bench(prompt: int, new: int) -> dict[str, float]:
        lengths = ["--prompt-tokens", str(prompt), "-n", str(new), "--rounds", "1", "--json"]
        figures: dict[str, float] = json.loads(in_time([str(binary), "bench", *model, *lengths]))
        return figures

    long, short = bench(PROMPT, 1), bench(PAST, NEW)
    command = [str(binary), "generate", "Bunica", *model, "--strategy", "greedy", "-n", "1"]
    figures = {
        "first_token_s": seconds(command),
        "decode": short["new_tokens_per_second"],
        "prefill": long["prompt_tokens_per_second"],
        "share_of_floor": short["share_of_memory_floor"],
        "read_gb_per_s": short["memory_bytes_per_second"] / 1e9,
    }
    if engine is not None:
        weights = str(deploy / "rust_model.ot")
        within = json.loads(in_time([str(engine), weights, precision, str(threads), "1"]))
        figures |= {"batch": within["batch_median"], "loaded_mb": within["loaded_mb"]}
        figures["memory_mb"] = within["resident_mb"]
    return figures


def parameters(model: Path) -> int:
    """Return how many weights there are, an int8 weight being one byte."""
    with (model / "model.safetensors").open("rb") as file:
        tensors = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    return sum(prod(tensor["shape"]) for name, tensor in tensors.items() if name[:2] != "__")


def why(error: subprocess.SubprocessError) -> str:
    """Say why a process gave no figures."""
    if isinstance(error, subprocess.TimeoutExpired):
        return f"it takes longer than {LIMIT} s"
    last = (getattr(error, "stderr", "") or "").strip().splitlines()[-1:]
    return f"it fails ({' '.join(last)})"


def compare(
    binary: Path,
    engine: Path | None,
    model: Path,
    threads: int,
    rounds: int,
    only: Sequence[str] = (),
) -> dict[str, dict[str, float]]:
    """Return medians of every contestant, each of which takes its turn in every round.

    A peer that is not installed, fails or hangs is told and left out, and so, untold, is one whose
    name has none of the words of ONLY, if there are any. MODEL has the deploy folder beside it.
    """
    deploy, files = model.parent / "deploy", model.parent / "peers"
    files.mkdir(exist_ok=True)
    contestants: dict[str, Callable[[], dict[str, float]]] = {}

    def wanted(name: str) -> bool:
        return not only or any(word in name for word in only)

    for precision in ("fp32", "bf16", "int8", "int4"):
        if wanted(name := f"gpt2ro {precision}"):
            contestants[name] = partial(of_binary, binary, engine, deploy, precision, threads)
    for name in filter(wanted, PEERS):
        if module := missing(name):
            print(f"{name}: left out, {module} is not installed", flush=True)
            continue
        command = [sys.executable, __file__, name, str(model), str(files), str(threads), "0"]
        try:
            in_time(command)  # its files are there from here on
        except subprocess.SubprocessError as error:
            print(f"{name}: left out, {why(error)}", flush=True)
            continue
        contestants[name] = partial(of_peer, name, model, files, threads)
    found: dict[str, list[dict[str, float]]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, figures in list(contestants.items()):
            try:
                found[name].append(figures())
            except subprocess.SubprocessError as error:
                print(f"{name}: left out, {why(error)}", flush=True)
                del contestants[name], found[name]
    medians = {
        name: {key: median(one[key] for one in all_) for key in all_[0]}
        for name, all_ in found.items()
    }
    count = parameters(model) / 1e6
    for of_one in medians.values():
        if "loaded_mb" in of_one:
            of_one["bytes_a_parameter"] = of_one["loaded_mb"] / count
    return medians


def tell(threads: int, name: str, figures: dict[str, float]) -> None:
    """Print a line of the table."""
    told = [f"{threads} threads  {name:17}  first token {figures['first_token_s']:.3f} s"]
    told += [
        f"{key} {figures[key]:8.1f}" for key in ("decode", "prefill", "batch") if key in figures
    ]
    if "loaded_mb" in figures:
        told.append(
            f"loaded {figures['loaded_mb']:.0f} MB ({figures['bytes_a_parameter']:.2f} bytes a "
            f"parameter), at the end {figures['memory_mb']:.0f} MB"
        )
    if "share_of_floor" in figures:
        told.append(
            f"{figures['share_of_floor']:.0%} of the floor at {figures['read_gb_per_s']:.1f} GB/s"
        )
    print("  ".join(told), flush=True)


def main() -> None:
    name, model, files, threads, rounds = sys.argv[1:]
    before = resident()
    start = time.perf_counter()
    peer = PEERS[name][1](Path(model), Path(files), int(threads))
    peer.write([[1]], 1)
    figures: dict[str, Any] = {"loading_s": round(time.perf_counter() - start, 3)}
    figures["loaded_mb"] = round(resident() - before)
    if int(rounds) > 0:
        figures |= rates(peer, int(rounds))
        figures["memory_mb"] = round(resident() - before)
    module = PEERS[name][0]
    package = {"llama_cpp": "llama_cpp_python"}.get(module, module)
    version = metadata.version(package)
    print(json.dumps({"peer": name, "version": version} | figures))


if __name__ == "__main__":
    main()
