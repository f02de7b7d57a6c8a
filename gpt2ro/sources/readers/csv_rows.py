"""CSV and TSV: a row is a document, the first line names the columns."""

import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from gpt2ro.errors import UserError
from gpt2ro.sources.compression import decompressed
from gpt2ro.sources.input_file import Position
from gpt2ro.sources.readers import Extracted
from gpt2ro.sources.settings import ExtractionSettings
from gpt2ro.sources.text import MAX_LINE_BYTES, text_lines

BROKEN = "broken row"
META = ("title", "url")
# What stands between two fields: the one that the line of names has most often. Programs for tables
# write semicolons where the comma is the decimal mark, as in Romania.
DELIMITERS = ",;\t"


def read_csv(
    path: Path, settings: ExtractionSettings, left_out: Counter[str], position: Position
) -> Iterator[Extracted]:
    """Yield the text column row by row; rows with another number of fields are left out.

    Fields may be quoted and then hold line ends (RFC 4180).

    Raises:
        UserError: there is no such column, or more than `max_broken_lines` of the rows are broken.
    """
    blocks = decompressed(path, settings.max_expansion, position)
    lines = (f"{line}\n" for line in text_lines(blocks, str(path), settings.invalid_utf8))
    head = next(filter(str.strip, lines), "")
    delimiter = max(DELIMITERS, key=head.count)
    csv.field_size_limit(MAX_LINE_BYTES)
    names = next(csv.reader([head], delimiter=delimiter), [])
    # A file without a line has no documents, as in every format.
    if head and settings.text_column not in names:
        raise UserError(
            f'{path}: no column "{settings.text_column}" in its first line, only '
            f"{', '.join(names)}; set extraction.text_column."
        )
    total = 0
    for row in _rows(csv.reader(lines, delimiter=delimiter, strict=True)):
        total += 1
        if row is None or len(row) != len(names):
            left_out[BROKEN] += 1
            continue
        fields = dict(zip(names, row, strict=True))
        meta = {name: fields[name] for name in META if fields.get(name)}
        meta.pop(settings.text_column, None)
        yield Extracted(fields[settings.text_column], meta)
    if left_out[BROKEN] > settings.max_broken_lines * total:
        raise UserError(
            f"{path}: {left_out[BROKEN]:,} of {total:,} rows have not the {len(names)} fields of "
            f"the first line; allowed is a share of {settings.max_broken_lines:g}; mend the file "
            "or raise extraction.max_broken_lines."
        )


def _rows(reader: Iterator[list[str]]) -> Iterator[list[str] | None]:
    """Yield rows that are not blank, None for one whose quotation marks are wrong."""
    while True:
        try:
            row = next(reader, None)
        except csv.Error:
            yield None
            continue
        if row is None:
            return
        if row:
            yield row
