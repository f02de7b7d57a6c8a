"""Which of our source files a script runs: the code a workflow rule depends on."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PACKAGE = "gpt2ro"

# A line that begins with an import, and those behind it that its brackets hold. To parse these and
# nothing else takes a sixth of the time of whole files, and Snakemake's first job waits for it.
IMPORT = re.compile(r"^[ \t]*((?:from|import)[ \t][^\n(]*(?:\([^)]*\))?[^\n]*)", re.MULTILINE)


def code_closure(script: Path, root: Path) -> list[Path]:
    """Return `script` and every module of the package it imports, directly or not, sorted.

    Imports are read from the source, inside functions too, where each begins a line, as formatted
    code has it; nothing is executed. The package `__init__` files on the way are part of the
    closure, as Python runs them.

    Args:
        script: a Python file.
        root: the folder that holds the package.
    """
    closure: set[Path] = set()
    pending = [script]
    while pending:
        path = pending.pop()
        if path not in closure:
            closure.add(path)
            pending += _imported_files(path, path.stat().st_mtime_ns, root)
    return sorted(closure)


@cache
def _imported_files(path: Path, modified: int, root: Path) -> list[Path]:
    """Return the files of the package that Python runs when a file is imported, it aside.

    Most modules are part of many scripts' code: each is parsed once, as long as it is not modified.
    """
    files: dict[Path, None] = {}
    for module in _imported_modules(path.read_text(encoding="utf-8")):
        files |= dict.fromkeys(_files(module, root))
    return list(files)


@cache
def _files(module: str, root: Path) -> list[Path]:
    """Return the files that Python runs for a dotted name, outer packages first.

    Paths are made once a name, and its beginnings are names too: there are a thousand imports.
    """
    outer, _, _ = module.rpartition(".")
    place = f"{root}/{module.replace('.', '/')}"
    own = [Path(place, "__init__.py"), Path(f"{place}.py")]
    return [*(_files(outer, root) if outer else []), *filter(Path.is_file, own)]


def _imported_modules(source: str) -> list[str]:
    """Return dotted names inside the package; `from a import b` gives a.b, as b may be a module."""
    names: list[str] = []
    for node in _imports(source):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return [name for name in dict.fromkeys(names) if name.split(".")[0] == PACKAGE]


def _imports(source: str) -> Iterator[ast.stmt]:
    """Yield the statements that import from the package, and maybe others."""
    lines = [line for line in IMPORT.findall(source) if PACKAGE in line]
    try:
        yield from ast.parse("\n".join(lines)).body
    except SyntaxError:
        # A sentence in a string, or a line that ends in a backslash.
        yield from (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.stmt))
