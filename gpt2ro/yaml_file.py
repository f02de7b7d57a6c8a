"""YAML files of the user's: configs, catalogues, experiments."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from gpt2ro.errors import UserError

# In C, a tenth of the time that Snakemake's start else takes for our files; Python without libyaml.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(path: Path) -> Any:
    """Read a YAML file; an empty one is None.

    Raises:
        UserError: the file cannot be read, is not YAML, or has a key twice: then with the lines.
    """
    try:
        text = path.read_text(encoding="utf-8")
        # JSON is YAML, but for the tabs between its words.
        return _read(text.replace("\t", " ") if path.suffix == ".json" else text, path)
    except FileNotFoundError:
        raise UserError(f"{path}: not found; check the name.") from None
    except OSError as error:
        reason = os.strerror(error.errno or 0).lower()
        raise UserError(f"{path}: {reason}; name a YAML file that can be read.") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = f", line {mark.line + 1}" if mark else ""
        raise UserError(f"{path}{line}: not YAML ({error.problem}); mend it, run again.") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: not YAML ({error}); mend it, run again.") from None


def look_at_config(path: Path) -> None:
    """See whether a file can be a config at all: Snakemake, which reads it, names no file and line.

    Of a key that is given twice it takes the last value, without a word.

    Raises:
        UserError: the file cannot be read, is not YAML, has a key twice, or no keys.
    """
    if not isinstance(read_yaml(path), Mapping):
        raise UserError(
            f"{path}: no keys with values; expected at least sources: and the names of some."
        )


def parsed(text: str) -> Any:
    """Parse YAML."""
    return yaml.load(text, LOADER)


def _read(text: str, path: Path) -> Any:
    loader = LOADER(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return None
        _check_keys(node, path, (), set())
        return loader.construct_document(node)
    finally:
        loader.dispose()


def _check_keys(node: yaml.Node, path: Path, section: tuple[str, ...], seen: set[int]) -> None:
    """Refuse a key that a section of a file has twice; `seen` are the nodes that have names (&)."""
    if isinstance(node, yaml.ScalarNode) or id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _check_keys(item, path, section, seen)
        return
    lines: dict[str, int] = {}
    for key, value in node.value:
        name, line = str(key.value), key.start_mark.line + 1
        if name in lines:
            raise UserError(
                f"{path}: {'.'.join((*section, name))} is there twice, on lines {lines[name]} and "
                f"{line}; keep one."
            )
        lines[name] = line
        _check_keys(value, path, (*section, name), seen)
