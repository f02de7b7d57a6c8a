"""Building the binary and the extension: what is missing is told before anything is built."""

import sys
from pathlib import Path

import pytest

from gpt2ro.errors import UserError
from gpt2ro.rust_build import (
    EXTENSION,
    STATIC_BYTES,
    build,
    build_extension,
    build_static,
    require_tools,
)


def make_tool(folder: Path, name: str, script: str = "exit 0") -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is all of PATH."""
    folder = tmp_path / "tools"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("CXX", raising=False)
    monkeypatch.delenv("CARGO_TARGET_DIR", raising=False)
    return folder


def test_a_missing_cargo_is_told(tools: Path, tmp_path: Path) -> None:
    make_tool(tools, "g++")
    with pytest.raises(UserError, match="cargo: not found on PATH, expected a Rust toolchain"):
        build(tmp_path, tmp_path / "bin" / "gpt2ro", 1)


@pytest.mark.parametrize(
    ("told", "is_enough"),
    [
        ("rustc 1.75.0 (82e1608df 2023-12-21)", False),
        ("rustc 1.100.0-nightly (59807616e 2026-09-14)", True),
        ("rustc 1.89.0 (29483883e 2025-08-04)", True),
        ("", True),
    ],
)
def test_a_rust_that_is_too_old_is_told(
    tools: Path, tmp_path: Path, told: str, is_enough: bool
) -> None:
    for name in ("g++", "cargo"):
        make_tool(tools, name)
    make_tool(tools, "rustc", f'echo "{told}"')
    (tmp_path / "Cargo.toml").write_text('[workspace.package]\nrust-version = "1.89"\n')
    if is_enough:
        require_tools(tmp_path)
    else:
        with pytest.raises(
            UserError, match=r"Rust 1\.75 found, 1\.89 or newer expected; run rustup"
        ):
            require_tools(tmp_path)


def test_a_missing_compiler_is_told(tools: Path, tmp_path: Path) -> None:
    make_tool(tools, "cargo")
    with pytest.raises(UserError, match=r"C\+\+ compiler: none of c\+\+, g\+\+, clang\+\+ found"):
        build(tmp_path, tmp_path / "bin" / "gpt2ro", 1)


def test_a_failed_build_is_told_and_leaves_no_binary(tools: Path, tmp_path: Path) -> None:
    make_tool(tools, "g++")
    make_tool(tools, "cargo", "exit 101")
    with pytest.raises(UserError, match="cargo build failed with exit code 101"):
        build(tmp_path, tmp_path / "bin" / "gpt2ro", 1)
    assert not (tmp_path / "bin").exists()


def test_what_was_compiled_against_another_torch_is_dropped(
    tools: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_tool(tools, "g++")
    make_tool(tools, "cargo", f'echo "$1" >> {tmp_path}/calls')
    (tmp_path / "target").mkdir()
    for torch in ("2.13.0", "2.13.0", "2.14.0"):
        monkeypatch.setattr("gpt2ro.rust_build.version", lambda name, torch=torch: torch)
        build(tmp_path, None, 1)
    assert (tmp_path / "calls").read_text().split() == ["build", "build", "clean", "build"]


def test_both_binaries_are_copied_with_their_permissions(tools: Path, tmp_path: Path) -> None:
    make_tool(tools, "g++")
    make_tool(tools, "cargo")
    release = tmp_path / "target" / "release"
    release.mkdir(parents=True)
    names = ("gpt2ro", "gpt2ro-rust-bert")
    for name in names:
        make_tool(release, name)
    build(tmp_path, tmp_path / "bin" / "gpt2ro", 1)
    for name in names:
        assert (tmp_path / "bin" / name).stat().st_mode & 0o111


HOST = "x86_64-unknown-linux-gnu"


def make_static(tools: Path, workspace: Path, *, size: int = 100, ldd: str = "exit 1") -> None:
    """Stand-ins for cargo, which notes how it was called, and for ldd; and what cargo has built."""
    make_tool(
        tools,
        "cargo",
        f'[ "$1" = -vV ] && echo "host: {HOST}" || echo "$RUSTFLAGS $@" > {workspace}/seen',
    )
    make_tool(tools, "ldd", ldd)
    release = workspace / "target" / HOST / "release"
    release.mkdir(parents=True)
    (release / "gpt2ro").write_bytes(bytes(size))


def test_the_static_binary_has_the_c_library_and_no_libtorch(tools: Path, tmp_path: Path) -> None:
    make_static(tools, tmp_path, size=STATIC_BYTES - 1)
    build_static(tmp_path, tmp_path / "bin" / "gpt2ro-static", 1)
    assert (tmp_path / "bin" / "gpt2ro-static").stat().st_size == STATIC_BYTES - 1
    seen = (tmp_path / "seen").read_text()
    assert seen.startswith("-C target-feature=+crt-static build --release --locked")
    assert f"--target {HOST} --package gpt2ro\n" in seen


def test_a_static_binary_that_is_too_large_is_not_kept(tools: Path, tmp_path: Path) -> None:
    make_static(tools, tmp_path, size=STATIC_BYTES)
    with pytest.raises(UserError, match="10,000,000 bytes found, under 10,000,000 expected"):
        build_static(tmp_path, tmp_path / "bin" / "gpt2ro-static", 1)
    assert not (tmp_path / "bin" / "gpt2ro-static").exists()


def test_a_static_binary_that_needs_a_library_is_not_kept(tools: Path, tmp_path: Path) -> None:
    make_static(tools, tmp_path, ldd='echo "\tlibtorch_cpu.so => /x/libtorch_cpu.so (0x0)"')
    with pytest.raises(UserError, match=r"linked to libtorch_cpu\.so, expected no shared library"):
        build_static(tmp_path, tmp_path / "bin" / "gpt2ro-static", 1)
    assert not (tmp_path / "bin" / "gpt2ro-static").exists()


def test_the_extension_is_built_for_this_python_and_copied(tools: Path, tmp_path: Path) -> None:
    make_tool(tools, "cargo", f'echo "$PYO3_BUILD_EXTENSION_MODULE $PYO3_PYTHON" > {tmp_path}/seen')
    release = tmp_path / "target" / "release"
    release.mkdir(parents=True)
    (release / EXTENSION).write_bytes(b"built")
    build_extension(tmp_path, tmp_path / "package" / "_native.abi3.so", 1)
    assert (tmp_path / "package" / "_native.abi3.so").read_bytes() == b"built"
    assert (tmp_path / "seen").read_text() == f"1 {sys.executable}\n"


def test_the_extension_needs_cargo(tools: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cargo: not found on PATH, expected a Rust toolchain"):
        build_extension(tmp_path, tmp_path / "_native.abi3.so", 1)
