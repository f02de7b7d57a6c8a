"""Which of our source files a script runs: the code a workflow rule depends on."""

import ast
from collections.abc import Iterator
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
    for module in _imported_modules(ast.parse(path.read_text(encoding="utf-8"))):
        parts = module.split(".")
        for depth in range(1, len(parts) + 1):
            base = root.joinpath(*parts[:depth])
            for candidate in (base / "__init__.py", base.with_suffix(".py")):
                if candidate.is_file():
                    yield candidate


def _imported_modules(tree: ast.AST) -> Iterator[str]:
    """Yield dotted names inside the package; `from a import b` yields a.b, as b may be a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        yield from (name for name in names if name.split(".")[0] == PACKAGE)
