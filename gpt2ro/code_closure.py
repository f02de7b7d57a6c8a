"""Which of our source files a script runs: the code a workflow rule depends on."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PACKAGE = "gpt2ro"


def code_closure(script: Path, root: Path) -> list[Path]:
    """Return `script` and every module of the package it imports, directly or not, sorted.

    Imports are read from the syntax tree, inside functions too; nothing is executed. The package
    `__init__` files on the way are part of the closure, as Python runs them.

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
            pending.extend(_imported_files(path, root))
    return sorted(closure)


def _imported_files(path: Path, root: Path) -> Iterator[Path]:
    for module in _imported_modules(path, path.stat().st_mtime_ns):
        parts = module.split(".")
        for depth in range(1, len(parts) + 1):
            base = root.joinpath(*parts[:depth])
            for candidate in (base / "__init__.py", base.with_suffix(".py")):
                if candidate.is_file():
                    yield candidate


@cache
def _imported_modules(path: Path, modified: int) -> list[str]:
    """Return dotted names inside the package; `from a import b` gives a.b, as b may be a module.

    Most modules are part of many scripts' code: each is parsed once, as long as it is not modified.
    """
    names: list[str] = []
    for node in _statements(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return [name for name in dict.fromkeys(names) if name.split(".")[0] == PACKAGE]


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the statements below a node, however deep; no expression holds one."""
    for block in ("body", "orelse", "finalbody", "handlers", "cases"):
        for inner in getattr(node, block, ()):
            yield inner
            yield from _statements(inner)
