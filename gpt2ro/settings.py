"""Settings of a stage: a frozen dataclass that is also its command-line flags.

Each stage declares its settings once, with default, meaning and range. The scripts turn them into
flags, the rules turn a section of the config into those flags, and a test holds the config schema
against them.
"""

import argparse
import shlex
from collections.abc import Container, Mapping
from dataclasses import MISSING, Field, field, fields
from typing import Any, TypeVar, get_type_hints

from gpt2ro.errors import UserError

Settings = TypeVar("Settings")

JSON_TYPES = {bool: "boolean", int: "integer", float: "number", str: "string"}


def setting(
    default: Any,
    meaning: str,
    *,
    minimum: float | None = None,
    maximum: float | None = None,
    choices: tuple[str, ...] | None = None,
) -> Any:
    """Declare one setting of a dataclass: its default, its meaning with unit, and its range."""
    return field(
        default=default,
        metadata={"meaning": meaning, "minimum": minimum, "maximum": maximum, "choices": choices},
    )


def add_arguments(parser: argparse.ArgumentParser, settings: type) -> None:
    """Add a flag for each setting: `--min-letters` for min_letters, `--no-x` for booleans too."""
    kinds = get_type_hints(settings)
    for item in fields(settings):
        options: dict[str, Any] = {
            "default": item.default,
            "help": f"{item.metadata['meaning']} (default: %(default)s)",
        }
        if kinds[item.name] is bool:
            options["action"] = argparse.BooleanOptionalAction
        else:
            options["type"] = kinds[item.name]
            options["choices"] = item.metadata["choices"]
        parser.add_argument(_flag(item.name), **options)


def from_arguments(settings: type[Settings], arguments: argparse.Namespace) -> Settings:
    """Build the settings from parsed arguments.

    Raises:
        UserError: a value is out of its range.
    """
    values = {name: getattr(arguments, name) for name in _names(settings)}
    for item in fields(settings):  # type: ignore[arg-type]
        _check_range(item, values[item.name], _flag(item.name))
    return settings(**values)


def flags(settings: type, section: Mapping[str, Any], without: Container[str] = ()) -> str:
    """Return a checked config section, completed by the defaults, as quoted flags.

    Args:
        without: settings that are left out.
    """
    words = [
        _word(item.name, section.get(item.name, item.default))
        for item in fields(settings)
        if item.name not in without
    ]
    return shlex.join(words)


def json_schema(settings: type) -> dict[str, Any]:
    """Return the JSON schema of a config section that holds these settings."""
    kinds = get_type_hints(settings)
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {item.name: _property(item, kinds[item.name]) for item in fields(settings)},
    }


def _property(item: "Field[Any]", kind: type) -> dict[str, Any]:
    limits = {key: item.metadata[key] for key in ("minimum", "maximum")}
    choices = item.metadata["choices"]
    optional = {**limits, "enum": choices and list(choices)}
    return {
        "type": JSON_TYPES[kind],
        "description": item.metadata["meaning"],
        "default": item.default,
        **{key: value for key, value in optional.items() if value is not None},
    }


def _names(settings: type) -> list[str]:
    assert all(item.default is not MISSING for item in fields(settings))
    return [item.name for item in fields(settings)]


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")


def _word(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return _flag(name) if value else "--no-" + _flag(name)[2:]
    return f"{_flag(name)}={value}"


def _check_range(item: "Field[Any]", value: Any, where: str) -> None:
    minimum, maximum = item.metadata["minimum"], item.metadata["maximum"]
    if minimum is not None and value < minimum:
        raise UserError(f"{where}: {value} is too small; set {minimum} or more.")
    if maximum is not None and value > maximum:
        raise UserError(f"{where}: {value} is too large; set {maximum} or less.")
