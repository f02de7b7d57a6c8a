"""The step signatures: what clustering must know of each document, without its text."""

from pathlib import Path

import numpy as np
import pyarrow as pa

from gpt2ro.dedupe.native import Signer
from gpt2ro.dedupe.settings import SignatureSettings
from gpt2ro.dedupe.tables import band_name, signature_schema, write_table
from gpt2ro.documents import read_documents
from gpt2ro.progress import Progress


def write_signatures(path: Path, output: Path, settings: SignatureSettings) -> None:
    """Write the signatures of one part, a row for each document in order.

    Memory grows by about 200 bytes a document and 16 bytes a band: with 20 bands, a part of a
    million documents needs 520 MB.
    """
    ids: list[str] = []
    hashes: list[bytes] = []
    characters: list[int] = []
    bands = bytearray()
    signer = text_signer(settings)
    with Progress(f"signatures {path.name}") as progress:
        for document in read_documents(path):
            text_hash, text_bands = signer.signature(document.text)
            ids.append(document.id)
            hashes.append(text_hash)
            characters.append(len(document.text))
            bands += text_bands
            progress.update(len(document.text), documents=1)
    columns = {"id": ids, "hash": hashes, "characters": characters}
    columns |= _columns(bands, len(ids), band_count(settings))
    schema = signature_schema(band_count(settings))
    write_table(output, pa.Table.from_pydict(columns, schema=schema))


def text_signer(settings: SignatureSettings) -> Signer:
    """Return what computes signatures and shingles with these settings."""
    return Signer(settings.fold, settings.shingle_words, band_count(settings), settings.rows)


def band_count(settings: SignatureSettings) -> int:
    """Return how many bands a signature has: none if near-duplicates are not looked for."""
    return settings.bands if settings.near else 0


def _columns(values: bytearray, documents: int, count: int) -> dict[str, pa.Array]:
    # bands: (documents, bands)
    bands = np.frombuffer(values, "<u8").reshape(documents, count)
    return {band_name(band): pa.array(bands[:, band]) for band in range(count)}
