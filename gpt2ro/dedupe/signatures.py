"""The step signatures: what clustering must know of each document, without its text."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from gpt2ro.dedupe.columns import bytes_column, number_column, string_column
from gpt2ro.dedupe.settings import SignatureSettings
from gpt2ro.dedupe.tables import HASH_BYTES, signature_schema, write_tables
from gpt2ro.documents import expected_documents, parse_document, part_name, read_blocks
from gpt2ro.native import Signer
from gpt2ro.progress import Progress

# A row group of the file, and what is in memory at once.
BATCH_DOCUMENTS = 20_000
CHARACTERS = np.dtype("<i4")


def write_signatures(path: Path, output: Path, settings: SignatureSettings) -> None:
    """Write the signatures of one part, a row for each document in order.

    Memory does not grow with the part: 156 MB for 400,000 documents and for a million.
    """
    schema = signature_schema(band_count(settings))
    write_tables(output, schema, _tables(path, schema, settings))


def _tables(path: Path, schema: pa.Schema, settings: SignatureSettings) -> Iterator[pa.Table]:
    """Yield the rows of every BATCH_DOCUMENTS documents, and of those that remain."""
    signer = text_signer(settings)
    rows = Rows()
    documents = 0
    with Progress(f"signatures {part_name(path)}", documents=expected_documents(path)) as progress:
        for block in read_blocks(path):
            count = _sign(block, signer, rows, path, documents + 1)
            documents += count
            progress.update(len(block), documents=count)
            while len(rows.ids) >= BATCH_DOCUMENTS:
                yield rows.table(schema, BATCH_DOCUMENTS)
        yield rows.table(schema, len(rows.ids))


def _sign(block: bytes, signer: Signer, rows: "Rows", path: Path, first: int) -> int:
    """Add the signatures of a block of lines, from the `first` (from 1) of a shard on; count them.

    Raises:
        UserError: a line is no document.
    """
    count = 0
    while block:
        ids, hashes, characters, bands, done = signer.signatures(block)
        rows.add(ids, hashes, characters, bands)
        count += len(ids)
        block = block[done:]
        if block:
            # A line in another form; those behind it may be in the usual one.
            line, _, block = block.partition(b"\n")
            document = parse_document(line, path, first + count)
            text_hash, bands = signer.signature(document.text)
            characters = CHARACTERS.type(len(document.text)).tobytes()
            rows.add([document.id], text_hash, characters, bands)
            count += 1
    return count


class Rows:
    """The columns of some signatures."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self._hashes = bytearray()
        self._characters = bytearray()
        self._bands = bytearray()

    def add(self, ids: list[str], hashes: bytes, characters: bytes, bands: bytes) -> None:
        """Add rows, as Signer.signatures returns them."""
        self.ids += ids
        self._hashes += hashes
        self._characters += characters
        self._bands += bands

    def table(self, schema: pa.Schema, count: int) -> pa.Table:
        """Take out the first rows; the columns of the schema after the third are the bands."""
        names = schema.names[3:]
        ids = self.ids[:count]
        del self.ids[:count]
        # bands: (documents, bands)
        bands = np.frombuffer(_taken(self._bands, count * len(names) * 8), "<u8")
        bands = bands.reshape(count, len(names))
        columns = [
            string_column(ids),
            bytes_column(_taken(self._hashes, count * HASH_BYTES), HASH_BYTES),
            number_column(
                np.frombuffer(_taken(self._characters, count * CHARACTERS.itemsize), CHARACTERS)
            ),
            *(number_column(bands[:, band]) for band in range(len(names))),
        ]
        return pa.Table.from_arrays(columns, schema=schema)


def _taken(column: bytearray, size: int) -> bytes:
    """Take out the first bytes."""
    taken = bytes(column[:size])
    del column[:size]
    return taken


def text_signer(settings: SignatureSettings) -> Signer:
    """Return what computes signatures and shingles with these settings."""
    return Signer(settings.fold, settings.shingle_words, band_count(settings), settings.rows)


def band_count(settings: SignatureSettings) -> int:
    """Return how many bands a signature has: none if near-duplicates are not looked for."""
    return settings.bands if settings.near else 0
