"""Bytes as UTF-8 text, and other encodings told by what they leave in a file."""

import shlex
from pathlib import Path

from gpt2ro.errors import UserError
from gpt2ro.sources.compression import compression

HEAD = 1 << 16  # bytes by which an encoding is told
# UTF-16 writes every second byte of a Romanian text as 0 or 1, and 1 and 2 are the rarer: between
# 45 and 50 % of its bytes are NUL. Text in UTF-8 has none, or a few from a faulty program.
MAX_NULS = 0.2
# What Windows-1252 has where Latin-1 has controls; five of these it leaves as they are.
WINDOWS_1252 = {
    byte: character
    for byte in range(0x80, 0xA0)
    if (character := bytes([byte]).decode("windows-1252", errors="ignore"))
}
# The first with which a file begins counts: the mark of UTF-32LE begins with that of UTF-16LE.
MARKS = {
    b"\xff\xfe\0\0": "utf-32le",
    b"\0\0\xfe\xff": "utf-32be",
    b"\xff\xfe": "utf-16le",
    b"\xfe\xff": "utf-16be",
}


def check_is_utf_8(head: bytes, where: str) -> None:
    """Refuse what decodes as UTF-8, or as U+FFFD, and is no text: UTF-16, UTF-32 and binary data.

    Args:
        head: the beginning of the file; its first 64 KiB are looked at.
        where: the file, for the error.

    Raises:
        UserError: names the encoding and how to convert it.
    """
    head = head[:HEAD]
    nuls = head.count(0)
    encoding = next((found for mark, found in MARKS.items() if head.startswith(mark)), None)
    if encoding is None and nuls > MAX_NULS * len(head):
        odd, even = head[1::2].count(0), head[::2].count(0)
        if min(odd, even) > 0.5 * max(odd, even):
            raise UserError(
                f"{where}: {nuls:,} of the first {len(head):,} bytes are NUL, which is no text; "
                "expected UTF-8; restore the file, or leave it out."
            )
        encoding = "utf-16le" if odd > even else "utf-16be"
    if encoding is not None:
        raise UserError(
            f"{where}: written as {encoding.upper()}, expected UTF-8; convert it: "
            f"{_conversion(encoding, where)}."
        )


def _conversion(encoding: str, where: str) -> str:
    """Return the command that converts a file to UTF-8.

    Args:
        where: the file, or a line of it; of what lies in an archive the command names no file.
    """
    command = f"iconv -f {encoding} -t utf-8"
    path = Path(where.rpartition(": line ")[0] or where)
    try:
        kind = compression(path)
    except OSError:
        return command
    name = shlex.quote(str(path))
    return f"{kind} -dc {name} | {command} > NEW" if kind else f"{command} {name} > NEW"


def check_is_text(block: bytes, where: str) -> None:
    """Refuse a block of which a fifth is NULs, such as a crash leaves behind a text.

    Each NUL would be six bytes in the JSON of a document, until clean takes it out.

    Raises:
        UserError: says how many there are.
    """
    nuls = block.count(0)
    if nuls > MAX_NULS * max(len(block), HEAD):
        raise UserError(
            f"{where}: {nuls:,} of {len(block):,} bytes in a row are NUL, which is no text; "
            "expected UTF-8; restore the file, or leave it out."
        )


def decoded(
    data: bytes,
    where: str,
    invalid_utf8: str,
    remedy: str = ", or set extraction.invalid_utf8 to legacy",
) -> str:
    """Decode UTF-8, or say where the invalid byte is.

    Args:
        remedy: what else the user can do than convert the file, for the message.
        invalid_utf8: "error", "replace" for U+FFFD in place of each invalid byte, or "legacy" for
            all of it as Windows-1252, of which clean makes the Romanian encoding that it is in.

    Raises:
        UserError: the bytes are not UTF-8 and `invalid_utf8` is "error".
    """
    try:
        return data.decode("utf-8", errors="replace" if invalid_utf8 == "replace" else "strict")
    except UnicodeDecodeError as error:
        if invalid_utf8 == "legacy":
            return data.decode("latin-1").translate(WINDOWS_1252)
        if error.reason == "unexpected end of data" and not data[: error.start].isascii():
            raise UserError(
                f"{where}: ends within a letter in UTF-8, as what was cut off does; restore it, or "
                "take its last bytes away."
            ) from None
        raise UserError(
            f"{where}: byte {error.start + 1} is {data[error.start]:#04x}, not UTF-8; convert the "
            f"file (old Romanian text: {_conversion('windows-1250', where)}){remedy}."
        ) from None
