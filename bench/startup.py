"""How long a training that is continued takes until its first step: `bench/training.py startup`.

A child process writes checkpoints of GPT-2 small from random weights on a few made-up tokens; then
others continue from it as `workflow/scripts/train.py` does, and end where their first step would
begin. Each tells wall and CPU seconds by part. This file imports nothing heavy of itself: the
imports are a part.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

GOAL = 10.0  # wall seconds
EXPERIMENT = """
DEVICE: cpu
BATCH: {CONTEXT: 16, MICRO: 1, TOKENS: 16}
SCHEDULE: {STEPS: 1000, WARMUP: 10}
EVALUATION: {EVERY: 1, PROMPTS: [a], SAMPLE_TOKENS: 1}
DEGENERATION: {SAMPLES: 1, TOKENS: 2}
CHECKPOINT: {EVERY: 1}
"""
END_OF_TEXT = "<|endoftext|>"
VOCABULARY = 50_257
TOKENS = {"train": 1_000_000, "valid": 2_000, "test": 2_000}


def made_tokenizer() -> Any:
    """Return a byte-level BPE of GPT-2's size; its merges are pairs of bytes in their order."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    symbols = sorted(pre_tokenizers.ByteLevel.alphabet())
    pairs = [(one, other) for one in symbols for other in symbols]
    merges = pairs[: VOCABULARY - len(symbols) - 1]
    names = [*symbols, *(one + other for one, other in merges)]
    bpe = Tokenizer(models.BPE({name: number for number, name in enumerate(names)}, merges))
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    bpe.add_special_tokens([END_OF_TEXT])
    return bpe


def write_inputs(folder: Path) -> None:
    """Write tokenizer, token shards and experiment."""
    import numpy as np

    from gpt2ro.files import sha256
    from gpt2ro.tokenization.shards import TokenShardWriter

    tokenizer, home = made_tokenizer(), folder / "tokenizer"
    home.mkdir()
    tokenizer.save(str(home / "tokenizer.json"))
    end = tokenizer.token_to_id(END_OF_TEXT)
    for split, count in TOKENS.items():
        path = folder / "tokens" / split / "made" / "a.bin"
        path.parent.mkdir(parents=True)
        ids = np.random.default_rng(1).integers(0, end, count)
        with TokenShardWriter(path, sha256(home / "tokenizer.json"), end) as shard:
            shard.write(ids.tolist(), "un text")
    (folder / "experiment.yaml").write_text(EXPERIMENT)


class Parts:
    """Wall and CPU seconds of the parts of a start, the innermost part counts."""

    def __init__(self, started: float) -> None:
        self.seconds: dict[str, list[float]] = {}
        self._mark = (started, 0.0)
        self._open = ["other"]

    def enter(self, name: str) -> None:
        self._count()
        self._open.append(name)

    def leave(self) -> None:
        self._count()
        self._open.pop()

    def timed(self, owner: Any, function: str, name: str) -> None:
        """Count the time in a function of a module or class as this part."""
        original: Callable[..., Any] = getattr(owner, function)

        def counted(*positional: Any, **named: Any) -> Any:
            self.enter(name)
            try:
                return original(*positional, **named)
            finally:
                self.leave()

        setattr(owner, function, counted)

    def _count(self) -> None:
        now = (time.time(), time.process_time())
        found = self.seconds.setdefault(self._open[-1], [0.0, 0.0])
        for kind in (0, 1):
            found[kind] += now[kind] - self._mark[kind]
        self._mark = now


def continued(folder: Path, threads: int, write: bool) -> None:
    """Start a training; end it before its first step, or (write) after two, with two checkpoints.

    These and the best parameters, which each names, are what a long training leaves.
    """
    parts = Parts(float(os.environ["STARTED"]))
    parts.enter("interpreter")
    parts.leave()
    parts.enter("imports")
    from gpt2ro.training import run
    from gpt2ro.training.checkpoint import CheckpointStore
    from gpt2ro.training.config import load_experiment
    from gpt2ro.training.loop import Trainer

    parts.leave()
    for owner, function, name in (
        (run, "training_facts", "fingerprint"), (run, "initial_model", "model"),
        (run, "make_optimizer", "model"), (run, "read_shards", "data"),
        (run, "TokenStream", "data"), (run, "ContextSampler", "data"),
        (run, "known_words", "known words"), (run, "Reporter", "reporter"),
        (CheckpointStore, "load_latest", "load"),
    ):  # fmt: skip
        parts.timed(owner, function, name)
    step = Trainer._step

    def first_step(trainer: Trainer) -> Any:
        if write:
            if trainer.state.step == 1:
                os.kill(os.getpid(), signal.SIGTERM)  # a checkpoint is written after this step
            return step(trainer)
        parts.leave()
        print(json.dumps(parts.seconds), flush=True)
        os._exit(0)

    Trainer._step = first_step  # type: ignore[method-assign]
    paths = run.Paths(
        folder / "tokens", None, folder / "tokenizer", None, None, folder / "runs",
        folder / "model", folder / "metrics.json",
    )  # fmt: skip
    parts.enter("other")
    run.train(load_experiment(folder / "experiment.yaml", []), paths, threads)


def child(folder: Path, threads: int, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, __file__, str(folder), "--threads", str(threads), *options]
    environment = {**os.environ, "STARTED": str(time.time())}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def startup(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return the seconds of the quickest of some starts, by part, wall and CPU."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_inputs(folder)
        done = child(folder, arguments.threads, "--write")
        if "a checkpoint is written" not in done.stderr:
            sys.exit(done.stderr)
        found = []
        for _ in range(arguments.starts):
            done = child(folder, arguments.threads)
            if done.returncode or "continuing from step 2" not in done.stderr:
                sys.exit(done.stderr)
            found.append(json.loads(done.stdout.splitlines()[-1]))
    best = min(found, key=lambda parts: sum(wall for wall, _ in parts.values()))
    facts: dict[str, Any] = {
        f"{part}_seconds": [round(wall, 2), round(cpu, 2)] for part, (wall, cpu) in best.items()
    }
    wall, cpu = (sum(times[kind] for times in best.values()) for kind in (0, 1))
    return facts | {"wall_seconds": round(wall, 2), "cpu_seconds": round(cpu, 2), "goal": GOAL}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--write", action="store_true", help="end with a checkpoint")
    arguments = parser.parse_args()
    from gpt2ro.errors import UserError

    try:
        continued(arguments.folder, arguments.threads, arguments.write)
    except UserError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
