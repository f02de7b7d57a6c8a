"""Our training against the Hugging Face Trainer: speed, memory, share of data loading, MFU.

    python bench/training.py speed --precision float32        # step by step, in turns
    python bench/training.py speed --precision bfloat16
    python bench/training.py memory                           # GPT-2 small, batch 8 x 1,024
    python bench/training.py loss                             # the loss alone, vocabulary 50,257
    python bench/training.py compile                          # torch.compile, in turns
    python bench/training.py startup                          # GPT-2 small, continued
    python bench/training.py speed --device cuda --precision bfloat16 --model gpt2
    python bench/training.py ours --device cuda --precision bfloat16 --model gpt2 --compile

`ours` needs what the training needs, as GPU machines have it: torch, transformers, tokenizers,
numpy, safetensors, yacs, tensorboard. The Trainer needs the package accelerate too:

    python3 -m venv --system-site-packages bench-env && bench-env/bin/pip install accelerate
    echo "$PWD/.venv/lib/python3.11/site-packages" > bench-env/lib/python3.11/site-packages/a.pth
    PYTHONPATH=. bench-env/bin/python bench/training.py speed

Both sides get the same tokens, shapes, optimiser, clipping and schedule. Of pairs of steps in turns
the median ratio is told: what else the machine does slows both. Where a GPU is, the MFU is told.
The last line is JSON.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

# Before torch, which loads OpenMP: its threads shall sleep while they wait, as in a training.
import gpt2ro.training  # noqa: F401

# isort: split
import numpy as np
import torch
from startup import startup
from torch.nn.functional import cross_entropy
from transformers import GPT2Config, GPT2LMHeadModel

from gpt2ro.training.activations import fuse_activation
from gpt2ro.training.attention import attend_causally
from gpt2ro.training.config import defaults
from gpt2ro.training.data import ContextSampler, TokenStream
from gpt2ro.training.gauges import Gauges, operations_per_token, peak_operations
from gpt2ro.training.guard import Guard
from gpt2ro.training.learner import Learner
from gpt2ro.training.loss import summed_cross_entropy
from gpt2ro.training.optimizers import make_optimizer
from gpt2ro.training.update import Updater

# Layers, heads, width, vocabulary, context, contexts of a step: 5.3 and 124 million parameters.
MODELS = {"small": (4, 4, 256, 8192, 256, 8), "gpt2": (12, 12, 768, 50_257, 1024, 8)}
# What the Trainer needs of GPT-2 small in float32, and for each context more: counted were 3.5 GB
# of tensors with one context and 17.2 with eight (docs/training.md); libraries are about 1 GB.
GB, GB_PER_CONTEXT = 2.6, 2.0
WARMUP = 3  # pairs of steps that are not counted


def settings(arguments: argparse.Namespace) -> Any:
    """Return an experiment of the shape that is measured, without dropout."""
    layers, heads, width, _, context, micro = MODELS[arguments.model]
    config = defaults()
    config.DEVICE, config.PRECISION = arguments.device, arguments.precision
    config.MODEL.LAYERS, config.MODEL.HEADS, config.MODEL.WIDTH = layers, heads, width
    config.MODEL.CONTEXT = config.BATCH.CONTEXT = context
    config.BATCH.MICRO = arguments.micro or micro
    config.BATCH.TOKENS = config.BATCH.MICRO * context
    config.SCHEDULE.STEPS = 10_000
    return config


def new_model(arguments: argparse.Namespace) -> Any:
    layers, heads, width, vocabulary, context, _ = MODELS[arguments.model]
    torch.manual_seed(1)
    shape = GPT2Config(
        vocab_size=vocabulary, n_positions=context, n_embd=width, n_layer=layers, n_head=heads,
        resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0, bos_token_id=0, eos_token_id=0,
    )  # fmt: skip
    return GPT2LMHeadModel(shape)


def random_stream(arguments: argparse.Namespace) -> TokenStream:
    vocabulary = MODELS[arguments.model][3]
    tokens = np.random.default_rng(1).integers(0, vocabulary, 4_000_000, dtype=np.uint16)
    return TokenStream([SimpleNamespace(tokens=tokens)])


class Ours:
    """Takes our steps, and keeps their seconds."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        config = settings(arguments)
        config.COMPILE = arguments.compiled
        model = new_model(arguments).to(arguments.device).train()
        fuse_activation(model)
        attend_causally(model)
        self._updater = Updater(Learner(model, make_optimizer(model, config), None), config)
        self._sampler = ContextSampler(random_stream(arguments), config.BATCH.CONTEXT, 1)
        self._guard = Guard(config.GUARD)
        self.tokens = config.BATCH.TOKENS
        self.steps = 0
        self.loading = 0.0
        self._sampler.fill = self._timed(self._sampler.fill)  # type: ignore[method-assign]

    def step(self) -> None:
        """Take one step, as gpt2ro/training/loop.py does."""
        self._updater.prepare(self.steps, 1.0)
        loss = self._updater.add_gradient(self._sampler)
        self._guard.judge(loss, self._updater.clipped_norm())
        self.steps += 1
        self._updater.apply(self.steps)

    def _timed(self, fill: Callable[[np.ndarray], None]) -> Callable[[np.ndarray], None]:
        def timed(rows: np.ndarray) -> None:
            start = time.perf_counter()
            fill(rows)
            self.loading += time.perf_counter() - start

        return timed


def run_trainer(arguments: argparse.Namespace, steps: int, after_step: Callable[[], None]) -> None:
    """Take steps of the Hugging Face Trainer, with a call after each."""
    from transformers import Trainer, TrainerCallback, TrainingArguments

    config = settings(arguments)
    context, stream = config.BATCH.CONTEXT, random_stream(arguments)

    class Contexts(torch.utils.data.Dataset):
        def __len__(self) -> int:
            return len(stream) // context - 1

        def __getitem__(self, index: int) -> dict[str, torch.Tensor]:
            ids = torch.from_numpy(stream.read(index * context, context))
            return {"input_ids": ids, "labels": ids}

    class AfterStep(TrainerCallback):
        def on_step_end(self, *facts: Any, **more: Any) -> None:
            after_step()

    with tempfile.TemporaryDirectory() as folder:
        options = TrainingArguments(
            output_dir=folder,
            per_device_train_batch_size=config.BATCH.MICRO,
            max_steps=steps,
            learning_rate=config.OPTIMIZER.LEARNING_RATE,
            warmup_steps=config.SCHEDULE.WARMUP,
            lr_scheduler_type="cosine",
            weight_decay=config.OPTIMIZER.WEIGHT_DECAY,
            adam_beta2=config.OPTIMIZER.BETAS[1],
            max_grad_norm=config.OPTIMIZER.CLIP,
            bf16=arguments.precision == "bfloat16",
            use_cpu=arguments.device == "cpu",
            logging_strategy="no",
            save_strategy="no",
            report_to=[],
            disable_tqdm=True,
        )
        model = new_model(arguments)
        trainer = Trainer(model, options, train_dataset=Contexts(), callbacks=[AfterStep()])
        trainer.train()


class Clock:
    """Wall seconds and CPU seconds; waits for a GPU."""

    def __init__(self, device: str) -> None:
        self._device = device

    def now(self) -> np.ndarray:
        if self._device == "cuda":
            torch.cuda.synchronize()
        return np.array([time.perf_counter(), time.process_time()])


def in_turns(clock: Clock, first: Callable[[], None], second: Callable[[], None], pairs: int):
    """Return the times of both: (pairs, 2 sides, wall and CPU)."""
    found = []
    for _ in range(pairs + WARMUP):
        start = clock.now()
        first()
        middle = clock.now()
        second()
        found.append((middle - start, clock.now() - middle))
    return np.array(found[WARMUP:])


def ratios(times: np.ndarray, tokens: int) -> dict[str, Any]:
    """Return what pairs of times say: (pairs, 2 sides, wall and CPU); the first side is ours."""
    wall, cpu = (times[:, 1, kind] / times[:, 0, kind] for kind in (0, 1))
    return {
        "pairs": len(times),
        "ratio_wall_median": round(statistics.median(wall), 3),
        "ratio_cpu_median": round(statistics.median(cpu), 3),
        "ratio_of_wall_minima": round(float(times[:, 1, 0].min() / times[:, 0, 0].min()), 3),
        "our_tokens_per_second": round(tokens / times[:, 0, 0].min()),
        "other_tokens_per_second": round(tokens / times[:, 1, 0].min()),
    }


def speed(arguments: argparse.Namespace) -> dict[str, Any]:
    """Our steps and the Trainer's, in turns, in one process."""
    ours, clock, times = Ours(arguments), Clock(arguments.device), []
    mark = clock.now()

    def after_step() -> None:
        nonlocal mark
        theirs = clock.now() - mark
        start = clock.now()
        ours.step()
        times.append((clock.now() - start, theirs))
        if len(times) == WARMUP:
            ours.loading = 0.0
        mark = clock.now()

    run_trainer(arguments, arguments.pairs + WARMUP, after_step)
    counted = np.array(times[WARMUP:])
    found = ratios(counted, ours.tokens)
    found["loading_share"] = round(ours.loading / counted[:, 0, 0].sum(), 5)
    if arguments.device == "cuda":
        peak = peak_operations(torch.cuda.get_device_name(), arguments.precision)
        operations = operations_per_token(new_model(arguments), MODELS[arguments.model][4])
        gauges = Gauges(torch.device("cuda"), 1.0, operations, peak)
        found["our_mfu"] = gauges.utilization(found["our_tokens_per_second"])
        found["other_mfu"] = gauges.utilization(found["other_tokens_per_second"])
    return found


def ours(arguments: argparse.Namespace) -> dict[str, Any]:
    """Our steps alone: tokens/s, share of data loading, memory, and on a GPU the MFU."""
    side, clock, seconds = Ours(arguments), Clock(arguments.device), []
    for number in range(WARMUP + arguments.pairs):
        if number == WARMUP:
            side.loading = 0.0
        start = clock.now()
        side.step()
        seconds.append(float((clock.now() - start)[0]))
    counted = seconds[WARMUP:]
    operations = operations_per_token(new_model(arguments), MODELS[arguments.model][4])
    on_gpu = arguments.device == "cuda"
    card = torch.cuda.get_device_name() if on_gpu else "CPU"
    peak = peak_operations(card, arguments.precision)
    gauges = Gauges(torch.device(arguments.device), 1.0, operations, peak)
    speed_of_median = side.tokens / statistics.median(counted)
    return {
        "card": card,
        "steps": len(counted),
        "tokens_a_step": side.tokens,
        "first_step_seconds": round(seconds[0], 1),
        "tokens_per_second": round(speed_of_median),
        "mfu": gauges.utilization(speed_of_median),
        "loading_share": round(side.loading / sum(counted), 5),
        "gb": round(gauges.memory() / 1e9, 3),
    }


def available_memory() -> float:
    """Return the gigabytes that Linux can give to a process without swapping."""
    with Path("/proc/meminfo").open(encoding="ascii") as file:
        lines = dict(line.split(":", 1) for line in file)
    return int(lines["MemAvailable"].split()[0]) * 1024 / 1e9


def memory(arguments: argparse.Namespace) -> dict[str, Any]:
    """Two steps of either side, each in a process of its own, for its largest memory."""
    contexts = arguments.micro or MODELS[arguments.model][5]
    if arguments.model == "gpt2" and available_memory() < GB + GB_PER_CONTEXT * contexts:
        sys.exit(
            f"memory: {available_memory():.1f} GB are available, and the Trainer may need "
            f"{GB + GB_PER_CONTEXT * contexts:.1f}; close other programs, or lower --micro."
        )
    found = {}
    for side in ("ours", "trainer"):
        command = [sys.executable, __file__, f"memory-{side}", "--model", arguments.model]
        command += ["--micro", str(arguments.micro), "--threads", str(arguments.threads)]
        command += ["--precision", arguments.precision]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            sys.exit(done.stderr)
        found[side] = json.loads(done.stdout.splitlines()[-1])["gb"]
    return {"gb": found, "share": round(found["ours"] / found["trainer"], 3)}


def memory_of_ours(arguments: argparse.Namespace) -> dict[str, Any]:
    ours = Ours(arguments)
    before = peak_memory()
    for _ in range(2):
        ours.step()
    return {"gb": peak_memory(), "gb_before": before}


def memory_of_trainer(arguments: argparse.Namespace) -> dict[str, Any]:
    before = peak_memory()
    run_trainer(arguments, 2, lambda: None)
    return {"gb": peak_memory(), "gb_before": before}


def peak_memory() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9, 3)


def loss(arguments: argparse.Namespace) -> dict[str, Any]:
    """The loss and its gradients, ours and the plain one, in turns."""
    tokens, width, vocabulary = 4096, 256, 50_257
    hidden = torch.randn(tokens, width, requires_grad=True)
    head = torch.randn(vocabulary, width).mul_(0.02).requires_grad_()
    targets = torch.randint(vocabulary, (tokens,))

    def of(function: Callable[..., torch.Tensor]) -> Callable[[], None]:
        def run() -> None:
            lower = arguments.precision == "bfloat16"
            with torch.autocast("cpu", torch.bfloat16, enabled=lower):
                nats = function(hidden, head, targets)
            torch.autograd.grad(nats / tokens, (hidden, head))

        return run

    def plain(hidden: torch.Tensor, head: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        return cross_entropy(hidden @ head.T, targets, reduction="sum")

    before = peak_memory()
    of(summed_cross_entropy)()
    ours = peak_memory() - before
    of(plain)()
    theirs = peak_memory() - before
    times = in_turns(Clock("cpu"), of(summed_cross_entropy), of(plain), arguments.pairs)
    return {**ratios(times, tokens), "our_gb": round(ours, 3), "plain_gb": round(theirs, 3)}


def compiled(arguments: argparse.Namespace) -> dict[str, Any]:
    """Our steps with torch.compile (the first side) and without, in turns."""
    arguments.compiled = True
    one = Ours(arguments)
    arguments.compiled = False
    two = Ours(arguments)
    start = time.perf_counter()
    one.step()
    seconds = time.perf_counter() - start
    times = in_turns(Clock(arguments.device), one.step, two.step, arguments.pairs)
    return {**ratios(times, one.tokens), "compile_seconds": round(seconds, 1)}


PARTS = {
    "speed": speed,
    "ours": ours,
    "memory": memory,
    "memory-ours": memory_of_ours,
    "memory-trainer": memory_of_trainer,
    "loss": loss,
    "compile": compiled,
    "startup": startup,
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("--model", choices=MODELS, help="default: gpt2 for memory, else small")
    parser.add_argument("--micro", type=int, default=0, help="contexts of a step (default: 8)")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--precision", choices=("float32", "bfloat16"), default="float32")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--starts", type=int, default=3, help="of startup; the quickest is told")
    parser.add_argument("--pairs", type=int, default=40, help="pairs of steps, steps of ours")
    parser.add_argument(
        "--compile", action="store_true", dest="compiled", help="torch.compile of ours"
    )
    arguments = parser.parse_args()
    arguments.model = arguments.model or ("gpt2" if arguments.part == "memory" else "small")
    torch.set_num_threads(arguments.threads)
    if arguments.device == "cuda":
        torch.set_float32_matmul_precision("high")  # as gpt2ro/training/run.py does
    facts = {"part": arguments.part, "model": arguments.model, "precision": arguments.precision}
    facts |= PARTS[arguments.part](arguments)
    for name, value in facts.items():
        print(f"{name:25} {value}")
    print(json.dumps(facts))


if __name__ == "__main__":
    main()
