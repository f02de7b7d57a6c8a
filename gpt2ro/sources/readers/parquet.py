"""Parquet files, such as FineWeb-2's."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from gpt2ro.errors import UserError
from gpt2ro.sources.readers import Extracted
from gpt2ro.sources.settings import ExtractionSettings

BATCH = 1024  # rows; bounds the memory whatever the file's row groups are
META = ("title", "url", "language_score")


def read_parquet(
    path: Path, settings: ExtractionSettings, left_out: Counter[str]
) -> Iterator[Extracted]:
    """Yield the text column row by row; rows without text are left out.

    Raises:
        UserError: the file is damaged, or has no such column.
    """
    try:
        with pq.ParquetFile(path) as file:
            names = file.schema_arrow.names
            if settings.text_column not in names:
                raise UserError(
                    f'{path}: no column "{settings.text_column}", only {", ".join(names)}; set '
                    "extraction.text_column."
                )
            columns = [settings.text_column, *(name for name in META if name in names)]
            for batch in file.iter_batches(BATCH, columns=columns):
                yield from _rows(batch, settings.text_column, left_out)
    except (pa.ArrowException, OSError) as error:
        raise UserError(f"{path}: truncated or damaged Parquet ({error}); fetch again.") from error


def _rows(batch: pa.RecordBatch, column: str, left_out: Counter[str]) -> Iterator[Extracted]:
    for row in batch.to_pylist():
        text = row.pop(column)
        if isinstance(text, str):
            yield Extracted(text, {key: value for key, value in row.items() if value is not None})
        else:
            left_out["no text"] += 1
