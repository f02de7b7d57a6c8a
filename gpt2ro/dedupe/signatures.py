"""The step signatures: what clustering must know of each document, without its text."""

from pathlib import Path

import pyarrow as pa

from gpt2ro.dedupe.folding import text_hash
from gpt2ro.dedupe.settings import DeduplicationSettings
from gpt2ro.dedupe.tables import SIGNATURES, write_table
from gpt2ro.documents import read_documents
from gpt2ro.progress import Progress


def write_signatures(path: Path, output: Path, settings: DeduplicationSettings) -> None:
    """Write the signatures of one part, a row for each document in order.

    Memory grows by about 200 bytes a document; a part of a million documents needs 200 MB.
    """
    ids: list[str] = []
    hashes: list[bytes] = []
    characters: list[int] = []
    with Progress(f"signatures {path.name}") as progress:
        for document in read_documents(path):
            ids.append(document.id)
            hashes.append(text_hash(document.text, settings.fold))
            characters.append(len(document.text))
            progress.update(len(document.text), documents=1)
    columns = {"id": ids, "hash": hashes, "characters": characters}
    write_table(output, pa.Table.from_pydict(columns, schema=SIGNATURES))
