"""A name for all that determines a training: equal names, equal models."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
import transformers
import yaml
from yacs.config import CfgNode

from gpt2ro.code_closure import code_closure
from gpt2ro.files import sha256
from gpt2ro.tokenization.shards import TokenShard
from gpt2ro.training.checkpoint_files import MANIFEST
from gpt2ro.training.config import flat

ROOT = Path(__file__).resolve().parents[2]
LENGTH = 16  # hexadecimal digits


def training_facts(
    config: CfgNode,
    shards: dict[str, list[TokenShard]],
    tokenizer: Path,
    pretrained: Path | None,
    shape: Path | None,
    checkpoint: Path | None,
) -> dict[str, Any]:
    """Return what determines a training: config, data, initial weights, code and versions.

    Args:
        shape: folder of the model whose architecture random weights take; its config.json counts.
        checkpoint: folder of the checkpoint that is gone on from; its manifest.json, which has the
            hashes of its other files, counts.
    """
    weights = {path.name: sha256(path) for path in _files(pretrained)} if pretrained else {}
    code = code_closure(Path(__file__).with_name("run.py"), ROOT)
    return {
        "config": flat(yaml.safe_load(config.dump())),
        "tokens": {
            f"{split}/{shard.source}/{shard.part}": shard.sha256
            for split, group in shards.items()
            for shard in group
        },
        "tokenizer": {"tokenizer.json": sha256(tokenizer)},
        "pretrained": weights,
        "shape": {"config.json": sha256(shape / "config.json")} if shape else {},
        "checkpoint": {MANIFEST: sha256(checkpoint / MANIFEST)} if checkpoint else {},
        "code": {str(path.resolve().relative_to(ROOT)): sha256(path) for path in code},
        "versions": {"torch": torch.__version__, "transformers": transformers.__version__},
    }


def fingerprint(facts: Mapping[str, Any]) -> str:
    """Return 16 hexadecimal digits of the hash of the facts of a training.

    Checkpoints are kept under this name, so a run never continues from those of another training.
    """
    encoded = json.dumps(facts, sort_keys=True).encode()
    return hashlib.sha256(encoded).hexdigest()[:LENGTH]


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file())
