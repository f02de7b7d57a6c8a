"""YAML files of the user's: configs, catalogues, experiments."""

import os
from pathlib import Path
from typing import Any

import yaml

from gpt2ro.errors import UserError


def read_yaml(path: Path) -> Any:
    """Read a YAML file; an empty one is None.

    Raises:
        UserError: the file cannot be read, or is not YAML: then with the line.
    """
    try:
        return parsed(path.read_text(encoding="utf-8"))
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


def parsed(text: str) -> Any:
    """Parse YAML in C, a tenth of the time that Snakemake's start else takes for our files."""
    try:
        return yaml.load(text, yaml.CSafeLoader)
    except AttributeError:  # without libyaml
        return yaml.safe_load(text)
