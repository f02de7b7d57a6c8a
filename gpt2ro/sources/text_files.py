"""Plain text, and OSCAR 2019, where a blank line ends a document: passed on by the block."""

from pathlib import Path

import orjson

from gpt2ro.documents import ShardWriter
from gpt2ro.native import TextFile
from gpt2ro.progress import Progress
from gpt2ro.sources.compression import decompressed
from gpt2ro.sources.input_file import Position
from gpt2ro.sources.settings import ExtractionSettings
from gpt2ro.sources.text import decoded_lines, runs_of_lines


def write_lines(
    shard: ShardWriter,
    path: Path,
    source: str,
    part: str,
    format_name: str,
    meta: dict[str, str],
    settings: ExtractionSettings,
    progress: Progress,
    position: Position,
) -> None:
    """Append the documents of a file in one of formats.OF_LINES to a shard.

    A text file is cut as `text_documents` says, long documents of it at line ends.

    Args:
        meta: of each document.
        position: told how far the file has been read.

    Raises:
        UserError: the file is damaged or no text in UTF-8.
    """
    head = b'{"id":' + orjson.dumps(f"{source}/{part}/").removesuffix(b'"')
    tail = b',"source":%b,"meta":%b}\n' % (orjson.dumps(source), orjson.dumps(meta))
    is_text = format_name == "text"  # and not OSCAR, whose documents stay as they are
    file = TextFile(
        not is_text or settings.text_documents == "blank-line",
        is_text,
        settings.max_document_characters if is_text else None,
        head,
        shard.documents,
        tail,
    )
    before = shard.documents, shard.text_bytes

    def append(lines: bytes) -> None:
        documents = before[0] + file.documents - shard.documents
        shard.write_lines(lines, documents, before[1] + file.bytes - shard.text_bytes)
        progress.reach(shard.text_bytes, shard.documents, position.share)

    blocks = decompressed(path, settings.max_expansion, position)
    for first, run in runs_of_lines(blocks, str(path)):
        lines = file.add(_without_carriage_returns(run))
        if lines is None:
            text = decoded_lines(run, first, str(path), settings.invalid_utf8)
            lines = file.add(_without_carriage_returns(text.encode()))
            assert lines is not None
        append(lines)
    append(file.end())


def _without_carriage_returns(run: bytes) -> bytes:
    """Return lines without what Windows has before their ends."""
    return run.replace(b"\r\n", b"\n").removesuffix(b"\r") if b"\r" in run else run
