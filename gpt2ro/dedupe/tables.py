"""The two tables of deduplication, as Parquet: DuckDB, pandas and Polars read them as they are.

Signatures (`signatures/{source}/{part}.parquet`), one row a document, in the order of the part:

    id                  string
    hash                fixed_size_binary[16], 128-bit hash of the folded text
    characters          int32, length of the text
    band_00, band_01 …  uint64, the bands of the MinHash signature, when near-duplicates are looked
                        for; a column each, so that one can be read without the others

Decisions (`clusters/{source}/{part}.parquet`), again one row a document in the same order:

    id            string
    split         string, train, valid or test; null when the document is dropped
    duplicate_of  string, id of the document that stays in its place; null when this one stays
    similarity    double, Jaccard similarity of a near-duplicate to the document that stays; null
                  for an exact copy of it

Pages have checksums: zstd keeps hashes as they are, and a flipped bit in them is another hash.
"""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from gpt2ro.dedupe.columns import numbers
from gpt2ro.errors import UserError
from gpt2ro.files import atomic_path

HASH_BYTES = 16

DECISIONS = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("split", pa.string()),
        pa.field("duplicate_of", pa.string()),
        pa.field("similarity", pa.float64()),
    ]
)


def signature_schema(bands: int) -> pa.Schema:
    """Return the columns of signatures with so many bands."""
    return pa.schema(
        [
            pa.field("id", pa.string(), nullable=False),
            pa.field("hash", pa.binary(HASH_BYTES), nullable=False),
            pa.field("characters", pa.int32(), nullable=False),
            *(pa.field(band_name(band), pa.uint64(), nullable=False) for band in range(bands)),
        ]
    )


def band_name(band: int) -> str:
    """Return the name of a band's column, counted from 0."""
    return f"band_{band:02}"


def write_table(path: Path, table: pa.Table) -> None:
    """Write a table atomically; equal tables give equal bytes."""
    write_tables(path, table.schema, [table])


def write_tables(path: Path, schema: pa.Schema, tables: Iterable[pa.Table]) -> None:
    """Write tables one after the other as one, atomically, with one of them in memory."""
    with (
        atomic_path(path) as partial,
        pq.ParquetWriter(partial, schema, compression="zstd", write_page_checksum=True) as file,
    ):
        for table in tables:
            file.write_table(table)


def read_table(path: Path, schema: pa.Schema, columns: list[str] | None = None) -> pa.Table:
    """Read a table written with this schema, or some of its columns.

    Raises:
        UserError: the file is missing, damaged, or holds other columns.
    """
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            found = file.schema_arrow
            table = file.read(columns) if found.equals(schema) else None
    except FileNotFoundError:
        raise UserError(f"{path}: not found; the step that writes it has not run.") from None
    except (pa.ArrowException, OSError) as error:
        raise UserError(f"{path}: damaged ({error}); delete it and run again.") from None
    if table is None:
        raise UserError(
            f"{path}: columns {', '.join(found.names)} found, "
            f"{', '.join(schema.names)} expected; delete it and run again."
        )
    return table


def read_band(path: Path, bands: int, band: int) -> NDArray[np.uint64]:
    """Return one of the bands of every document, (documents,), read without the others."""
    name = band_name(band)
    values: NDArray[np.uint64] = numbers(read_table(path, signature_schema(bands), [name])[name])
    return values
