"""Settings of the step extract."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from gpt2ro.settings import setting


@dataclass(frozen=True)
class ExtractionSettings:
    """How files become documents."""

    text_documents: str = setting(
        "file",
        "text files: a file is a document, or a blank line ends one",
        choices=("file", "blank-line"),
    )
    max_document_characters: int = setting(
        100_000, "text files: longer documents are cut at line ends, characters", minimum=1000
    )
    lines_per_document: int = setting(
        40, "OPUS: consecutive sentences that make a document; the format has no marks", minimum=1
    )
    text_column: str = setting(
        "text", "Parquet, CSV and JSON lines: the column or field of the text"
    )
    keep_headings: bool = setting(True, "Wikipedia: keep section headings as lines")
    keep_lists: bool = setting(False, "Wikipedia: keep articles that are lists")
    min_article_characters: int = setting(
        # What a bot makes of a village's name and county has 60 to 150.
        200,
        "Wikipedia: leave out shorter articles, stubs, characters",
        minimum=0,
    )
    max_broken_lines: float = setting(
        0.01,
        "JSON lines and CSV: share of broken lines above which the part fails",
        minimum=0,
        maximum=1,
    )
    invalid_utf8: str = setting(
        "error",
        "bytes that are not UTF-8: fail, put U+FFFD in their place, or read the line as "
        "Windows-1252, so that clean finds its encoding",
        choices=("error", "replace", "legacy"),
    )
    max_expansion: int = setting(
        # gzip's own limit is 1032; real text, even lists of one word, stays under 100.
        200,
        "compressed files: fail when the text is this many times larger",
        minimum=1,
    )


JSON = {"jsonl", "oscar-jsonl"}
# The formats that a setting concerns; one that is not here concerns all.
CONCERNED = {
    "text_documents": {"text"},
    "max_document_characters": {"text"},
    "lines_per_document": {"opus-text", "opus-moses"},
    "text_column": JSON | {"csv", "parquet"},
    "keep_headings": {"mediawiki"},
    "keep_lists": {"mediawiki"},
    "min_article_characters": {"mediawiki"},
    "max_broken_lines": JSON | {"csv"},
    "invalid_utf8": JSON | {"csv", "text", "oscar-2019", "opus-text", "opus-moses"},
}


def concerning(section: Mapping[str, Any], formats: Collection[str]) -> dict[str, Any]:
    """Return what of the section of the config concerns files of these formats."""
    return {
        name: value
        for name, value in section.items()
        if name not in CONCERNED or CONCERNED[name] & set(formats)
    }
