"""The formats of sources, and how a user's own files are told apart by their names."""

import re
from pathlib import Path

AUTO = "auto"
FORMATS = (
    "mediawiki",
    "oscar-2019",
    "oscar-jsonl",
    "opus-text",
    "opus-xml",
    "opus-moses",
    "parquet",
    "jsonl",
    "csv",
    "text",
)
# Their documents are lines in a row, passed on by the block instead of one by one.
OF_LINES = ("text", "oscar-2019")

COMPRESSED = r"(\.(gz|bz2|xz|zst))?$"
# The first pattern that fits a file's name decides; OSCAR JSON lines are known by their fields.
PATTERNS = {
    # Large dumps come in pieces, each with its pages' numbers: `.xml-p1p30302.bz2`.
    r"\.xml(-p\d+p\d+)?" + COMPRESSED: "mediawiki",
    r"ro_part_\d+\.txt" + COMPRESSED: "oscar-2019",
    r"\.(txt|md)" + COMPRESSED: "text",
    r"\.(jsonl|ndjson)" + COMPRESSED: "jsonl",
    r"\.(csv|tsv)" + COMPRESSED: "csv",
    r"\.parquet$": "parquet",
    r"[a-z]{2,3}-[a-z]{2,3}\.txt\.zip$": "opus-moses",
    r"\.zip$": "opus-xml",
}

ARCHIVES = r"\.(tar|tgz|tbz2?|txz|7z|rar)" + COMPRESSED


def is_archive(path: Path) -> bool:
    """Return whether a file's name says that it is an archive of a kind that is not read."""
    return re.search(ARCHIVES, path.name.lower()) is not None


def format_of(path: Path) -> str | None:
    """Return the format that a file's name says, or None for a file that is no text of ours."""
    name = path.name.lower()
    return next((found for pattern, found in PATTERNS.items() if re.search(pattern, name)), None)
