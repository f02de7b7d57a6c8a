"""Tells why a training does not continue an earlier one: what of it is different."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gpt2ro.files import write_json

FACTS = "facts.json"
SHOWN = 5  # differences that are told; of more, only the number
# What differs, where the values would say nothing.
NAMES = {
    "tokens": "other tokens",
    "tokenizer": "another tokenizer",
    "pretrained": "other initial weights",
    "shape": "another shape of the weights",
    "checkpoint": "another checkpoint to go on from",
    "code": "other code",
    "versions": "another version",
}


def tell_new_run(folder: Path, facts: Mapping[str, Any]) -> None:
    """Write the facts of a new run, and tell how they differ from those of the latest one.

    A changed setting begins a training anew, unless it goes on from a checkpoint. Whoever changed
    one, and expected it to continue, should see that at once, and not after days.

    Args:
        folder: of the run, beside those of the others.
        facts: what determines the training (`fingerprint.training_facts`).
    """
    latest = _latest_run(folder)
    if latest and not facts["checkpoint"]:
        step = int(_steps(latest)[-1].name.removeprefix("step-"))
        found = ", ".join(differences(json.loads((latest / FACTS).read_text()), facts))
        print(f"training: begins anew, as {latest} (step {step:,}) had {found}", file=sys.stderr)
    write_json(folder / FACTS, facts)


def differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Return what the facts of one training were, where those of another are different.

    Some kinds of facts, or keys of the config, may be missing: an earlier version had fewer.
    """
    config, new_config = before.get("config", {}), now["config"]
    told = [
        f"{key} {config.get(key)}, now {new_config.get(key)}"
        for key in config | new_config
        if config.get(key) != new_config.get(key)
    ]
    for kind, name in NAMES.items():
        one, other = before.get(kind, {}), now.get(kind, {})
        changed = sorted(key for key in one | other if one.get(key) != other.get(key))
        if changed:
            others = f" and {len(changed) - 1} more" if len(changed) > 1 else ""
            told.append(f"{name} ({changed[0]}{others})")
    hidden = len(told) - SHOWN
    return told if hidden <= 0 else [*told[:SHOWN], f"{hidden} more differences"]


def _latest_run(folder: Path) -> Path | None:
    """Return the run beside this one that wrote a checkpoint last, of those that have facts."""
    runs = [path.parent for path in folder.parent.glob(f"*/{FACTS}") if path.parent != folder]
    trained = [run for run in runs if _steps(run)]
    return max(trained, key=lambda run: _steps(run)[-1].stat().st_mtime, default=None)


def _steps(run: Path) -> list[Path]:
    return sorted(run.glob("checkpoints/step-????????"))
