"""Runs the Rust binary and reports its failures."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

from gpt2ro.errors import UserError


def run_binary(binary: Path, arguments: Sequence[str]) -> str:
    """Run the binary and return its standard output.

    Raises:
        UserError: it cannot be started, or fails.
    """
    try:
        done = subprocess.run(
            [str(binary.absolute()), *arguments], capture_output=True, text=True, check=False
        )
    except OSError as error:
        raise UserError(
            f"{binary}: cannot be started ({error.strerror}); run the step rust again."
        ) from None
    if done.returncode != 0:
        raise UserError(f"{binary}: exit code {done.returncode}: {done.stderr.strip()}")
    return done.stdout
