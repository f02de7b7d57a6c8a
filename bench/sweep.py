"""What a recipe is worth: optimiser, its rates, width, vocabulary, batch, at equal tokens.

    python bench/sweep.py --romanian ROMANIAN_FOLDER --output sweep
    python bench/sweep.py --romanian ROMANIAN_FOLDER --output sweep --only muon adamw

Beside them the recipe of the original GPT2Ro (AdamW at 2e-3, neither warm-up nor clipping nor
decay of the rate), on the same packed contexts. Everything else stands at the middle of its range.
Beside the table, CPU seconds of the steps. Bits per byte compare between vocabularies.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from experiment import Corpus, corpus, experiment, run, write
from transfer import romanian_texts

from gpt2ro.training.weights import initial_model


@dataclass(frozen=True)
class Recipe:
    """One run: what differs from 2 layers of width 128, vocabulary 4,096, Muon at 5e-3.

    Attributes:
        embedding: how many times the rate the embedding has.
        beta: the second of AdamW.
    """

    optimizer: str = "muon"
    rate: float = 5e-3
    embedding: float = 8.0
    beta: float = 0.99
    width: int = 128
    vocabulary: int = 4096
    batch: int = 1024
    original: bool = False

    @property
    def name(self) -> str:
        found = f"{self.optimizer} {self.rate:g}"
        if self.original:
            return f"the original's: {found}"
        for key in ("embedding", "beta", "width", "vocabulary", "batch"):
            value = getattr(self, key)
            if value != getattr(Recipe, key):
                found += f", {key} {value:,}"
        return found


RECIPES = (
    Recipe(),
    Recipe(embedding=1),
    Recipe(embedding=2),
    Recipe(embedding=4),
    Recipe(embedding=16),
    Recipe(beta=0.95),
    Recipe(rate=2e-3),
    Recipe(rate=1e-2),
    Recipe("adamw", 5e-4),
    Recipe("adamw", 1e-3),
    Recipe("adamw", 2e-3),
    Recipe("adamw", 1e-3, embedding=32),
    Recipe("adamw", 2e-3, embedding=1),
    Recipe("adamw", 2e-3, original=True),
    Recipe(width=192),
    Recipe(vocabulary=8192),
    Recipe(vocabulary=2048),
    Recipe(batch=2048),
    Recipe(batch=512),
)


def config_of(recipe: Recipe, tokens: int) -> Any:
    config = experiment(tokens, recipe.batch, name=recipe.optimizer, learning_rate=recipe.rate)
    config.MODEL.WIDTH = recipe.width
    config.OPTIMIZER.EMBEDDING_RATE_FACTOR = recipe.embedding
    config.OPTIMIZER.BETAS = (0.9, recipe.beta)
    if recipe.original:
        config.OPTIMIZER.EMBEDDING_RATE_FACTOR = 1.0
        config.SCHEDULE.WARMUP = 0
        config.OPTIMIZER.MIN_LEARNING_RATE = recipe.rate
        config.OPTIMIZER.CLIP = float("inf")
        config.OPTIMIZER.WEIGHT_DECAY = 0.01  # PyTorch's default
        config.OPTIMIZER.BETAS = (0.9, 0.999)
    return config


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--romanian", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True, help="writes .md and .svg")
    parser.add_argument("--tokens", type=int, default=600_000, help="read by each")
    parser.add_argument("--only", nargs="+", help="runs whose name begins so")
    parser.add_argument("--characters", type=int, default=5_000_000, help="of text, of a language")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    texts = romanian_texts(arguments.romanian, arguments.characters)
    corpora: dict[int, Corpus] = {}
    runs = []
    for recipe in RECIPES:
        if arguments.only and not recipe.name.startswith(tuple(arguments.only)):
            continue
        if recipe.vocabulary not in corpora:
            corpora[recipe.vocabulary] = corpus(texts, recipe.vocabulary)
        found = corpora[recipe.vocabulary]
        config = config_of(recipe, arguments.tokens)
        model = initial_model(config, found.tokenizer, None)
        runs.append(run(recipe.name, model, found, config))
        write(arguments.output, "Romanian, bits per byte", runs)


if __name__ == "__main__":
    main()
