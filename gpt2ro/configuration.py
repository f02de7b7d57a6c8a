"""Checks a configuration against its JSON schema and says what is wrong in one line."""

import json
from collections.abc import Mapping
from typing import Any

import yaml
from jsonschema import Draft202012Validator, ValidationError

from gpt2ro.errors import UserError, nearest
from gpt2ro.yaml_file import parsed

TYPE_NAMES = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "nothing (null)",
    "number": "a number",
    "object": "a section of keys",
    "string": "a text",
}


def typed(values: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return values of Snakemake's command line with the types of YAML.

    In `--config 'training={threads: 4}'` Snakemake leaves every value inside a section as text. A
    text that stands where `schema` allows none is read as YAML, and null where it allows that.
    """
    return {
        name: _typed(value, schema.get("properties", {}).get(name, {}))
        for name, value in values.items()
    }


def _typed(value: Any, schema: Mapping[str, Any]) -> Any:
    if isinstance(value, Mapping):
        return typed(value, schema)
    kinds = schema.get("type", "string")
    if value == "null" and "null" in kinds:
        return None
    if isinstance(value, str) and "string" not in kinds:
        try:
            return parsed(value)
        except yaml.YAMLError:
            return value  # what it should have been is for the check to say
    return value


def check(values: Mapping[str, Any], schema: Mapping[str, Any], where: str) -> None:
    """Hold `values` against a JSON schema (draft 2020-12).

    Args:
        where: the name of the file, for the message.

    Raises:
        UserError: names the file, the key, what was found, what is allowed and, for an unknown
            key, the nearest valid one.
    """
    errors = sorted(Draft202012Validator(schema).iter_errors(values), key=_position)
    if errors:
        raise UserError(f"{where}: {_describe(errors[0])}")


def _position(error: ValidationError) -> list[str]:
    return [str(step) for step in error.absolute_path]


def _describe(error: ValidationError) -> str:
    key = ".".join(str(step) for step in error.absolute_path)
    instance: Any = error.instance
    schema: Any = error.schema
    limit: Any = error.validator_value
    match error.validator:
        case "additionalProperties":
            valid = sorted(schema["properties"])
            unknown = next(name for name in instance if name not in valid)
            # YAML takes a key such as on, no or 3 for no text.
            unknown = unknown if isinstance(unknown, str) else _as_written(unknown)
            prefix = f"{key}." if key else ""
            return f'unknown key "{prefix}{unknown}"; {nearest(unknown, valid)}'
        case "required":
            missing = next(name for name in limit if name not in instance)
            prefix = f"{key}." if key else ""
            return f'key "{prefix}{missing}" is missing; set it.'
        case "type":
            names = [limit] if isinstance(limit, str) else limit
            expected = " or ".join(TYPE_NAMES[name] for name in names)
            return f"{key} is {_as_written(instance)}; expected {expected}."
        case "enum":
            allowed = ", ".join(map(str, limit))
            return f"{key} is {_as_written(instance)}; allowed: {allowed}."
        case "exclusiveMinimum":
            return f"{key} is {instance}; expected more than {limit}."
        case "minimum":
            return f"{key} is {instance}; too small, the limit is {limit}."
        case "maximum":
            return f"{key} is {instance}; too large, the limit is {limit}."
        case "minItems":
            return f"{key} is empty; name at least {limit}."
        case "uniqueItems":
            again = next(item for place, item in enumerate(instance) if item in instance[:place])
            return f"{key} names {again} twice; name it once."
        case "pattern":
            expected = schema.get("form") or f"the form {limit}"
            return f"{key or 'a name'} is {instance!r}; expected {expected}."
        case _:
            return f"{key}: {error.message}."


def _as_written(value: Any) -> str:
    """Return a value as YAML has it: null and true, not None and True."""
    return json.dumps(value) if value is None or isinstance(value, bool) else repr(value)


def with_defaults(values: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of checked `values` in which every key that is left out has its default.

    A section without a default of its own is filled key by key.
    """
    complete = dict(values)
    for key, property_schema in schema.get("properties", {}).items():
        if property_schema.get("properties"):
            complete[key] = with_defaults(values.get(key) or {}, property_schema)
        elif key not in values and "default" in property_schema:
            complete[key] = property_schema["default"]
    return complete
