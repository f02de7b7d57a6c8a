"""Files of a source that are not in the corpus: told at once, and on the page on the corpus."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from unicodedata import category

NAMED = 10  # of the files with one fate, so many are told by name; there can be thousands
# Characters of a name that are shown; where folders and file are longer, the end tells most.
SHOWN = 200

NO_TEXT = "no text in it"


@dataclass(frozen=True)
class LeftOut:
    """A file of a source, or a link to a folder, that is not read.

    Attributes:
        name: its place below the folder that the source names.
        reason: why, and what to do where we know.
    """

    name: str
    reason: str


def first_names(names: Sequence[str]) -> dict[str, Any]:
    """Return how many files there are and the names of the first, as the stats have them."""
    return {"files": len(names), "names": [_shortened(printable(name)) for name in names[:NAMED]]}


def by_reason(files: Iterable[LeftOut]) -> dict[str, Any]:
    """Return for each reason what `first_names` tells of its files, sorted."""
    names: dict[str, list[str]] = {}
    for file in files:
        names.setdefault(file.reason, []).append(file.name)
    return {reason: first_names(sorted(names[reason])) for reason in sorted(names)}


def tell(lines: Sequence[str], where: object, what: str) -> None:
    """Tell the first files on standard error, a line for each, and how many more there are.

    Args:
        where: what the others are counted of.
        what: what they are, behind "files".
    """
    for line in lines[:NAMED]:
        print(f"gpt2ro: {printable(line)}", file=sys.stderr)
    if more := len(lines[NAMED:]):
        print(f"gpt2ro: {printable(str(where))}: {more:,} more files {what}", file=sys.stderr)


def printable(name: str) -> str:
    """Return a name with U+FFFD for what a line cannot hold or show: controls, surrogates."""
    return "".join(
        # To Python no blank can be printed but the common one; macOS has others in its names.
        letter if letter.isprintable() or category(letter) == "Zs" else "\ufffd"
        for letter in name
    )


def _shortened(name: str) -> str:
    return name if len(name) <= SHOWN else f"…{name[-SHOWN:]}"
