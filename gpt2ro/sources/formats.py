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
# Read by functions in Rust.
BY_EXTENSION = (*OF_LINES, "mediawiki")

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

# What is not read as it is, by its name, and what to do about it.
REMEDIES = {
    r"\.(tar|tgz|tbz2?|txz|7z|rar)" + COMPRESSED: "an archive; unpack it",
    r"\.json" + COMPRESSED: "not a known kind of text; with an object a line, name it .jsonl",
    r"\.pdf$": "not a known kind of text; convert it: pdftotext",
    # By itself pandoc breaks lines at 72 characters.
    r"\.(docx|odt|rtf|epub|x?html?)$": (
        "not a known kind of text; convert it: pandoc --wrap=none -t plain"
    ),
}


def why_left_out(path: Path) -> str:
    """Return why a file of no format of ours is not read, and what to do where we know."""
    found = (told for pattern, told in REMEDIES.items() if re.search(pattern, path.name.lower()))
    return next(found, "not a known kind of text")


def format_of(path: Path) -> str | None:
    """Return the format that a file's name says, or None for a file that is no text of ours."""
    name = path.name.lower()
    return next((found for pattern, found in PATTERNS.items() if re.search(pattern, name)), None)
