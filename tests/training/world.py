"""A tiny corpus of tokens with its tokenizer, and an experiment that runs in seconds."""

import random
import shutil
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from gpt2ro.files import sha256
from gpt2ro.tokenization.shards import TokenShardWriter
from gpt2ro.training.paths import Paths

SENTENCES = (
    "Ana are mere roșii și pere galbene.",
    "Pisica Mița doarme pe pat, lângă fereastră.",
    "Câinele Grivei aleargă prin curte după minge.",
    "Bunica face o plăcintă cu brânză și o pune în cuptor.",
    "Bunicul citește o carte veche la lumina lămpii.",
)
PROBES = {
    "order": [("Ana are mere.", "are Ana mere.")],
    "verbs": [("Ana are pere.", "Ana am pere."), ("Bunica face mere.", "Bunica fac mere.")],
}
EXPERIMENT = """
MODEL: {LAYERS: 2, HEADS: 2, WIDTH: 32, CONTEXT: 32, DROPOUT: 0.1}
BATCH: {CONTEXT: 16, MICRO: 2, TOKENS: 64}
OPTIMIZER: {LEARNING_RATE: 0.01, MIN_LEARNING_RATE: 0.001}
SCHEDULE: {STEPS: 24, WARMUP: 4}
EVALUATION: {EVERY: 6, SAMPLE_TOKENS: 4}
CHECKPOINT: {EVERY: 4}
"""
# A guard that judges early, and goes back soon; at a calm rate, as at 0.01 the norm of the gradient
# leaps by itself, to 20 times that of the eight steps before. The epoch has some 17 batches.
OPTIONS_OF_TROUBLE = (
    "OPTIMIZER.LEARNING_RATE", "0.002",
    "GUARD.WINDOW", "8", "GUARD.SKIPS", "3", "CHECKPOINT.EVERY", "2", "DEGENERATION.SAMPLES", "1",
)  # fmt: skip


@dataclass(frozen=True)
class World:
    """Everything a training needs, in one folder."""

    folder: Path
    experiment: Path
    paths: Paths

    def train_arguments(self) -> list[str]:
        """The arguments of workflow/scripts/train.py."""
        words = {
            "--experiment": self.experiment,
            "--tokens": self.paths.tokens,
            "--tokenizer": self.paths.tokenizer,
            "--probes": self.paths.probes,
            "--runs": self.paths.runs,
            "--output": self.paths.model,
            "--metrics": self.paths.metrics,
            "--threads": 1,
        }
        return [str(word) for pair in words.items() for word in pair]

    def outputs(self) -> dict[str, bytes]:
        """What a training has written, without its checkpoints and logs."""
        paths = [self.paths.metrics, *self.paths.model.iterdir()]
        return {path.name: path.read_bytes() for path in paths}

    @property
    def checkpoints(self) -> Path:
        """The folder of the checkpoints of the only run."""
        (folder,) = self.paths.runs.glob("*/checkpoints")
        return folder

    def copied_to(self, folder: Path) -> "World":
        """Return a copy, with what was trained in this one."""
        shutil.copytree(self.folder, folder)
        return opened_world(folder)


def train_tokenizer(vocabulary: int = 300) -> Tokenizer:
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary - 1, initial_alphabet=alphabet, show_progress=False
    )
    bpe.train_from_iterator(SENTENCES, trainer)
    bpe.add_special_tokens(["<|endoftext|>"])
    return bpe


def write_tokens(folder: Path, tokenizer: Tokenizer, digest: str) -> None:
    counts = {"train": 40, "valid": 4, "test": 4}
    end = tokenizer.token_to_id("<|endoftext|>")
    for split, count in counts.items():
        for part in ("a", "b"):
            path = folder / split / "tales" / f"{part}.bin"
            path.parent.mkdir(parents=True, exist_ok=True)
            with TokenShardWriter(path, digest, end) as shard:
                # In an order of its own, so that sentences stand at every place of a context.
                order = random.Random(f"{split}/{part}")
                for _ in range(count):
                    text = order.choice(SENTENCES)
                    shard.write(tokenizer.encode(text).ids, text)


def write_probes(folder: Path) -> None:
    folder.mkdir()
    for phenomenon, pairs in PROBES.items():
        lines = [f"{correct}\t{wrong}\n" for correct, wrong in pairs]
        text = "".join(["correct\twrong\n", *lines])
        (folder / f"{phenomenon}.tsv").write_text(text, encoding="utf-8")


def make_world(folder: Path) -> World:
    tokenizer = train_tokenizer()
    home = folder / "tokenizer"
    home.mkdir()
    tokenizer.save(str(home / "tokenizer.json"))
    tokenizer.model.save(str(home))
    (home / "tokenizer_config.json").write_text('{"tokenizer_class": "GPT2Tokenizer"}')
    write_tokens(folder / "tokens", tokenizer, sha256(home / "tokenizer.json"))
    (folder / "experiment.yaml").write_text(EXPERIMENT)
    write_probes(folder / "probes")
    return opened_world(folder)


def opened_world(folder: Path) -> World:
    """Return the world that was made in this folder."""
    paths = Paths(
        tokens=folder / "tokens",
        parts=None,
        tokenizer=folder / "tokenizer",
        pretrained=None,
        probes=folder / "probes",
        runs=folder / "runs",
        model=folder / "model",
        metrics=folder / "metrics.json",
    )
    return World(folder, folder / "experiment.yaml", paths)
