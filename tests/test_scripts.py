"""What the scripts of the steps say of themselves."""

import argparse
import runpy
import sys
from pathlib import Path
from typing import Any, NoReturn

import pytest

SCRIPTS = sorted((Path(__file__).resolve().parents[1] / "workflow" / "scripts").glob("*.py"))


class ParserReachedError(Exception):
    """Carries the parser of a script, at the moment when it would read its arguments."""


def parser_of(script: Path, monkeypatch: pytest.MonkeyPatch) -> argparse.ArgumentParser:
    def stop(parser: argparse.ArgumentParser, *_arguments: Any, **_named: Any) -> NoReturn:
        raise ParserReachedError(parser)

    monkeypatch.setattr(argparse.ArgumentParser, "parse_args", stop)
    monkeypatch.setattr(argparse.ArgumentParser, "parse_intermixed_args", stop)
    monkeypatch.setattr(sys, "argv", [str(script)])
    with pytest.raises(ParserReachedError) as stopped:
        runpy.run_path(str(script), run_name="__main__")
    parser = stopped.value.args[0]
    assert isinstance(parser, argparse.ArgumentParser)
    return parser


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_the_help_of_a_script_tells_the_default_of_every_flag(
    script: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flags = {
        action.option_strings[-1]: action.help or ""
        for action in parser_of(script, monkeypatch)._actions
        if action.option_strings and action.default not in (None, [], False, argparse.SUPPRESS)
    }
    assert not [flag for flag, told in flags.items() if "default" not in told]
