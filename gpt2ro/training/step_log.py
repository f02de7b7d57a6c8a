"""The log of a run: JSON lines, one a report, each with its `step`."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gpt2ro.files import atomic_path


class StepLog:
    """Appends entries to log.jsonl; a run that continues takes back what comes again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("a", encoding="utf-8")

    def write(self, entry: Mapping[str, Any]) -> None:
        """Append an entry, which has a `step`, and for a rollback `restored`, where it went."""
        self._file.write(json.dumps(entry, ensure_ascii=False) + "\n")
        self._file.flush()

    def rewind(self, step: int) -> bool:
        """Remove the entries that were written after the checkpoint of a step.

        They are those at the end that are of later steps; a rollback to an earlier step was before
        the checkpoint, and ends them. A line that a killed run left unfinished goes too.

        Returns:
            Whether something was removed.
        """
        lines = self._path.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)
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


def _is_after(line: str, step: int) -> bool:
    try:
        entry = json.loads(line)
    except ValueError:
        return True
    if not isinstance(entry, dict) or not line.endswith("\n"):
        return True
    return bool(entry.get("step", 0) > step and entry.get("restored", step) >= step)
