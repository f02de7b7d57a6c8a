"""Lines and whole texts of files that may be compressed, in bounded memory."""

from collections.abc import Iterator
from pathlib import Path

from gpt2ro.errors import UserError
from gpt2ro.sources.compression import MAX_TEXT_EXPANSION, decompressed
from gpt2ro.sources.encoding import check_is_text, check_is_utf_8, decoded
from gpt2ro.sources.input_file import unchanged

# Of blank lines in a row so many are passed on: clean leaves one, and a file can be all of them.
MAX_BLANK_LINES = 100
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
    number = blank = 0
    pending: list[bytes] = []
    for block in _utf_8_blocks(blocks, where):
        # Thousands of millions of line ends are passed over a block at a time.
        if blank >= MAX_BLANK_LINES and not block.strip() and not b"".join(pending).strip():
            if ends := block.count(b"\n"):
                number += ends
                pending = []
            pending.append(block[block.rfind(b"\n") + 1 :])
        else:
            first, *rest = block.split(b"\n")
            pending.append(first)
            for piece in rest:
                line = b"".join(pending).removesuffix(b"\r")
                pending = [piece]
                number += 1
                blank = 0 if line.strip() else blank + 1
                if blank <= MAX_BLANK_LINES:
                    yield number, line
        if sum(map(len, pending)) > MAX_LINE_BYTES:
            raise UserError(
                f"{where}: line {number + 1} is over {MAX_LINE_BYTES >> 20} MiB long, expected "
                "lines of text; break it into lines, or leave the file out."
            )
    if last := b"".join(pending):
        yield number + 1, last.removesuffix(b"\r")


def file_lines(path: Path, max_expansion: int) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of a file, compressed or not, as `numbered_lines` gives them.

    Raises:
        UserError: the file is missing, truncated or damaged, or expands beyond the limit.
    """
    yield from numbered_lines(decompressed(path, max_expansion), str(path))


def text_lines(blocks: Iterator[bytes], where: str, invalid_utf8: str) -> Iterator[str]:
    """Yield the lines of a UTF-8 text as `numbered_lines` gives them.

    Args:
        invalid_utf8: "error", or "replace" for U+FFFD in place of each invalid byte.

    Raises:
        UserError: a line is not UTF-8.
    """
    for number, line in numbered_lines(blocks, where):
        yield decoded(line, f"{where}: line {number}", invalid_utf8)


def whole_text(path: Path) -> str:
    """Return a UTF-8 text file of the user's, compressed or not, as one text.

    Raises:
        UserError: the file is missing, truncated, damaged or not UTF-8, expands beyond
            MAX_TEXT_EXPANSION, or changes meanwhile.
    """
    with unchanged(path):
        blocks = _utf_8_blocks(decompressed(path, MAX_TEXT_EXPANSION), str(path))
        return decoded(b"".join(blocks), str(path), "error")


def _utf_8_blocks(blocks: Iterator[bytes], where: str) -> Iterator[bytes]:
    """Yield the content without its byte order mark, while it looks like text in UTF-8."""
    first = next(blocks, b"")
    check_is_utf_8(first, where)
    check_is_text(first, where)
    yield first.removeprefix(b"\xef\xbb\xbf")
    for block in blocks:
        check_is_text(block, where)
        yield block
