"""The log of a run: JSON lines, each a report with its `step`."""

import json
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gpt2ro.files import atomic_path
from gpt2ro.training.full_disk import full_disk_told


class StepLog:
    """Appends entries to log.jsonl; a run that continues removes those that will come again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("a", encoding="utf-8")

    def write(self, entry: Mapping[str, Any]) -> None:
        """Append an entry with its `step`; that of a rollback has the `restored` step too.

        A number that is not finite, as the gradient norm of a step that overflowed float16, is
        null: JSON has none, and jq takes none.
        """
        finite = {name: None if _is_not_finite(value) else value for name, value in entry.items()}
        with full_disk_told(self._path):
            self._file.write(json.dumps(finite, ensure_ascii=False) + "\n")
            self._file.flush()

    def rewind(self, step: int) -> bool:
        """Remove the entries that were written after the checkpoint of a step.

        These are the entries of later steps at the end of the log, back to a rollback to an earlier
        step, which was before the checkpoint. A line that a killed run left unfinished goes too.

        Returns:
            Whether something was removed.
        """
        # Not splitlines: a sample may hold U+2028, at which it cuts too.
        text = self._path.read_text(encoding="utf-8", errors="replace")
        lines = [line for line in re.split(r"(?<=\n)", text) if line]
        kept = len(lines)
        while kept and _is_after(lines[kept - 1], step):
            kept -= 1
        if kept == len(lines):
            return False
        self._file.close()
        with atomic_path(self._path) as partial:
            partial.write_text("".join(lines[:kept]), encoding="utf-8")
        self._file = self._path.open("a", encoding="utf-8")
        return True

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _is_not_finite(value: object) -> bool:
    return isinstance(value, float) and not math.isfinite(value)


def _is_after(line: str, step: int) -> bool:
    try:
        entry = json.loads(line)
    except ValueError:
        return True
    if not isinstance(entry, dict) or not line.endswith("\n"):
        return True
    return bool(entry.get("step", 0) > step and entry.get("restored", step) >= step)
