"""JSON objects of the results that know their file, so that every fault is named by its place."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gpt2ro.errors import UserError
from gpt2ro.files import read_json

Scalar = str | int | float | bool | None


@dataclass(frozen=True)
class Record:
    """A JSON object.

    Attributes:
        values: its keys and values, unchecked.
        where: the file, and the key inside it where the object is not the whole file.
    """

    values: dict[str, Any]
    where: str

    def integer(self, key: str) -> int:
        """Return a whole number."""
        value = self._value(key, "a whole number")
        if isinstance(value, bool) or not isinstance(value, int):
            raise self._fault(key, value, "a whole number")
        return value

    def number(self, key: str) -> float:
        """Return a finite number."""
        value = self.finite(key)
        if value is None:
            raise self._fault(key, self.values.get(key), "a finite number")
        return value

    def finite(self, key: str) -> float | None:
        """Return a number, or None where it is missing, null, infinite or not a number at all."""
        value = self.values.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return float(value) if math.isfinite(value) else None

    def text(self, key: str) -> str:
        """Return a string."""
        value = self._value(key, "a string")
        if not isinstance(value, str):
            raise self._fault(key, value, "a string")
        return value

    def record(self, key: str) -> "Record":
        """Return an object."""
        return as_record(self._value(key, "an object"), f"{self.where}: {key}")

    def items(self, key: str) -> list[Any]:
        """Return a list, its values unchecked."""
        value = self._value(key, "a list")
        if not isinstance(value, list):
            raise self._fault(key, value, "a list")
        return value

    def records(self, key: str) -> list["Record"]:
        """Return a list of objects."""
        return [
            as_record(item, f"{self.where}: {key}[{n}]") for n, item in enumerate(self.items(key))
        ]

    def scalars(self) -> dict[str, Scalar]:
        """Return its strings, numbers, booleans and nulls, without inner objects and lists."""
        return {
            key: value for key, value in self.values.items() if not isinstance(value, dict | list)
        }

    def _value(self, key: str, expected: str) -> Any:
        if key not in self.values:
            raise UserError(
                f"{self.where}: no key {key}; expected {expected}; delete the file and run the "
                "step that writes it again."
            )
        return self.values[key]

    def _fault(self, key: str, value: Any, expected: str) -> UserError:
        return fault(f"{self.where}: {key}", value, expected)


def read_record(path: Path) -> Record:
    """Read a file that holds one JSON object.

    Raises:
        UserError: it is missing, is not JSON, or is another kind of value.
    """
    return as_record(read_json(path), str(path))


def as_record(value: Any, where: str) -> Record:
    """Return a JSON object with its place.

    Raises:
        UserError: the value is not an object.
    """
    if not isinstance(value, dict):
        raise fault(where, value, "an object")
    return Record(value, where)


def fault(where: str, value: Any, expected: str) -> UserError:
    """Return the error for a value of the wrong kind; a long value is cut."""
    found = repr(value)
    found = found if len(found) <= 40 else found[:40] + "…"
    return UserError(
        f"{where} is {found}; expected {expected}; delete the file and run the step that writes "
        "it again."
    )
