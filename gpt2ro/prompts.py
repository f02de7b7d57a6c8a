"""Files of prompts, one a line: those of the samples and of the parity check."""

from pathlib import Path

from gpt2ro.errors import UserError


def read_prompts(path: Path) -> list[str]:
    """Return the prompts of a file exactly as the binary reads them: one a line, no empty ones.

    Raises:
        UserError: it is missing, not UTF-8, or has no prompt.
    """
    # A mark of the encoding is no part of the first. Lines end at \n or \r\n only; str.splitlines
    # would also cut at U+2028 and others.
    try:
        lines = path.read_bytes().decode("utf-8-sig").split("\n")
    except FileNotFoundError:
        raise UserError(f"{path}: no such file; name a file with a prompt a line.") from None
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: not UTF-8 at byte {error.start:,}; save it as UTF-8.") from None
    prompts = [line.removesuffix("\r") for line in lines if line.strip()]
    if not prompts:
        raise UserError(f"{path}: no prompt in it; write one a line.")
    return prompts
