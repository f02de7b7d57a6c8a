"""Where a training reads and writes."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Paths:
    """The files and folders of one training.

    Attributes:
        tokens: folder with train/, valid/ and test/ token shards.
        parts: those of its parts that are used, as source/part; None for all.
        tokenizer: folder of the tokenizer that made them.
        pretrained: folder of the initial weights; None for random ones.
        probes: folder of the agreement probes; None for no probes.
        runs: folder of all runs; each has a folder in it, named by its fingerprint.
        model: the model folder to write.
        metrics: the JSON file to write.
        shape: folder of a model whose architecture random weights take; None for that of the
            experiment.
        checkpoint: folder of a checkpoint of another run, to go on from; None to begin.
    """

    tokens: Path
    parts: list[str] | None
    tokenizer: Path
    pretrained: Path | None
    probes: Path | None
    runs: Path
    model: Path
    metrics: Path
    shape: Path | None = None
    checkpoint: Path | None = None
