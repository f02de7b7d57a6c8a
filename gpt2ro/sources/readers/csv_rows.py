"""CSV and TSV: a row is a document, the first line names the columns."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from gpt2ro.errors import UserError
from gpt2ro.sources.compression import decompressed
from gpt2ro.sources.input_file import Position
from gpt2ro.sources.readers import Extracted
from gpt2ro.sources.readers.columns import check_text_column, meta_columns
from gpt2ro.sources.settings import ExtractionSettings
from gpt2ro.sources.text import MAX_LINE_BYTES, text_runs

BROKEN = "broken row"
META = ("title", "url")
# What stands between two fields. Programs for tables write semicolons where the comma is the
# decimal mark, as in Romania.
DELIMITERS = ",;\t"
IS_TSV = re.compile(r"\.tsv\b", re.I)


def read_csv(
    path: Path, settings: ExtractionSettings, left_out: Counter[str], position: Position
) -> Iterator[Extracted]:
    """Yield the text column row by row; rows with another number of fields are left out.

    Fields may be quoted and then hold line ends (RFC 4180). So a quotation mark that is never
    closed makes one row of the rest of the file: what is broken is counted in lines.

    Raises:
        UserError: the names cannot be read, there is no such column, there are several, or more
            than `max_broken_lines` of the lines are those of broken rows.
    """
    blocks = decompressed(path, settings.max_expansion, position)
    lines = _Lines(text_runs(blocks, str(path), settings.invalid_utf8))
    head = next(filter(str.strip, lines), "")
    delimiter = _delimiter(path, head)
    csv.field_size_limit(MAX_LINE_BYTES)
    names = _names(path, lines, head, delimiter)
    # A file without a line has no documents, as in every format.
    if head:
        check_text_column(path, names, settings.text_column, " in its first line")
    of_meta = meta_columns(names, META, settings.text_column)
    total = broken = 0
    longest = range(0)
    for row, place in _rows(lines, delimiter):
        total += len(place)
        if row is None or len(row) != len(names):
            left_out[BROKEN] += 1
            broken += len(place)
            longest = max(longest, place, key=len)
            continue
        fields = dict(zip(names, row, strict=True))
        meta = {name: fields[name] for name in of_meta if fields[name]}
        yield Extracted(fields[settings.text_column], meta)
    if broken > settings.max_broken_lines * total:
        raise UserError(
            f"{path}: {broken:,} of {total:,} lines are of rows that have not the {len(names)} "
            f"fields of the first line, the longest from line {longest[0]:,} to {longest[-1]:,}; "
            f"allowed is a share of {settings.max_broken_lines:g}; mend the file (is a quotation "
            "mark not closed?) or raise extraction.max_broken_lines."
        )


def _names(path: Path, lines: "_Lines", head: str, delimiter: str) -> list[str]:
    """Return the names of the columns; one in quotation marks may go on in the lines behind."""
    try:
        return next(csv.reader(chain([head], lines), delimiter=delimiter, strict=True), [])
    except csv.Error:
        raise UserError(
            f"{path}: wrong quotation marks, or a carriage return without a line feed, in the "
            "names of the columns; expected a line of names; mend it."
        ) from None


def _delimiter(path: Path, head: str) -> str:
    """Return what the line of names has most often; of a TSV a tab, also where it has nothing."""
    is_divided = any(sign in head for sign in DELIMITERS)
    if IS_TSV.search(path.name) and ("\t" in head or not is_divided):
        return "\t"
    return max(DELIMITERS, key=head.count)


class _Lines:
    """The lines of a text, each with its end.

    Attributes:
        number: of the latest one, in the file.
        first: number of the first one since this was set to 0.
    """

    def __init__(self, runs: Iterator[tuple[int, str]]) -> None:
        self.number = self.first = 0
        self._lines = self._numbered(runs)

    def __iter__(self) -> Iterator[str]:
        return self._lines

    def _numbered(self, runs: Iterator[tuple[int, str]]) -> Iterator[str]:
        for first, run in runs:
            for self.number, line in enumerate(run.split("\n"), start=first):
                self.first = self.first or self.number
                yield f"{line}\n"


def _rows(lines: _Lines, delimiter: str) -> Iterator[tuple[list[str] | None, range]]:
    """Yield rows that are not blank, each with its lines by number.

    A row whose quotation marks are wrong is None.
    """
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        lines.first = 0
        row = None
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            pass
        if row != []:
            yield row, range(lines.first, lines.number + 1)
