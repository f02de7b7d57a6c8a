"""The two tables of deduplication, as Parquet: DuckDB, pandas and Polars read them as they are.

Signatures (`signatures/{source}/{part}.parquet`), one row a document, in the order of the part:

    id          string
    hash        fixed_size_binary[16], 128-bit hash of the folded text
    characters  int32, length of the text

Near-duplicate search adds its columns (MinHash bands) to the same rows. Decisions
(`clusters/{source}/{part}.parquet`), again one row a document in the same order:

    id            string
    split         string, train, valid or test; null when the document is dropped
    duplicate_of  string, id of the copy that stays; null when this one stays
"""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from gpt2ro.dedupe.folding import HASH_BYTES
from gpt2ro.errors import UserError
from gpt2ro.files import atomic_path

SIGNATURES = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("hash", pa.binary(HASH_BYTES), nullable=False),
        pa.field("characters", pa.int32(), nullable=False),
    ]
)
DECISIONS = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("split", pa.string()),
        pa.field("duplicate_of", pa.string()),
    ]
)


def write_table(path: Path, table: pa.Table) -> None:
    """Write a table atomically; equal tables give equal bytes."""
    with atomic_path(path) as partial:
        pq.write_table(table, partial, compression="zstd")


def read_table(path: Path, schema: pa.Schema) -> pa.Table:
    """Read a table written with this schema.

    Raises:
        UserError: the file is missing, damaged, or holds other columns.
    """
    try:
        table = pq.read_table(path)
    except FileNotFoundError:
        raise UserError(f"{path}: not found; the step that writes it has not run.") from None
    except (pa.ArrowException, OSError) as error:
        raise UserError(f"{path}: damaged ({error}); delete it and run again.") from None
    if not table.schema.equals(schema):
        raise UserError(
            f"{path}: columns {', '.join(table.schema.names)} found, "
            f"{', '.join(schema.names)} expected; delete it and run again."
        )
    return table
