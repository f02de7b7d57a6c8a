"""Parquet files, such as FineWeb-2's."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from gpt2ro.errors import UserError
from gpt2ro.sources.compression import FREE_EXPANSION
from gpt2ro.sources.input_file import Position
from gpt2ro.sources.readers import Extracted
from gpt2ro.sources.readers.columns import check_text_column, meta_columns
from gpt2ro.sources.readers.facts import facts
from gpt2ro.sources.settings import ExtractionSettings

# Rows. Each can be as large as it likes, and a dictionary tells many in a few bytes: this bounds
# what is decoded before the check. 16 are as fast as 1,024 (26,000 rows of 2 KB).
BATCH = 16
META = ("title", "url", "language_score")
# Strings as pandas, Arrow and Polars write them.
IS_TEXT = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)


def read_parquet(
    path: Path, settings: ExtractionSettings, left_out: Counter[str], position: Position
) -> Iterator[Extracted]:
    """Yield the text column row by row; rows without text are left out.

    Raises:
        UserError: the file is damaged, has no such column, several, or one of another type, or
            expands beyond the limit.
    """
    try:
        with pq.ParquetFile(path) as file:
            names = file.schema_arrow.names
            check_text_column(path, names, settings.text_column)
            _check_is_text(path, file.schema_arrow.field(settings.text_column))
            known = meta_columns(names, META, settings.text_column)
            columns = [settings.text_column, *known]
            _check_expansion(path, _declared(file, settings.text_column), settings.max_expansion)
            produced = rows = 0
            for batch in file.iter_batches(BATCH, columns=columns):
                for item in _rows(batch, settings.text_column, left_out):
                    produced += len(item.text)  # characters; bytes are not fewer
                    yield item
                _check_expansion(path, produced, settings.max_expansion)
                rows += batch.num_rows
                position.bytes = path.stat().st_size * rows // file.metadata.num_rows
    # UnicodeDecodeError: a string that is not UTF-8; Arrow does not look at them.
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: truncated or damaged Parquet ({error}); fetch again.") from error


def _check_is_text(path: Path, field: pa.Field) -> None:
    kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
    if not any(is_text(kind) for is_text in IS_TEXT):
        raise UserError(
            f'{path}: the column "{field.name}" is {field.type}, expected strings; set '
            "extraction.text_column."
        )


def _declared(file: pq.ParquetFile, column: str) -> int:
    """Return the bytes of the column's pages, uncompressed, as the file declares them."""
    metadata = file.metadata
    return sum(
        metadata.row_group(group).column(leaf).total_uncompressed_size
        for group in range(metadata.num_row_groups)
        for leaf in range(metadata.num_columns)
        if metadata.row_group(group).column(leaf).path_in_schema.split(".")[0] == column
    )


def _check_expansion(path: Path, produced: int, max_expansion: int) -> None:
    size = path.stat().st_size
    if produced > max(FREE_EXPANSION, max_expansion * size):
        raise UserError(
            f"{path}: {produced:,} bytes of text out of {size:,}; allowed are {max_expansion} "
            "times as many; if it is no bomb, raise extraction.max_expansion."
        )


def _rows(batch: pa.RecordBatch, column: str, left_out: Counter[str]) -> Iterator[Extracted]:
    for row in batch.to_pylist():
        text = row.pop(column)
        if isinstance(text, str):
            yield Extracted(text, facts(**row))
        else:
            left_out["no text"] += 1
