"""Speed and memory of the binary's backends and of transformers, on the same weights.

    python bench/inference.py --binary results/bin/gpt2ro --engine ENGINE   # shape of GPT-2 small
    python bench/inference.py --binary results/bin/gpt2ro --engine ENGINE --rounds 5 --threads 1 2

ENGINE is the program that measures the engine from within, in every precision:

    cd rust && cargo build --release -p gpt2ro-engine --example speed
    # it is then target/release/examples/speed

Weights are random with a seed: speed does not depend on them. Of transformers and rust-bert a rate
is that of the tokens between the SHORT-th and the LONG-th of a greedy continuation, by the clock,
so that loading and reading the prompt are not in it; every round runs each contestant once, one
after the other, and the table has the medians. The engine's figures are those of its fastest
rounds, and beside its decoding stands what share that is of the memory floor: the bytes of the
weights, which each token needs once, at the speed at which the same threads just read memory. The
last line is JSON.

    PEERS/bin/python bench/inference.py --binary BINARY --engine ENGINE --peers --rounds 3

compares the binary with other programs instead, in every precision and by medians; PEERS is the
environment that bench/inference_peers.py describes. With `--only fp32 F32` contestants without such
a word in their names are left out. Without ENGINE there are no figures of ours for a batch and for
memory.
"""

import argparse
import json
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from statistics import median
from string import ascii_uppercase

import torch
from inference_peers import compare, tell
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import GPT2Config, GPT2LMHeadModel

from gpt2ro.export.deploy import convert

SHORT, LONG = 8, 136  # new tokens
PROMPT = "Bunica a pus pe masă o pâine."  # 32 bytes, a token each
SHORT_TOKEN = 4  # letters: tokens of two such are as long as those of a trained vocabulary, seven
END_OF_TEXT = "<|endoftext|>"
PRECISIONS = ("fp32", "bf16", "int8", "int4")

# Seconds that a continuation of so many tokens takes.
Contestant = Callable[[int], float]


def make_model(folder: Path, shape: GPT2Config) -> GPT2LMHeadModel:
    """Write a Hugging Face folder with random weights and a tokenizer that leaves PROMPT bytes."""
    torch.manual_seed(1)
    model = GPT2LMHeadModel(shape).eval()
    model.save_pretrained(folder)
    symbols = sorted(pre_tokenizers.ByteLevel.alphabet())
    merges = make_merges(shape.vocab_size - len(symbols) - 1)
    tokens = symbols + [left + right for left, right in merges]
    vocabulary = {token: number for number, token in enumerate(tokens)}
    tokenizer = Tokenizer(models.BPE(vocabulary, merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([END_OF_TEXT])
    tokenizer.save(str(folder / "tokenizer.json"))
    tokenizer.model.save(str(folder))
    return model


def make_merges(count: int) -> list[tuple[str, str]]:
    """Return merges of capital letters: so many that a start reads a whole vocabulary."""
    draw = Random(1)
    short = sorted(set(ascii_uppercase) - set(PROMPT))
    merges: dict[str, tuple[str, str]] = {}
    while len(merges) < count:
        left, right = draw.choice(short), draw.choice(short)
        if (token := left + right) not in merges:
            merges[token] = (left, right)
            if len(token) <= SHORT_TOKEN:
                short.append(token)
    return list(merges.values())


def in_transformers(model: GPT2LMHeadModel, threads: int) -> Contestant:
    """Continue in this process."""
    ids = torch.tensor([list(range(32))])

    def seconds(tokens: int) -> float:
        torch.set_num_threads(threads)
        start = time.perf_counter()
        with torch.inference_mode():
            model.generate(
                ids,
                attention_mask=torch.ones_like(ids),
                do_sample=False,
                min_new_tokens=tokens,
                max_new_tokens=tokens,
                pad_token_id=0,
            )
        return time.perf_counter() - start

    return seconds


def in_binary(binary: Path, deploy: Path, threads: int, *flags: str) -> Contestant:
    """Continue in a process of the binary."""

    def seconds(tokens: int) -> float:
        command = [
            str(binary), "generate", PROMPT, "--model", str(deploy), "--strategy", "greedy",
            "--min-new-tokens", str(tokens), "--max-new-tokens", str(tokens),
            "--threads", str(threads), *flags,
        ]  # fmt: skip
        start = time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        return time.perf_counter() - start

    return seconds


def rates(contestants: dict[str, Contestant], rounds: int) -> dict[str, float]:
    """Return the median tokens a second of each contestant."""
    found: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, seconds in contestants.items():
            short = seconds(SHORT)
            found[name].append((LONG - SHORT) / (seconds(LONG) - short))
    return {name: median(values) for name, values in found.items()}


def engine_figures(
    engine: Path, deploy: Path, precision: str, threads: int, rounds: int
) -> dict[str, float]:
    """Return what the engine's own program measures; its keys say units."""
    command = [
        str(engine), str(deploy / "rust_model.ot"), precision, str(threads), str(rounds),
    ]  # fmt: skip
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def tell_engine(figures: dict[str, float]) -> None:
    """Print a line of the engine's table."""
    floor = figures["weights_mb"] / 1e3 * figures["decode"] / figures["read_gb_per_s"]
    print(
        f"{figures['threads']} threads  engine {figures['precision']}  "
        f"{figures['decode']:7.1f} tokens/s ({floor:.0%} of the floor at "
        f"{figures['read_gb_per_s']:.1f} GB/s)  prefill {figures['prefill']:7.1f}  "
        f"batch {figures['batch']:7.1f}  {figures['memory_mb']:.0f} MB for "
        f"{figures['weights_mb']:.0f} MB of weights  first token {figures['first_token_s']:.2f} s, "
        f"with a cache {figures['first_token_cached_s']:.2f} s",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--binary", type=Path, required=True)
    parser.add_argument("--engine", type=Path, help="needed without --peers")
    parser.add_argument("--peers", action="store_true", help="compare with other programs")
    parser.add_argument("--only", nargs="+", default=[], help="of --peers, names with these words")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    arguments = parser.parse_args()
    if arguments.engine is None and not arguments.peers:
        parser.error("--engine is needed without --peers")
    if arguments.rounds < 1:
        parser.error(f"--rounds {arguments.rounds}; expected a number from 1 on")
    with tempfile.TemporaryDirectory() as scratch:
        folder, deploy = Path(scratch) / "model", Path(scratch) / "deploy"
        model = make_model(folder, GPT2Config())
        convert(folder, deploy)
        if arguments.peers:
            told = {}
            for threads in arguments.threads:
                told[threads] = compare(
                    arguments.binary,
                    arguments.engine,
                    folder,
                    threads,
                    arguments.rounds,
                    arguments.only,
                )
                for name, of_one in told[threads].items():
                    tell(threads, name, of_one)
            print(json.dumps(told))
            return
        rate, figures = {}, []
        for threads in arguments.threads:
            rust_bert = in_binary(arguments.binary, deploy, threads, "--backend", "rust-bert")
            contestants = {
                "transformers fp32": in_transformers(model, threads),
                "rust-bert fp32": rust_bert,
            }
            rate[threads] = rates(contestants, arguments.rounds)
            for name, value in rate[threads].items():
                print(f"{threads} threads  {name:18}  {value:7.1f} tokens/s", flush=True)
            for precision in PRECISIONS:
                found = engine_figures(
                    arguments.engine, deploy, precision, threads, arguments.rounds
                )
                tell_engine(found)
                figures.append(found)
    parameters = model.num_parameters()
    print(json.dumps({"parameters": parameters, "tokens_per_second": rate, "engine": figures}))


if __name__ == "__main__":
    main()
