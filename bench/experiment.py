"""Small trainings to compare, and their curves as a table and as a picture.

Shared by `bench/transfer.py`, `unfreezing.py`, `sweep.py` and `quality.py`.
"""

import time
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from yacs.config import CfgNode

from gpt2ro.report.charts import ticks
from gpt2ro.report.formats import real, whole
from gpt2ro.training.config import defaults
from gpt2ro.training.data import ContextSampler, TokenStream
from gpt2ro.training.evaluation import evaluate
from gpt2ro.training.learner import Learner
from gpt2ro.training.optimizers import make_optimizer
from gpt2ro.training.update import Updater

END_OF_TEXT = "<|endoftext|>"
CONTEXT = 128  # tokens
COLORS = ("#0b6e99", "#c4541a", "#3d7d3d", "#7a4fa3", "#8a6d00", "#a3274f")
DASHES = ("", "6 3", "2 3", "9 3 2 3")


@dataclass(frozen=True)
class Corpus:
    """Texts with their tokenizer, as shards that `evaluate` and the sampler take."""

    tokenizer: Tokenizer
    train: list[Any]
    valid: list[Any]


@dataclass
class Run:
    """One training: its curve, (tokens read, bits per byte), and the CPU seconds of its steps."""

    name: str
    curve: list[tuple[int, float]] = field(default_factory=list)
    seconds: float = 0.0


def trained_tokenizer(texts: list[str], vocabulary: int) -> Tokenizer:
    """Return a byte-level BPE tokenizer of these texts."""
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        special_tokens=[END_OF_TEXT],
        show_progress=False,
    )
    bpe.train_from_iterator(texts, trainer)
    return bpe


def encoded(texts: list[str], tokenizer: Tokenizer) -> list[Any]:
    """Return the texts as one shard of a source."""
    end = tokenizer.token_to_id(END_OF_TEXT)
    ids = [np.array([*found.ids, end]) for found in tokenizer.encode_batch(texts)]
    return [
        SimpleNamespace(
            tokens=np.concatenate(ids).astype(np.uint16),
            source="all",
            bytes=sum(len(text.encode()) for text in texts),
            words=sum(len(text.split()) for text in texts),
            end_of_text=end,
        )
    ]


def corpus(texts: list[str], vocabulary: int) -> Corpus:
    """Return every twentieth text as the validation split, the others to train on."""
    train = [text for number, text in enumerate(texts) if number % 20]
    tokenizer = trained_tokenizer(train, vocabulary)
    # 60,000 characters are enough to tell 0.01 bits apart, and are scored in a second.
    valid, size = [], 0
    for text in texts[::20]:
        valid.append(text)
        size += len(text)
        if size > 60_000:
            break
    return Corpus(tokenizer, encoded(train, tokenizer), encoded(valid, tokenizer))


def experiment(tokens: int, batch: int = 1024, **optimizer: Any) -> CfgNode:
    """Return the experiment of a run that reads so many tokens."""
    config = defaults()
    config.MODEL.LAYERS, config.MODEL.HEADS, config.MODEL.WIDTH = 2, 4, 128
    config.MODEL.CONTEXT = config.BATCH.CONTEXT = CONTEXT
    config.BATCH.TOKENS, config.BATCH.MICRO = batch, min(8, batch // CONTEXT)
    config.SCHEDULE.STEPS = tokens // batch
    config.SCHEDULE.WARMUP = config.SCHEDULE.STEPS // 20
    for key, value in optimizer.items():
        config.OPTIMIZER[key.upper()] = value
    config.OPTIMIZER.MIN_LEARNING_RATE = config.OPTIMIZER.LEARNING_RATE / 20
    return config


def run(name: str, model: Any, texts: Corpus, config: CfgNode, evaluations: int = 8) -> Run:
    """Train a model; evaluate it before the first step and so many times evenly after it."""
    torch.manual_seed(config.SEED)
    found = Run(name)
    updater = Updater(Learner(model, make_optimizer(model, config), None), config)
    sampler = ContextSampler(TokenStream(texts.train), CONTEXT, config.SEED)
    steps = config.SCHEDULE.STEPS
    due = {round(steps * number / evaluations) for number in range(1, evaluations + 1)}

    def note(step: int) -> None:
        score = evaluate(model, texts.valid, CONTEXT).total.bits_per_byte
        found.curve.append((step * config.BATCH.TOKENS, score))

    note(0)
    model.train()
    for step in range(steps):
        start = time.process_time()
        updater.prepare(step, 1.0)
        updater.add_gradient(sampler)
        updater.clipped_norm()
        updater.apply(step + 1)
        found.seconds += time.process_time() - start
        if step + 1 in due:
            note(step + 1)
    print(f"{name}: {found.curve[-1][1]:.3f} bits per byte, {found.seconds:.0f} s", flush=True)
    return found


def table(runs: list[Run]) -> str:
    """Return the curves as a Markdown table, a column an evaluation."""
    reads = [tokens for tokens, _ in runs[0].curve]
    head = "".join(f" {tokens / 1e3:.0f} |" for tokens in reads)
    rows = [
        f"| {one.name} |" + "".join(f" {score:.3f} |" for _, score in one.curve)
        + f" {one.seconds:.0f} |"
        for one in runs
    ]  # fmt: skip
    title = f"| thousand tokens read |{head} CPU s |"
    return "\n".join([title, "|" + "---|" * (len(reads) + 2), *rows])


def picture(title: str, runs: list[Run], along: str = "tokens read") -> str:
    """Return the curves as SVG: bits per byte against what is read or spent, after step 0.

    Before the first step all are far above, which would press the curves together.
    """
    # The names stand beside the curves, in letters some 7 units wide.
    right = 56 + 7 * max(len(one.name) for one in runs)
    width, left, top, bottom = 520 + right, 52, 34, 40
    # Their names stay above those of the ticks.
    height = max(360, top + 17 * len(runs) + bottom)
    points = {one.name: [point for point in one.curve if point[0]] for one in runs}
    across = ticks(0, max(x for curve in points.values() for x, _ in curve))
    values = [y for curve in points.values() for _, y in curve]
    up = ticks(min(values), max(values))

    def place(x: float, y: float) -> tuple[float, float]:
        right_of = left + x / across[-1] * (width - left - right)
        return round(right_of, 1), round(
            height - bottom - (y - up[0]) / (up[-1] - up[0]) * (height - top - bottom), 1
        )

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        'font-family="sans-serif" font-size="12">',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        f'<text x="{left}" y="18" font-size="14">{title}</text>',
    ]
    for x in across:
        at, base = place(x, up[0])
        parts.append(f'<text x="{at}" y="{base + 16}" text-anchor="middle">{whole(int(x))}</text>')
    parts.append(f'<text x="{left}" y="{height - 6}">{along}</text>')
    for y in up:
        start, level = place(0, y)
        end, _ = place(across[-1], y)
        parts.append(f'<path d="M{start} {level}H{end}" stroke="#ddd"/>')
        parts.append(f'<text x="{start - 6}" y="{level + 4}" text-anchor="end">{real(y)}</text>')
    for number, (name, curve) in enumerate(points.items()):
        color = COLORS[number % len(COLORS)]
        style = f'stroke="{color}" stroke-dasharray="{DASHES[number // len(COLORS)]}"'
        line = " ".join(f"{x},{y}" for x, y in (place(*point) for point in curve))
        parts.append(f'<polyline points="{line}" fill="none" stroke-width="2" {style}/>')
        y, x = top + 8 + 17 * number, width - right + 14
        parts.append(f'<path d="M{x} {y}h22" stroke-width="2" {style}/>')
        parts.append(f'<text x="{x + 28}" y="{y + 4}">{name}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def write(output: Path, title: str, runs: list[Run]) -> None:
    """Write OUTPUT.md and OUTPUT.svg; called after every run, so that none is lost."""
    output.parent.mkdir(parents=True, exist_ok=True)
    output.with_suffix(".md").write_text(table(runs) + "\n", encoding="utf-8")
    output.with_suffix(".svg").write_text(picture(title, runs), encoding="utf-8")
