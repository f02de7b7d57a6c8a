"""Builds the Rust binary with cargo."""

import os
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from gpt2ro.errors import UserError
from gpt2ro.files import atomic_path, write_text

BINARY = "gpt2ro"
COMPILERS = ("c++", "g++", "clang++")
# Whose C++ headers and libraries were compiled against; cargo does not watch them.
LINKED_TO_TORCH = "torch-sys"
TORCH_STAMP = "torch-version"


def build(workspace: Path, output: Path | None, jobs: int) -> None:
    """Build the workspace's binary in release mode, with the locked dependencies, and copy it.

    Without `output` it stays in cargo's target folder, as set-up wants it.

    Cargo reads its settings from the folder it runs in, so it runs in the workspace. The Python
    that runs this must be the one whose PyTorch the binary links to.

    Raises:
        UserError: cargo or a C++ compiler is missing, or the build fails.
    """
    _require_tools()
    target = _target_folder(workspace)
    _drop_objects_of_another_torch(workspace, target)
    command = ["cargo", "build", "--release", "--locked", "--jobs", str(jobs), "--bin", BINARY]
    status = subprocess.run(command, cwd=workspace, env=_environment(), check=False).returncode
    if status != 0:
        raise UserError(
            f"{workspace}: cargo build failed with exit code {status}; its messages are above. "
            "Without network, run cargo fetch once where there is one."
        )
    write_text(target / TORCH_STAMP, version("torch"))
    if output:
        with atomic_path(output) as partial:
            shutil.copy(target / "release" / BINARY, partial)


def _drop_objects_of_another_torch(workspace: Path, target: Path) -> None:
    """Have torch-sys, and what depends on it, compiled anew when PyTorch has changed."""
    stamp = target / TORCH_STAMP
    if stamp.is_file() and stamp.read_text() != version("torch"):
        clean = ["cargo", "clean", "--release", "--locked", "--package", LINKED_TO_TORCH]
        subprocess.run(clean, cwd=workspace, env=_environment(), check=False)


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
