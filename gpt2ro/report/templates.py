"""The templates of the report and of the model card."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from gpt2ro.report.formats import FILTERS

FOLDER = Path(__file__).parent


def environment(*, autoescape: bool) -> Environment:
    """Return where templates are read and filled; a name that a template lacks is an error.

    Args:
        autoescape: whether every value is written as HTML text, in which nothing is markup.
    """
    found = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=autoescape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    filters: dict[str, Any] = found.filters
    filters |= FILTERS
    return found
