from typing import Any

import pytest

from gpt2ro.configuration import check, typed, with_defaults
from gpt2ro.errors import UserError

SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["results"],
    "properties": {
        "results": {"type": "string", "pattern": "^[a-z]+$", "form": "small letters"},
        "cleaning": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "min_characters": {"type": "integer", "minimum": 1, "default": 100},
                "mode": {"enum": ["strict", "loose"], "default": "strict"},
                "name": {"type": "string", "pattern": "^[a-z]+$"},
                "share": {"type": "number", "exclusiveMinimum": 0},
            },
        },
        "corpus": {"type": ["string", "null"], "default": None},
    },
}


def test_accepts_what_the_schema_allows() -> None:
    check({"results": "r", "cleaning": {"min_characters": 5}, "corpus": None}, SCHEMA, "c.yaml")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            {"results": "r", "cleanning": {}},
            'c.yaml: unknown key "cleanning"; did you mean "cleaning"?',
        ),
        (
            {"results": "r", "cleaning": {"min_caracters": 1}},
            'c.yaml: unknown key "cleaning.min_caracters"; did you mean "min_characters"?',
        ),
        (
            {"results": "r", True: 1},
            'c.yaml: unknown key "true"; valid: cleaning, corpus, results.',
        ),
        (
            {"results": "r", "cleaning": {None: 1}},
            'c.yaml: unknown key "cleaning.null"; valid: min_characters, mode, name, share.',
        ),
        ({}, 'c.yaml: key "results" is missing; set it.'),
        ({"results": 3}, "c.yaml: results is 3; expected a text."),
        ({"results": None}, "c.yaml: results is null; expected a text."),
        ({"results": "A"}, "c.yaml: results is 'A'; expected small letters."),
        (
            {"results": "r", "cleaning": {"name": "A"}},
            "c.yaml: cleaning.name is 'A'; expected the form ^[a-z]+$.",
        ),
        (
            {"results": "r", "cleaning": {"min_characters": True}},
            "c.yaml: cleaning.min_characters is true; expected a whole number.",
        ),
        ({"results": "r", "corpus": 1}, "c.yaml: corpus is 1; expected a text or nothing (null)."),
        (
            {"results": "r", "cleaning": {"min_characters": 0}},
            "c.yaml: cleaning.min_characters is 0; too small, the limit is 1.",
        ),
        (
            {"results": "r", "cleaning": {"share": 0}},
            "c.yaml: cleaning.share is 0; expected more than 0.",
        ),
        (
            {"results": "r", "cleaning": {"mode": "x"}},
            "c.yaml: cleaning.mode is 'x'; allowed: strict, loose.",
        ),
    ],
)
def test_says_file_key_found_and_expected(values: dict[Any, object], message: str) -> None:
    with pytest.raises(UserError) as error:
        check(values, SCHEMA, "c.yaml")
    assert str(error.value) == message


def test_values_of_the_command_line_have_the_types_that_the_schema_wants() -> None:
    found = typed({"results": "7", "cleaning": {"min_characters": "5", "mode": "loose"}}, SCHEMA)
    assert found == {"results": "7", "cleaning": {"min_characters": 5, "mode": "loose"}}


def test_null_on_the_command_line_is_nothing_where_the_schema_takes_it() -> None:
    assert typed({"corpus": "null"}, SCHEMA) == {"corpus": None}
    assert typed({"corpus": "5", "results": "null"}, SCHEMA) == {"corpus": "5", "results": "null"}


@pytest.mark.parametrize("text", ["five", "5: [", "[5]"])
def test_a_value_of_the_command_line_that_is_no_number_is_told(text: str) -> None:
    values = typed({"results": "r", "cleaning": {"min_characters": text}}, SCHEMA)
    with pytest.raises(UserError, match=r"cleaning\.min_characters is .*; expected a whole number"):
        check(values, SCHEMA, "c.yaml")


def test_fills_every_key_that_is_left_out() -> None:
    assert with_defaults({"results": "r", "cleaning": {"mode": "loose"}}, SCHEMA) == {
        "results": "r",
        "cleaning": {"min_characters": 100, "mode": "loose"},
        "corpus": None,
    }
