"""A name for all that determines a training: equal names, equal models."""

import hashlib
import json
from pathlib import Path

import torch
import transformers
from yacs.config import CfgNode

from gpt2ro.code_closure import code_closure
from gpt2ro.files import sha256
from gpt2ro.tokenization.shards import TokenShard

ROOT = Path(__file__).resolve().parents[2]
LENGTH = 16  # hexadecimal digits


def fingerprint(
    config: CfgNode,
    shards: dict[str, list[TokenShard]],
    tokenizer: Path,
    pretrained: Path | None,
    shape: Path | None,
) -> str:
    """Return 16 hexadecimal digits of the hash of config, data, initial weights, code and versions.

    Checkpoints are kept under this name, so a run never continues from those of another training.

    Args:
        shape: folder of the model whose architecture random weights take; its config.json counts.
    """
    weights = [sha256(path) for path in _files(pretrained)] if pretrained else []
    facts = {
        "config": config.dump(),
        "tokens": {
            split: [(shard.source, shard.part, shard.sha256) for shard in group]
            for split, group in shards.items()
        },
        "tokenizer": sha256(tokenizer),
        "pretrained": weights,
        "shape": sha256(shape / "config.json") if shape else "",
        "code": [sha256(path) for path in code_closure(Path(__file__).with_name("run.py"), ROOT)],
        "versions": [torch.__version__, transformers.__version__],
    }
    encoded = json.dumps(facts, sort_keys=True).encode()
    return hashlib.sha256(encoded).hexdigest()[:LENGTH]


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file())
