import argparse
import shlex
from dataclasses import dataclass

import pytest

from gpt2ro.errors import UserError
from gpt2ro.settings import add_arguments, flags, from_arguments, json_schema, setting


@dataclass(frozen=True)
class Example:
    min_letters: float = setting(0.5, "share of letters", minimum=0, maximum=1)
    lines: int = setting(3, "lines", minimum=1)
    mask: bool = setting(True, "mask addresses")
    mode: str = setting("file", "what a document is", choices=("file", "blank-line"))


def parsed(*words: str) -> Example:
    parser = argparse.ArgumentParser()
    add_arguments(parser, Example)
    return from_arguments(Example, parser.parse_args(words))


def test_without_flags_every_setting_has_its_default() -> None:
    assert parsed() == Example()


def test_flags_of_a_section_give_back_its_settings() -> None:
    section = {"min_letters": 0.25, "mask": False, "mode": "blank-line"}
    assert parsed(*shlex.split(flags(Example, section))) == Example(
        min_letters=0.25, mask=False, mode="blank-line"
    )


def test_flags_have_a_fixed_order_and_name_every_setting() -> None:
    section = {"mode": "file", "lines": 4}
    assert flags(Example, section) == "--min-letters=0.5 --lines=4 --mask --mode=file"


def test_a_setting_may_be_left_out_of_the_flags() -> None:
    assert flags(Example, {"lines": 4}, without=("lines", "mode")) == "--min-letters=0.5 --mask"


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("--min-letters=1.5", "--min-letters: 1.5 is too large; set 1 or less."),
        ("--lines=0", "--lines: 0 is too small; set 1 or more."),
    ],
)
def test_a_value_out_of_range_is_told_with_its_limit(word: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        parsed(word)


def test_the_schema_has_type_range_default_and_choices() -> None:
    schema = json_schema(Example)
    assert schema["additionalProperties"] is False
    assert schema["properties"]["min_letters"] == {
        "type": "number",
        "description": "share of letters",
        "default": 0.5,
        "minimum": 0,
        "maximum": 1,
    }
    assert schema["properties"]["mode"]["enum"] == ["file", "blank-line"]
