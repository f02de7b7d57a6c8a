"""Are blocks with a new vocabulary better frozen at first, and freed by groups or at once?

    python bench/unfreezing.py --english ENGLISH_FOLDER --romanian ROMANIAN_FOLDER \\
        --output unfreezing

A small GPT-2 of three blocks learns English, then Romanian with the embeddings that the transfer
makes (FVT), by equal tokens:

- `all at once`: everything from the first step, as in the experiment `unfrozen`;
- `embeddings first`: for a tenth of the steps the blocks are frozen, then everything is freed, as
  in `medium` and `large`;
- `by groups`: the same, then the blocks from the top, a third of them at a time, each for a
  twentieth of the steps, as in `frozen`;
- `all at once, embedding x 4` and `embeddings first, x 4`: the embedding has four times the
  learning rate from the first step to the last;
- `all at once, another seed`: other data order, for how far apart equal runs are.

Stages, warm-up and the rates of the stages are those of the experiments, scaled to the run. The
texts are those of bench/transfer.py. Beside the table, CPU seconds of the steps.
"""

import copy
from pathlib import Path
from typing import Any

import torch
from experiment import Corpus, corpus, experiment, run, write
from transfer import english_texts, read_arguments, romanian_texts, transferred

from gpt2ro.training.weights import initial_model

LAYERS = 3  # a third of them is a block, as a third of GPT-2 small's is four
RATE = 2e-3
# Of config/experiments/frozen.yaml: the ends of its stages as shares of all steps, blocks, and the
# rates as multiples of that of the end.
GROUPS = ((0.1, 0, 10 / 3), (0.15, 1, 1.0), (0.2, 2, 1.0))
FIRST = GROUPS[:1]
WARMUP = {"unfrozen": 1 / 20, "frozen": 1 / 40}


def config_of(
    tokens: int,
    stages: tuple[tuple[float, int, float], ...] = (),
    seed: int = 1,
    embedding: float = 1.0,
) -> Any:
    """Return the experiment of a run with these stages; `embedding` multiplies its own rate."""
    config = experiment(tokens, name="adamw", learning_rate=RATE, embedding_rate_factor=embedding)
    steps = config.SCHEDULE.STEPS
    config.SEED, config.MODEL.LAYERS = seed, LAYERS
    config.SCHEDULE.WARMUP = round(steps * WARMUP["frozen" if stages else "unfrozen"])
    config.UNFREEZING.UNTIL = tuple(round(steps * share) for share, _, _ in stages)
    config.UNFREEZING.BLOCKS = tuple(blocks for _, blocks, _ in stages)
    config.UNFREEZING.LEARNING_RATES = tuple(RATE * factor for _, _, factor in stages)
    return config


def compare(english: Any, old: Corpus, new: Corpus, tokens: int, output: Path) -> None:
    """Train each way, and write the table and the picture after every run."""
    ways = {
        "all at once": config_of(tokens),
        "embeddings first": config_of(tokens, FIRST),
        "by groups": config_of(tokens, GROUPS),
        "all at once, embedding x 4": config_of(tokens, embedding=4.0),
        "embeddings first, x 4": config_of(tokens, ((0.1, 0, 1.0),), embedding=4.0),
        "all at once, another seed": config_of(tokens, seed=2),
    }
    begun = transferred(english, old, new, "FVT", seed=1)
    runs = []
    for name, config in ways.items():
        runs.append(run(name, copy.deepcopy(begun), new, config))
        write(output, "Romanian, bits per byte", runs)


def main() -> None:
    arguments = read_arguments(__doc__, english_tokens=1_100_000)
    torch.set_num_threads(arguments.threads)
    old = corpus(english_texts(arguments.english, arguments.characters), arguments.vocabulary)
    new = corpus(romanian_texts(arguments.romanian, arguments.characters), arguments.vocabulary)
    config = config_of(arguments.english_tokens)
    english = initial_model(config, old.tokenizer, None)
    run("English", english, old, config)
    compare(english, old, new, arguments.tokens, arguments.output)


if __name__ == "__main__":
    main()
