"""A copy of the project with a miniature configuration, on which the real Snakefile is run."""

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

ROOT = Path(__file__).resolve().parents[2]
MAKEFILE = ROOT / "Makefile"
EXTENSION = "gpt2ro/_native.abi3.so"
MINIATURE = ROOT / "tests" / "workflow" / "miniature"
COPIED = (
    "Snakefile", "workflow", "config", "profiles", "gpt2ro", "rust", "data", "pyproject.toml",
)  # fmt: skip
MINIATURE_PARTS = {
    "animals.txt": "tales_animals_1.txt",
    "family.txt": "tales_family_1.txt",
    "letters.txt": "letters_1.txt",
}
PLANNED = "update pending"
# Seconds: the first run of all compiles Rust, which takes ten minutes on a busy machine.
HANGS_AFTER = 3600
PART = re.compile(r"/(tales|letters)/(\w+\.txt)")


@dataclass(frozen=True)
class Result:
    """How a Snakemake run ended."""

    status: int
    stdout: str
    stderr: str


def job(output: dict[str, str]) -> str:
    """The job that makes an output: its rule, with source and part where the rule has them."""
    part = PART.search(output["output_file"]) if output["rule"] != "clusters" else None
    return output["rule"] + (f"({part[1]}/{part[2]})" if part else "")


def end_group(process: subprocess.Popen[str]) -> None:
    """End a process and all that it started in its group."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def write_miniature_corpus(folder: Path) -> None:
    """Write three parts of about 12 KB from the demo's texts; a blank line ends a document."""
    folder.mkdir(parents=True)
    for part, name in MINIATURE_PARTS.items():
        text = (ROOT / "data" / "demo" / "source" / name).read_text(encoding="utf-8")
        lines = [line for line in text.splitlines() if not line.startswith("=== ")]
        documents = "\n".join(lines).split("\n\n")
        (folder / part).write_text("\n\n".join(documents[:14]) + "\n", encoding="utf-8")


class Workspace:
    """A folder in which snakemake is run as a user runs it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def new(cls, folder: Path) -> Self:
        """Make a workspace in which nothing has run."""
        folder.mkdir(parents=True, exist_ok=True)
        ignore = shutil.ignore_patterns("target", "__pycache__", "*.so")
        for name in COPIED:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, folder / name, ignore=ignore)
            else:
                shutil.copy2(source, folder / name)
        shutil.copytree(MINIATURE, folder / "miniature")
        # The miniature takes the place of the demo, so that commands are tested as users type them.
        shutil.copy(MINIATURE / "config.yaml", folder / "config" / "config.yaml")
        write_miniature_corpus(folder / "miniature" / "text")
        return cls(folder)

    def copied(self, folder: Path) -> Self:
        """Copy the workspace with all that has run in it, for a test that would spoil it."""
        shutil.copytree(self.folder, folder, symlinks=True)
        return type(self)(folder)

    def command(self, *arguments: str) -> list[str]:
        return ["snakemake", "--nocolor", *arguments]

    def replace(self, name: str, old: str, new: str) -> None:
        """Change a piece of a file, which must be there."""
        path = self.folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{name} does not contain {old!r}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    @contextmanager
    def changed(self, name: str, old: str, new: str) -> Iterator[None]:
        """Change a file for as long as the block lasts."""
        before = (self.folder / name).read_bytes()
        self.replace(name, old, new)
        try:
            yield
        finally:
            (self.folder / name).write_bytes(before)

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            # One build of libtorch's wrapper for all workspaces: it depends on where the shim is.
            "CARGO_TARGET_DIR": str(ROOT / "rust" / "target"),
            "CPLUS_INCLUDE_PATH": str(ROOT / "rust" / "shim"),
            "PYTHONPATH": str(self.folder),
        }

    def started(self, *arguments: str, output: int) -> subprocess.Popen[str]:
        """Start snakemake in a process group of its own; `output` is where both streams go."""
        return subprocess.Popen(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environment,
            stdout=output,
            stderr=output,
            text=True,
            start_new_session=True,
        )

    def snakemake(self, *arguments: str, timeout: float = HANGS_AFTER) -> Result:
        """Run snakemake to its end; if that does not come, end its jobs with it."""
        process = self.started(*arguments, output=subprocess.PIPE)
        try:
            stdout, stderr = process.communicate(timeout=timeout)
        except BaseException:
            end_group(process)
            raise
        return Result(process.returncode, stdout, stderr)

    def build(self, *targets: str) -> Result:
        """Run targets and insist that they succeed."""
        result = self.snakemake(*targets)
        assert result.status == 0, result.stderr + result.stdout
        return result

    def take_extension(self) -> None:
        """Take the extension that set-up has built here, and note it as set-up does."""
        shutil.copy2(ROOT / EXTENSION, self.folder / EXTENSION)
        command = re.search(
            r"^NOTE_EXTENSION = .* snakemake (.*)$", MAKEFILE.read_text(), re.MULTILINE
        )
        assert command, "the Makefile does not note the extension"
        self.build(*command[1].split())

    def planned(self, *targets: str) -> set[str]:
        """The jobs a run would execute now: `train`, `clean(tales/animals.txt)`."""
        result = self.snakemake("--summary", *targets)
        assert result.status == 0, result.stderr + result.stdout
        header, *rows = (line.split("\t") for line in result.stdout.splitlines())
        outputs = [dict(zip(header, row, strict=True)) for row in rows]
        return {job(output) for output in outputs if output["plan"] == PLANNED}

    def kill_when(self, path: Path, *targets: str, timeout: float = HANGS_AFTER) -> None:
        """Run targets and send SIGKILL to the whole process group once `path` exists."""
        process = self.started(*targets, output=subprocess.DEVNULL)
        end = time.monotonic() + timeout
        try:
            while not path.exists():
                assert process.poll() is None, f"snakemake ended before {path} appeared"
                assert time.monotonic() < end, f"{path} did not appear within {timeout} s"
                time.sleep(0.01)
        finally:
            end_group(process)

    def outputs(self) -> dict[str, bytes]:
        """Every output of the workflow with its bytes; not logs, checkpoints or TensorBoard."""
        results = self.folder / "results"
        unordered = {"logs", "training"}
        return {
            str(path.relative_to(results)): path.read_bytes()
            for path in sorted(results.rglob("*"))
            if path.is_file() and path.relative_to(results).parts[0] not in unordered
        }


def workspace_with_letters(folder: Path, letters_address: str) -> Workspace:
    """Make a workspace whose second source is downloaded from this address."""
    workspace = Workspace.new(folder)
    workspace.replace("miniature/sources.yaml", "http://miniature.invalid", letters_address)
    return workspace
