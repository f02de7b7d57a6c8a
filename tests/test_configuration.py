from pathlib import Path

import pytest

from gpt2ro.configuration import check, read_yaml, typed, with_defaults
from gpt2ro.errors import UserError

SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["results"],
    "properties": {
        "results": {"type": "string"},
        "cleaning": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "min_characters": {"type": "integer", "minimum": 1, "default": 100},
                "mode": {"enum": ["strict", "loose"], "default": "strict"},
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
        ({}, 'c.yaml: key "results" is missing; set it.'),
        ({"results": 3}, "c.yaml: results is 3; expected a text."),
        ({"results": "r", "corpus": 1}, "c.yaml: corpus is 1; expected a text or nothing (null)."),
        (
            {"results": "r", "cleaning": {"min_characters": 0}},
            "c.yaml: cleaning.min_characters is 0; too small, the limit is 1.",
        ),
        (
            {"results": "r", "cleaning": {"mode": "x"}},
            "c.yaml: cleaning.mode is 'x'; allowed: strict, loose.",
        ),
    ],
)
def test_says_file_key_found_and_expected(values: dict[str, object], message: str) -> None:
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


def test_a_file_that_is_no_yaml_is_named(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text("a: [1")
    with pytest.raises(UserError, match=r"(?s)c\.yaml: not valid YAML .*a: \[1"):
        read_yaml(path)
    with pytest.raises(UserError, match=r"none\.yaml: not found"):
        read_yaml(tmp_path / "none.yaml")
