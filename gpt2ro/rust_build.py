"""Builds the Rust binaries, and the extension of Python, with cargo."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from gpt2ro.errors import UserError
from gpt2ro.files import atomic_path, write_text

BINARY = "gpt2ro"
# The binary that also has libtorch; BINARY starts it, from the same folder, when it is needed.
WITH_TORCH = "gpt2ro-rust-bert"
EXTENSION = "libgpt2ro_native." + ("dylib" if sys.platform == "darwin" else "so")
COMPILERS = ("c++", "g++", "clang++")
# The static binary is copied to machines that have nothing; it stays under this.
STATIC_BYTES = 10_000_000
# Whose C++ headers and libraries were compiled against; cargo does not watch them.
LINKED_TO_TORCH = "torch-sys"
TORCH_STAMP = "torch-version"


def build(workspace: Path, output: Path | None, jobs: int) -> None:
    """Build the workspace's binaries in release mode, with the locked dependencies, and copy them.

    The one is copied to `output`, the one with libtorch beside it. Without `output` they stay in
    cargo's target folder, as set-up wants it.

    Cargo reads its settings from the folder it runs in, so it runs in the workspace. The Python
    that runs this must be the one whose PyTorch is linked to.

    Raises:
        UserError: cargo or a C++ compiler is missing, Rust is too old, or the build fails.
    """
    require_tools(workspace)
    target = _target_folder(workspace)
    _drop_objects_of_another_torch(workspace, target)
    _cargo_build(workspace, [BINARY, WITH_TORCH], jobs, _environment())
    write_text(target / TORCH_STAMP, version("torch"))
    if output:
        for name, path in ((WITH_TORCH, output.with_name(WITH_TORCH)), (BINARY, output)):
            with atomic_path(path) as partial:
                shutil.copy(target / "release" / name, partial)


def build_static(workspace: Path, output: Path, jobs: int) -> None:
    """Build the binary with the C library linked in, and copy it.

    It needs no shared library, so it runs on every Linux of this processor.

    Raises:
        UserError: cargo is missing or too old, the build fails, or the binary is too large or not
            alone.
    """
    _require_rust(workspace)
    host = _host()
    # With a target of its own, the C library is not linked into what runs during the build.
    flags = ["--target", host]
    settings = {
        "RUSTFLAGS": "-C target-feature=+crt-static",
        "CARGO_PROFILE_RELEASE_STRIP": "symbols",
    }
    _cargo_build(workspace, [BINARY], jobs, {**_environment(), **settings}, flags)
    with atomic_path(output) as partial:
        shutil.copy(_target_folder(workspace) / host / "release" / BINARY, partial)
        require_static(partial, output)


def require_static(built: Path, output: Path) -> None:
    """Check what a binary weighs and needs.

    Raises:
        UserError: it has STATIC_BYTES or more, or is linked to a shared library.
    """
    size = built.stat().st_size
    if size >= STATIC_BYTES:
        raise UserError(
            f"{output}: {size:,} bytes found, under {STATIC_BYTES:,} expected; see what has grown "
            "in rust/Cargo.lock; not kept."
        )
    # ldd fails for a binary that has no table of shared libraries at all.
    done = subprocess.run(["ldd", str(built)], capture_output=True, text=True, check=False)
    libraries = [line.split()[0] for line in done.stdout.splitlines() if "=>" in line]
    if libraries:
        raise UserError(
            f"{output}: linked to {', '.join(libraries)}, expected no shared library; not kept."
        )


def _host() -> str:
    """Return the platform that cargo builds for, such as x86_64-unknown-linux-gnu."""
    done = subprocess.run(["cargo", "-vV"], capture_output=True, text=True, check=False)
    for line in done.stdout.splitlines():
        if line.startswith("host: "):
            return line.removeprefix("host: ")
    raise UserError("cargo -vV: names no host; expected a Rust toolchain; install it again.")


def build_extension(workspace: Path, output: Path, jobs: int) -> None:
    """Build the extension module of Python in release mode and copy it.

    It is the one that maturin builds at set-up; this is for a change of its sources.

    Raises:
        UserError: cargo is missing or too old, or the build fails.
    """
    _require_rust(workspace)
    settings = {"PYO3_BUILD_EXTENSION_MODULE": "1", "PYO3_PYTHON": sys.executable}
    _cargo_build(workspace, ["gpt2ro-python"], jobs, {**_environment(), **settings})
    with atomic_path(output) as partial:
        shutil.copy(_target_folder(workspace) / "release" / EXTENSION, partial)


def _cargo_build(
    workspace: Path,
    packages: Sequence[str],
    jobs: int,
    environment: dict[str, str],
    flags: Sequence[str] = (),
) -> None:
    command = ["cargo", "build", "--release", "--locked", "--jobs", str(jobs), *flags]
    for package in packages:
        command += ["--package", package]
    status = subprocess.run(command, cwd=workspace, env=environment, check=False).returncode
    if status != 0:
        raise UserError(
            f"{workspace}: cargo build failed with exit code {status}; its messages are above. "
            "Without network, run cargo fetch once where there is one."
        )


def _drop_objects_of_another_torch(workspace: Path, target: Path) -> None:
    """Have torch-sys, and what depends on it, compiled anew when PyTorch has changed."""
    stamp = target / TORCH_STAMP
    if stamp.is_file() and stamp.read_text() != version("torch"):
        clean = ["cargo", "clean", "--release", "--locked", "--package", LINKED_TO_TORCH]
        subprocess.run(clean, cwd=workspace, env=_environment(), check=False)


def require_tools(workspace: Path) -> None:
    """See whether all is there that a build of the workspace needs.

    Raises:
        UserError: cargo or a C++ compiler is missing, or Rust is too old.
    """
    _require_rust(workspace)
    _require_compiler()


def _require_rust(workspace: Path) -> None:
    if shutil.which("cargo") is None:
        raise UserError(
            "cargo: not found on PATH, expected a Rust toolchain; install Rust (rustup.rs or your "
            "distribution) and run again."
        )
    # Those of distributions are often too old, and cargo then speaks of a feature or an edition.
    if (found := _rust_version()) and found < (needed := _needed_rust(workspace)):
        raise UserError(
            f"rustc: Rust {_dotted(found)} found, {_dotted(needed)} or newer expected; run rustup "
            "update, or install Rust from rustup.rs, and run again."
        )


def _rust_version() -> tuple[int, ...]:
    """Return the version of the compiler on PATH; nothing if there is none or it does not say."""
    if shutil.which("rustc") is None:
        return ()
    done = subprocess.run(["rustc", "--version"], capture_output=True, text=True, check=False)
    told = re.match(r"rustc (\d+)\.(\d+)", done.stdout)
    return tuple(map(int, told.groups())) if told else ()


def _needed_rust(workspace: Path) -> tuple[int, ...]:
    manifest = tomllib.loads((workspace / "Cargo.toml").read_text(encoding="utf-8"))
    return tuple(map(int, manifest["workspace"]["package"]["rust-version"].split(".")))


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))


def _require_compiler() -> None:
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
