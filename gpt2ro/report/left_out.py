"""The files of the sources of which nothing is in the corpus, and why."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from gpt2ro.errors import UserError
from gpt2ro.report.corpus import STATS
from gpt2ro.report.records import Record, as_record, fault, read_record
from gpt2ro.sources.left_out import NAMED, NO_TEXT


@dataclass(frozen=True)
class LeftOutFiles:
    """Files of a source that share a fate.

    Attributes:
        source: its name.
        reason: why they are not in the corpus.
        files: how many there are.
        names: of the first, sorted.
    """

    source: str
    reason: str
    files: int
    names: list[str]

    @property
    def more(self) -> int:
        """Files beyond those of `names`."""
        return self.files - len(self.names)

    def plus(self, other: "LeftOutFiles") -> "LeftOutFiles":
        """Return both, of the same source and with the same fate."""
        names = sorted(self.names + other.names)[:NAMED]
        return LeftOutFiles(self.source, self.reason, self.files + other.files, names)


def files_left_out(
    results: Path, parts: list[tuple[str, str]], planned: Sequence[str] = ()
) -> list[LeftOutFiles]:
    """Return the files that no part has and those without text of the parts, sorted by source.

    Args:
        results: the folder of all outputs.
        parts: (source, part) of every part.
        planned: of sources from which files were left out when the run was planned, an object in
            JSON each: under the source's name what gpt2ro.sources.left_out.by_reason returns.

    Raises:
        UserError: stats are missing or damaged, or `planned` has another form.
    """
    found = [one for text in planned for one in left_out_when_planned(text)]
    for source, part in parts:
        stats = read_record(results / "extracted" / source / f"{part}{STATS}")
        found.append(left_out_files(source, NO_TEXT, stats.record("files_without_text")))
    sums: dict[tuple[str, str], LeftOutFiles] = {}
    for one in found:
        key = one.source, one.reason
        sums[key] = sums[key].plus(one) if key in sums else one
    told = (one for one in sums.values() if one.files)
    return sorted(told, key=lambda one: (one.source, -one.files, one.reason))


def left_out_when_planned(text: str) -> Iterator[LeftOutFiles]:
    """Yield what one object of `planned` tells.

    Raises:
        UserError: it is no such object.
    """
    try:
        by_source = as_record(json.loads(text), "--left-out")
    except ValueError as error:
        raise UserError(f"--left-out: not valid JSON ({error}); write an object.") from None
    for source in by_source.values:
        by_reason = by_source.record(source)
        for reason in by_reason.values:
            yield left_out_files(source, reason, by_reason.record(reason))


def left_out_files(source: str, reason: str, record: Record) -> LeftOutFiles:
    """Return what a `{"files": n, "names": [...]}` tells."""
    names = record.items("names")
    for name in names:
        if not isinstance(name, str):
            raise fault(f"{record.where}: names", name, "a string")
    return LeftOutFiles(source, reason, record.integer("files"), names)
