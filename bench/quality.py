"""The model that some minutes of this machine give, and the original's recipe in the same time.

    snakemake --cores all --configfile CONFIG --config corpus=FOLDER --until encode
    python bench/quality.py --results results/folder --minutes 20 --output quality

CONFIG is config/folder.yaml with `tokenizer.vocabulary: 8192`, and for the texts of
docs/training.md `extraction.text_documents: blank-line`. Both train on the same documents with the
same tokenizer, and both are scored on the same splits.
Ours is the experiment `scratch`, and both are in bfloat16 if the processor has instructions for it.
The original GPT2Ro's: AdamW at 2e-3 from the first step to the last, no clipping, no guard, under
800 tokens an update, and a line of text an example, filled up to the context with a token that
became a Romanian one. Of its faults these are kept; the decay of norms and the untied head are not.

Time is CPU time, so that what else the machine does changes nothing: M minutes of two cores are
2 x M CPU minutes. A short run of each tells what its step costs, and so how many fit.
OUTPUT has a table and a picture when both are done; OUTPUT.runs has models and metrics.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from experiment import Run, picture
from tokenizers import Tokenizer

from gpt2ro.files import sha256
from gpt2ro.tokenization.shards import TokenShardWriter
from gpt2ro.tokenization.splits import read_split_documents
from gpt2ro.training.devices import has_bfloat16

ROOT = Path(__file__).resolve().parents[1]
CONTEXT = 256  # tokens, as in config/experiments/scratch.yaml
CORES = 2
PROBED = (40, 140)  # steps of the two short runs whose difference is the cost of a step
EVALUATIONS = 10

OURS = ("PRECISION", "bfloat16" if has_bfloat16(torch.device("cpu")) else "float32")
ORIGINAL = (
    *OURS, "BATCH.TOKENS", "768", "BATCH.MICRO", "3",
    "OPTIMIZER.NAME", "adamw", "OPTIMIZER.LEARNING_RATE", "0.002",
    "OPTIMIZER.MIN_LEARNING_RATE", "0.002", "OPTIMIZER.WEIGHT_DECAY", "0.01",
    "OPTIMIZER.BETAS", "[0.9, 0.999]", "OPTIMIZER.CLIP", "1e9",
    "SCHEDULE.WARMUP", "0", "GUARD.THRESHOLD", "0",
)  # fmt: skip


@dataclass(frozen=True)
class Recipe:
    """A training: its name, its tokens, and what differs from the experiment `scratch`."""

    name: str
    tokens: Path
    overrides: tuple[str, ...]


class Trainer:
    """Runs recipes by workflow/scripts/train.py."""

    def __init__(self, results: Path, folder: Path, threads: int) -> None:
        self._tokenizer = results / "tokenizer"
        self._folder = folder
        self._threads = threads

    def run(self, recipe: Recipe, steps: int, label: str, evaluations: int) -> float:
        """Train so many steps, and return the CPU seconds of the whole process.

        Metrics and model lie in the folder of this name.
        """
        folder = self._folder / label
        folder.mkdir(parents=True, exist_ok=True)
        every = str(max(1, steps // evaluations))
        words = [
            sys.executable, ROOT / "workflow/scripts/train.py",
            "--experiment", ROOT / "config/experiments/scratch.yaml",
            "--tokens", recipe.tokens, "--tokenizer", self._tokenizer,
            "--probes", ROOT / "data/probes", "--runs", folder / "runs",
            "--output", folder / "model", "--metrics", folder / "metrics.json",
            "--threads", self._threads, *recipe.overrides,
            "SCHEDULE.STEPS", steps, "EVALUATION.EVERY", every, "EVALUATION.PATIENCE", 0,
        ]  # fmt: skip
        before = cpu_seconds()
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        subprocess.run([str(word) for word in words], env=environment, check=True)
        return cpu_seconds() - before

    def metrics(self, label: str) -> dict[str, Any]:
        return json.loads((self._folder / label / "metrics.json").read_text(encoding="utf-8"))


def cpu_seconds() -> float:
    """Return what the children of this process have used so far."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def lines_of(results: Path, parts: list[Path]) -> Iterator[tuple[Path, str]]:
    """Yield every line of the train split, with its part."""
    for part in parts:
        shard = (results / "deduped" / part).with_suffix(".jsonl.zst")
        for document, split in read_split_documents(shard):
            if split == "train":
                yield from ((part, line) for line in document.text.splitlines() if line.strip())


def padded_tokens(results: Path, folder: Path) -> Path:
    """Write the train split as lines that are filled up to the context; link the other splits."""
    file = results / "tokenizer" / "tokenizer.json"
    tokenizer = Tokenizer.from_file(str(file))
    end = tokenizer.token_to_id("<|endoftext|>")
    shutil.rmtree(folder, ignore_errors=True)
    train = results / "tokens" / "train"
    for part in sorted(path.relative_to(train) for path in train.rglob("*.bin")):
        output = folder / "train" / part
        output.parent.mkdir(parents=True, exist_ok=True)
        with TokenShardWriter(output, sha256(file), end) as writer:
            for _, line in lines_of(results, [part]):
                ids = tokenizer.encode(line).ids[: CONTEXT - 1]
                writer.write(ids + [end - 1] * (CONTEXT - 1 - len(ids)), line)
    for split in ("valid", "test"):
        shutil.copytree(results / "tokens" / split, folder / split)
    return folder


def affordable_steps(trainer: Trainer, recipe: Recipe, seconds: float) -> tuple[int, float]:
    """Return how many steps fit into so many CPU seconds, and what one costs."""
    few, many = (
        trainer.run(recipe, steps, f"probe-{recipe.name}-{steps}", evaluations=1)
        for steps in PROBED
    )
    step = (many - few) / (PROBED[1] - PROBED[0])
    return int((seconds - few) / step) // EVALUATIONS * EVALUATIONS, step


def row(name: str, metrics: dict[str, Any], cost: float) -> str:
    """Return a row of the table of figures."""
    last = metrics["curve"][-1]
    return (
        f"| {name} | {metrics['steps']:,} | {cost / 60:.0f} "
        f"| {metrics['valid']['bits_per_byte']:.3f} | {metrics['test']['bits_per_byte']:.3f} "
        f"| {100 * metrics['probes']['accuracy']:.1f} % | {100 * last['rep_4']:.1f} % "
        f"| {100 * last['known_words']:.0f} % |"
    )


TITLE = (
    "| | steps | CPU minutes, all in all | valid | test | probes | rep_4 | known words |\n"
    "|---|---|---|---|---|---|---|---|"
)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--results", type=Path, required=True, help="where `encode` has been")
    parser.add_argument("--minutes", type=float, default=20, help="of two cores, for each")
    parser.add_argument("--output", type=Path, required=True, help="writes .md, .svg and .runs")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--only", choices=("ours", "original"))
    arguments = parser.parse_args()
    folder = arguments.output.with_suffix(".runs")
    trainer = Trainer(arguments.results, folder, arguments.threads)
    recipes = [
        Recipe("ours", arguments.results / "tokens", OURS),
        Recipe("original", folder / "padded", ORIGINAL),
    ]
    rows, runs = [TITLE], []
    for recipe in recipes:
        if arguments.only not in (None, recipe.name):
            continue
        if recipe.name == "original":
            recipe = replace(recipe, tokens=padded_tokens(arguments.results, folder / "padded"))
        steps, step = affordable_steps(trainer, recipe, arguments.minutes * 60 * CORES)
        print(f"{recipe.name}: {step:.3f} CPU s a step, so {steps:,} steps", flush=True)
        cost = trainer.run(recipe, steps, recipe.name, EVALUATIONS)
        metrics = trainer.metrics(recipe.name)
        rows.append(row(recipe.name, metrics, cost))
        curve = [
            (round(one["step"] * step), one["valid_bits_per_byte"]) for one in metrics["curve"]
        ]
        runs.append(Run(recipe.name, curve, cost))
    drawn = picture("Bits per byte of the validation split", runs, "CPU seconds of steps")
    arguments.output.with_suffix(".svg").write_text(drawn, encoding="utf-8")
    table = "\n".join(rows)
    arguments.output.with_suffix(".md").write_text(table + "\n", encoding="utf-8")
    print(table)


if __name__ == "__main__":
    main()
