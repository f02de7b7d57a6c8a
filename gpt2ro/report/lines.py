"""What was taken out of documents: lines of their site's pages, and copied paragraphs."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from gpt2ro.report.records import Record

# As many as a part keeps (gpt2ro/lines/examples.py).
EXAMPLES = 20


@dataclass(frozen=True)
class RemovedLine:
    """A line that went.

    Attributes:
        key: its hash, which decides whether it is shown.
        text: the line as one document has it, or its beginning.
        site: where it stands.
        documents: of the site that have it.
        of: all documents of the site.
    """

    key: str
    text: str
    site: str
    documents: int
    of: int


Example = TypeVar("Example", "RemovedLine", "CopiedParagraph")


@dataclass(frozen=True)
class RepeatedLines:
    """What went: documents that lost lines and stay, these lines, their bytes, and examples."""

    documents: int
    lines: int
    bytes: int
    examples: list[RemovedLine]


def part_lines(deduped: Record) -> RepeatedLines:
    """Return the repeated lines of a part from the stats of the step dedupe.

    Raises:
        UserError: they are missing or damaged.
    """
    stats = deduped.record("repeated_lines")
    examples = [
        RemovedLine(
            example.text("key"),
            example.text("line"),
            example.text("site"),
            example.integer("documents"),
            example.integer("of"),
        )
        for example in stats.records("examples")
    ]
    return RepeatedLines(
        stats.integer("documents"), stats.integer("lines"), stats.integer("bytes"), examples
    )


def added_lines(parts: Sequence[RepeatedLines]) -> RepeatedLines:
    """Return the sums, and examples of all of them."""
    return RepeatedLines(
        sum(part.documents for part in parts),
        sum(part.lines for part in parts),
        sum(part.bytes for part in parts),
        _shown([example for part in parts for example in part.examples]),
    )


@dataclass(frozen=True)
class CopiedParagraph:
    """A paragraph that went.

    Attributes:
        key: its hash, which decides whether it is shown.
        text: the paragraph as one document has it, or its beginning.
        document: id of one that lost it.
        stays_in: the part, or the splits, of the document that has it still.
    """

    key: str
    text: str
    document: str
    stays_in: str


@dataclass(frozen=True)
class CopiedParagraphs:
    """What went: documents that lost paragraphs and stay, these, their bytes, and examples."""

    documents: int = 0
    paragraphs: int = 0
    bytes: int = 0
    examples: list[CopiedParagraph] = field(default_factory=list)


def part_paragraphs(deduped: Record) -> CopiedParagraphs:
    """Return the copied paragraphs of a part from the stats of the step dedupe.

    They are there only if lines.paragraphs is set.

    Raises:
        UserError: they are damaged.
    """
    if "copied_paragraphs" not in deduped.values:
        return CopiedParagraphs()
    stats = deduped.record("copied_paragraphs")
    keys = ("key", "paragraph", "document", "stays_in")
    examples = [
        CopiedParagraph(*(example.text(key) for key in keys))
        for example in stats.records("examples")
    ]
    return CopiedParagraphs(
        stats.integer("documents"), stats.integer("paragraphs"), stats.integer("bytes"), examples
    )


def added_paragraphs(parts: Sequence[CopiedParagraphs]) -> CopiedParagraphs:
    """Return the sums, and examples of all of them."""
    return CopiedParagraphs(
        sum(part.documents for part in parts),
        sum(part.paragraphs for part in parts),
        sum(part.bytes for part in parts),
        _shown([example for part in parts for example in part.examples]),
    )


def _shown(examples: Sequence[Example]) -> list[Example]:
    """Return those with the lowest keys, of each key the first one."""
    first = {example.key: example for example in reversed(examples)}
    return [first[key] for key in sorted(first)[:EXAMPLES]]
