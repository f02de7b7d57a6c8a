"""What became of every document of the corpus: the funnel of each source, lengths and repairs."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from gpt2ro.dedupe.settings import SPLITS
from gpt2ro.errors import UserError
from gpt2ro.report.lines import (
    CopiedParagraphs,
    RepeatedLines,
    added_lines,
    added_paragraphs,
    part_lines,
    part_paragraphs,
)
from gpt2ro.report.records import Record, read_record

STATS = ".stats.json"
STEPS = ("extracted", "cleaned", "deduped")


@dataclass(frozen=True)
class Count:
    """Documents, and the UTF-8 bytes of their texts."""

    documents: int = 0
    bytes: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(self.documents + other.documents, self.bytes + other.bytes)


Losses = dict[str, Count]


@dataclass(frozen=True)
class StepCounts:
    """What one step found, lost by reason, and kept; and how many bytes its repairs added."""

    found: Count
    lost: Losses
    repaired: int
    kept: Count


@dataclass(frozen=True)
class Segment:
    """A share of a funnel's documents with one fate."""

    fate: str
    documents: int
    start: float
    width: float


@dataclass(frozen=True)
class Funnel:
    """What became of the documents of a source, or of all sources.

    Attributes:
        name: the source.
        found: in its files; documents that the extraction left out have no text, so no bytes.
        left_out: by the extraction, by reason.
        repaired: bytes that the repairs added (or took, negative).
        dropped: by the cleaning, by reason.
        repeated: bytes of the repeated lines that documents lost (negative).
        copied: bytes of the copied paragraphs that train documents lost (negative).
        decontaminated: bytes of the sentences that train documents lost (negative).
        duplicates: by the deduplication, by reason.
        kept: what the model is trained and tested on.
    """

    name: str
    found: Count = field(default_factory=Count)
    left_out: Losses = field(default_factory=dict)
    repaired: int = 0
    dropped: Losses = field(default_factory=dict)
    repeated: int = 0
    copied: int = 0
    decontaminated: int = 0
    duplicates: Losses = field(default_factory=dict)
    kept: Count = field(default_factory=Count)

    def plus(self, other: "Funnel") -> "Funnel":
        """Return the sum of both under this one's name."""
        return Funnel(
            self.name,
            self.found + other.found,
            merged(self.left_out, other.left_out),
            self.repaired + other.repaired,
            merged(self.dropped, other.dropped),
            self.repeated + other.repeated,
            self.copied + other.copied,
            self.decontaminated + other.decontaminated,
            merged(self.duplicates, other.duplicates),
            self.kept + other.kept,
        )

    def segments(self) -> list[Segment]:
        """Return the fates that occur, as consecutive shares (from 0 to 1) of the documents."""
        fates = {
            "kept": self.kept.documents,
            "duplicates": total(self.duplicates).documents,
            "dropped": total(self.dropped).documents,
            "left out": total(self.left_out).documents,
        }
        segments: list[Segment] = []
        start = 0.0
        for fate, documents in fates.items():
            if documents:
                segments.append(Segment(fate, documents, start, documents / self.found.documents))
                start += segments[-1].width
        return segments


@dataclass(frozen=True)
class Corpus:
    """The counts of all parts.

    Attributes:
        parts: (source, part) of every part, sorted.
        sources: the funnel of each source, sorted by name.
        total: the funnel of all.
        repairs: documents touched by each kind of repair, the most frequent first.
        repeated_lines: documents that lost lines of their site's pages, these, and some of them.
        copied_paragraphs: documents that lost paragraphs that others have, and the same of these.
        decontaminated: train documents that lost held-out sentences, and these.
        masked: personal data masked by kind, the most frequent first; none where it is not looked
            for.
        splits: kept documents of each split.
        lengths: documents that the cleaning kept by length in characters: (lower bound, upper
            bound, documents).
    """

    parts: list[tuple[str, str]]
    sources: list[Funnel]
    total: Funnel
    repairs: dict[str, int]
    repeated_lines: RepeatedLines
    copied_paragraphs: CopiedParagraphs
    decontaminated: dict[str, int]
    masked: dict[str, int]
    splits: dict[str, int]
    lengths: list[tuple[int, int, int]]


def read_corpus(results: Path, only: list[str] | None = None) -> Corpus:
    """Add up the stats of all parts, or of those named as source/part.

    Raises:
        UserError: there is no part, or a file is missing, damaged or of another run.
    """
    parts = extracted_parts(results, only)
    funnels: dict[str, Funnel] = {}
    repairs: Counter[str] = Counter()
    repeated_lines: list[RepeatedLines] = []
    copied_paragraphs: list[CopiedParagraphs] = []
    decontaminated: Counter[str] = Counter()
    masked: Counter[str] = Counter()
    splits: Counter[str] = Counter()
    lengths: Counter[int] = Counter()
    for source, part in parts:
        stats = [read_record(results / step / source / f"{part}{STATS}") for step in STEPS]
        funnels[source] = funnels.get(source, Funnel(source)).plus(funnel(source, *stats))
        repairs.update(integers(stats[1].record("repairs")))
        repeated_lines.append(part_lines(stats[2]))
        copied_paragraphs.append(part_paragraphs(stats[2]))
        decontaminated.update(integers(stats[2].record("decontaminated")))
        if "masked" in stats[1].values:
            masked.update(integers(stats[1].record("masked")))
        splits.update(integers(stats[2].record("splits")))
        lengths.update({int(low): n for low, n in integers(stats[1].record("lengths")).items()})
    total_funnel = Funnel("all sources")
    for one in funnels.values():
        total_funnel = total_funnel.plus(one)
    return Corpus(
        parts=parts,
        sources=list(funnels.values()),
        total=total_funnel,
        repairs=most_frequent(repairs),
        repeated_lines=added_lines(repeated_lines),
        copied_paragraphs=added_paragraphs(copied_paragraphs),
        decontaminated=decontaminated,
        masked=most_frequent(masked),
        splits={split: splits[split] for split in SPLITS},
        lengths=buckets(lengths),
    )


def extracted_parts(results: Path, only: list[str] | None = None) -> list[tuple[str, str]]:
    """Return (source, part) of every part that was extracted and is wanted, sorted.

    Raises:
        UserError: there is none.
    """
    paths = (results / "extracted").glob(f"*/*{STATS}")
    found = sorted((path.parent.name, path.name.removesuffix(STATS)) for path in paths)
    parts = [part for part in found if only is None or "/".join(part) in only]
    if not parts:
        raise UserError(
            f"{results}/extracted: no */*{STATS} found; expected one a part; run the step extract."
        )
    return parts


def funnel(source: str, extracted: Record, cleaned: Record, deduped: Record) -> Funnel:
    """Return the funnel of one part.

    Raises:
        UserError: a step does not start with what the step before it left.
    """
    first, second, third = step_counts(extracted), step_counts(cleaned), step_counts(deduped)
    for before, after, record in ((first, second, cleaned), (second, third, deduped)):
        if before.kept != after.found:
            raise UserError(
                f"{record.where}: {after.found.documents:,} documents ({after.found.bytes:,} "
                f"bytes) in, but the step before left {before.kept.documents:,} "
                f"({before.kept.bytes:,} bytes); expected the same; run the step again."
            )
    repeated = part_lines(deduped).bytes
    copied = part_paragraphs(deduped).bytes
    return Funnel(
        name=source,
        found=first.found,
        left_out=first.lost,
        repaired=second.repaired,
        dropped=second.lost,
        repeated=-repeated,
        copied=-copied,
        decontaminated=third.repaired + repeated + copied,
        duplicates=third.lost,
        kept=third.kept,
    )


def step_counts(stats: Record) -> StepCounts:
    """Return the counts of one step on one part.

    Raises:
        UserError: they do not add up.
    """
    dropped = stats.record("dropped")
    lost = {reason: counted(dropped.record(reason)) for reason in sorted(dropped.values)}
    repaired = stats.integer("bytes_changed") if "bytes_changed" in stats.values else 0
    found = Count(stats.integer("documents_in"), stats.integer("bytes_in"))
    kept = Count(stats.integer("documents_out"), stats.integer("bytes_out"))
    out = kept + total(lost)
    if found + Count(bytes=repaired) != out:
        raise UserError(
            f"{stats.where}: {found.documents:,} documents and {found.bytes:,} bytes in, but "
            f"{out.documents:,} and {out.bytes - repaired:,} kept or dropped; expected the same; "
            "delete the file and run the step that writes it again."
        )
    return StepCounts(found, lost, repaired, kept)


def counted(record: Record) -> Count:
    """Return the count that a `{"documents": n, "bytes": n}` holds."""
    return Count(record.integer("documents"), record.integer("bytes"))


def integers(record: Record) -> dict[str, int]:
    """Return an object whose values are all whole numbers."""
    return {key: record.integer(key) for key in record.values}


def total(losses: Losses) -> Count:
    """Return the sum over all reasons."""
    return sum(losses.values(), start=Count())


def merged(one: Losses, other: Losses) -> Losses:
    """Return the sums by reason, the reason with most documents first."""
    reasons: Iterable[str] = one.keys() | other.keys()
    sums = {reason: one.get(reason, Count()) + other.get(reason, Count()) for reason in reasons}
    return dict(sorted(sums.items(), key=lambda item: (-item[1].documents, item[0])))


def most_frequent(counts: Counter[str]) -> dict[str, int]:
    """Return the counts, the largest first."""
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def buckets(lengths: Counter[int]) -> list[tuple[int, int, int]]:
    """Return the buckets from the shortest to the longest that occurs, without a gap."""
    if not lengths:
        return []
    low, found = min(lengths), []
    while low <= max(lengths):
        found.append((low, 2 * low - 1, lengths[low]))
        low *= 2
    return found
