"""Lines and whole texts of files that may be compressed, in bounded memory."""

import re
from collections.abc import Iterator
from pathlib import Path

from gpt2ro.errors import UserError
from gpt2ro.sources.compression import MAX_TEXT_EXPANSION, decompressed
from gpt2ro.sources.encoding import check_is_text, check_is_utf_8, decoded
from gpt2ro.sources.input_file import Position, unchanged

# Of blank lines in a row so many are passed on: clean leaves one, and a file can be all of them.
MAX_BLANK_LINES = 100
_HALF_OF_BLANK_LINES = re.compile(rb"\n(?:[ \t\r\v\f]*\n){%d}" % (MAX_BLANK_LINES // 2))
# A line is held in memory, twice while it is decoded; a library of a thousand books has so much.
MAX_LINE_BYTES = 1 << 28


def numbered_lines(blocks: Iterator[bytes], where: str) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of a text without their ends (\\n or \\r\\n), each with its number from 1.

    A byte order mark at the start is no part of the first. Of more than 100 blank lines in a row
    the others are left out.

    Args:
        blocks: the bytes of the text, piece by piece.
        where: the file, for errors.

    Raises:
        UserError: the text is UTF-16 or binary, or has a line of more than 256 MiB.
    """
    for first, run in runs_of_lines(blocks, where):
        for number, line in enumerate(run.split(b"\n"), start=first):
            yield number, line.removesuffix(b"\r")


def file_lines(
    path: Path, max_expansion: int, position: Position | None = None
) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of a file, compressed or not, as `numbered_lines` gives them.

    Raises:
        UserError: the file is missing, truncated or damaged, or expands beyond the limit.
    """
    yield from numbered_lines(decompressed(path, max_expansion, position), str(path))


def text_lines(blocks: Iterator[bytes], where: str, invalid_utf8: str) -> Iterator[str]:
    """Yield the lines of a UTF-8 text as `numbered_lines` gives them.

    Args:
        invalid_utf8: what becomes of a line that is not UTF-8, as for `decoded`.

    Raises:
        UserError: a line is not UTF-8.
    """
    for _, run in text_runs(blocks, where, invalid_utf8):
        yield from run.split("\n")


def text_runs(blocks: Iterator[bytes], where: str, invalid_utf8: str) -> Iterator[tuple[int, str]]:
    """Yield the lines of `text_lines`, some in a row at a time, with `\\n` between two.

    Each run comes with the number of its first line.
    """
    for first, run in runs_of_lines(blocks, where):
        text = decoded_lines(run, first, where, invalid_utf8)
        yield first, text.replace("\r\n", "\n").removesuffix("\r") if "\r" in text else text


def decoded_lines(run: bytes, first: int, where: str, invalid_utf8: str) -> str:
    """Decode lines of UTF-8, of which the first has this number.

    Raises:
        UserError: says which line is not UTF-8.
    """
    try:
        return run.decode()
    except UnicodeDecodeError:
        return "\n".join(
            decoded(line, f"{where}: line {number}", invalid_utf8)
            for number, line in enumerate(run.split(b"\n"), start=first)
        )


def runs_of_lines(blocks: Iterator[bytes], where: str) -> Iterator[tuple[int, bytes]]:
    """Yield whole lines, about a block of them at a time, each run with its first line's number.

    A run is without its last line end. Lines together cost a tenth of what they cost one by one.

    Raises:
        UserError: as `numbered_lines`.
    """
    number = 1
    blank = 0  # lines in a row before the run
    pending: list[bytes] = []
    for block in _utf_8_blocks(blocks, where):
        end = block.rfind(b"\n") + 1
        if end:
            run = b"".join((*pending, block[:end]))
            pending.clear()
            # As it is, unless the blank lines at its start could be too many with those before.
            if blank > MAX_BLANK_LINES // 2 or _HALF_OF_BLANK_LINES.search(run):
                yield from _without_blank_lines(run, number, blank)
            else:
                yield number, run[:-1]
            number += run.count(b"\n")
            blank = _blank_lines_at_end(run, blank)
        pending.append(block[end:])
        if sum(map(len, pending)) > MAX_LINE_BYTES:
            raise UserError(
                f"{where}: line {number} is over {MAX_LINE_BYTES >> 20} MiB long, expected "
                "lines of text; break it into lines, or leave the file out."
            )
    if last := b"".join(pending):
        yield number, last


def whole_text(path: Path) -> str:
    """Return a UTF-8 text file of the user's, compressed or not, as one text.

    Raises:
        UserError: the file is missing, truncated, damaged or not UTF-8, expands beyond
            MAX_TEXT_EXPANSION, or changes meanwhile.
    """
    with unchanged(path):
        blocks = _utf_8_blocks(decompressed(path, MAX_TEXT_EXPANSION), str(path))
        return decoded(b"".join(blocks), str(path), "error", remedy="")


def _without_blank_lines(run: bytes, number: int, blank: int) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of a run one by one but for the blank ones that are too many in a row."""
    # Thousands of millions of line ends are passed over a block at a time.
    if blank >= MAX_BLANK_LINES and not run.strip():
        return
    for place, line in enumerate(run[:-1].split(b"\n"), start=number):
        blank = 0 if line.strip() else blank + 1
        if blank <= MAX_BLANK_LINES:
            yield place, line


def _blank_lines_at_end(run: bytes, blank: int) -> int:
    """Return how many lines in a row are blank at the end of a run, `blank` before it."""
    text = len(run.rstrip())
    return run.count(b"\n", text) - 1 if text else blank + run.count(b"\n")


def _utf_8_blocks(blocks: Iterator[bytes], where: str) -> Iterator[bytes]:
    """Yield the content without its byte order mark, while it looks like text in UTF-8."""
    first = next(blocks, b"")
    check_is_utf_8(first, where)
    check_is_text(first, where)
    yield first.removeprefix(b"\xef\xbb\xbf")
    for block in blocks:
        check_is_text(block, where)
        yield block
