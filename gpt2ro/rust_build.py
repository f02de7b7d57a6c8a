"""Builds the Rust binary with cargo."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from gpt2ro.errors import UserError
from gpt2ro.files import atomic_path

BINARY = "gpt2ro"
COMPILERS = ("c++", "g++", "clang++")


def build(workspace: Path, output: Path, jobs: int) -> None:
    """Build the workspace's binary in release mode, with the locked dependencies, and copy it.

    Cargo reads its settings from the folder it runs in, so it runs in the workspace. The Python
    that runs this must be the one whose PyTorch the binary links to.

    Raises:
        UserError: cargo or a C++ compiler is missing, or the build fails.
    """
    _require_tools()
    command = ["cargo", "build", "--release", "--locked", "--jobs", str(jobs), "--bin", BINARY]
    status = subprocess.run(command, cwd=workspace, env=_environment(), check=False).returncode
    if status != 0:
        raise UserError(
            f"{workspace}: cargo build failed with exit code {status}; its messages are above. "
            "Without network, run cargo fetch once where there is one."
        )
    with atomic_path(output) as partial:
        shutil.copy(_target_folder(workspace) / "release" / BINARY, partial)


def _require_tools() -> None:
    if shutil.which("cargo") is None:
        raise UserError(
            "cargo: not found on PATH, expected a Rust toolchain; install Rust (rustup.rs or your "
            "distribution) and run again."
        )
    if not any(shutil.which(name) for name in (os.environ.get("CXX", ""), *COMPILERS) if name):
        raise UserError(
            f"C++ compiler: none of {', '.join(COMPILERS)} found on PATH; install one (Debian: "
            "apt install g++) and run again."
        )


def _environment() -> dict[str, str]:
    """Put this Python first on PATH: torch-sys links to the PyTorch of the first python3."""
    folder = str(Path(sys.executable).parent)
    return {**os.environ, "PATH": os.pathsep.join((folder, os.environ["PATH"]))}


def _target_folder(workspace: Path) -> Path:
    return Path(os.environ.get("CARGO_TARGET_DIR") or workspace / "target")
