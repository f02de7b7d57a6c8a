"""The step signatures: what clustering must know of each document, without its text."""

from array import array
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from gpt2ro.dedupe.columns import bytes_column, number_column, string_column
from gpt2ro.dedupe.settings import SignatureSettings
from gpt2ro.dedupe.tables import HASH_BYTES, signature_schema, write_tables
from gpt2ro.documents import Document, read_documents
from gpt2ro.native import Signer
from gpt2ro.progress import Progress

# A row group of the file, and what is in memory at once.
BATCH_DOCUMENTS = 20_000


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
    with Progress(f"signatures {path.name}") as progress:
        for document in read_documents(path):
            rows.add(document, signer)
            progress.update(len(document.text), documents=1)
            if len(rows.ids) == BATCH_DOCUMENTS:
                yield rows.table(schema)
                rows = Rows()
        yield rows.table(schema)


class Rows:
    """The columns of some signatures."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self._hashes = bytearray()
        self._characters = array("i")
        self._bands = bytearray()

    def add(self, document: Document, signer: Signer) -> None:
        """Sign a document."""
        text_hash, bands = signer.signature(document.text)
        self.ids.append(document.id)
        self._hashes += text_hash
        self._characters.append(len(document.text))
        self._bands += bands

    def table(self, schema: pa.Schema) -> pa.Table:
        """Return the rows; the columns of the schema after the third are the bands."""
        names = schema.names[3:]
        # bands: (documents, bands)
        bands = np.frombuffer(self._bands, "<u8").reshape(len(self.ids), len(names))
        columns = [
            string_column(self.ids),
            bytes_column(bytes(self._hashes), HASH_BYTES),
            number_column(np.array(self._characters, np.int32)),
            *(number_column(bands[:, band]) for band in range(len(names))),
        ]
        return pa.Table.from_arrays(columns, schema=schema)


def text_signer(settings: SignatureSettings) -> Signer:
    """Return what computes signatures and shingles with these settings."""
    return Signer(settings.fold, settings.shingle_words, band_count(settings), settings.rows)


def band_count(settings: SignatureSettings) -> int:
    """Return how many bands a signature has: none if near-duplicates are not looked for."""
    return settings.bands if settings.near else 0
