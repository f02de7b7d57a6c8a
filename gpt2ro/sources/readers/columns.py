"""The columns of a table that are read: the text, and what is known of it."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from gpt2ro.errors import UserError

# What to do about a column that is not there: one setting cannot fit files that differ.
NAME_THE_COLUMN = (
    "set extraction.text_column; where files differ, make those of each name a source with its own "
    "text_column (config/sources.yaml)."
)


def check_text_column(path: Path, names: Sequence[str], column: str, place: str = "") -> None:
    """See that a table has the column of the texts, once.

    Args:
        place: where the names stand, as " in its first line".

    Raises:
        UserError: it has none, or several.
    """
    found = names.count(column)
    if not found:
        raise UserError(
            f'{path}: no column "{column}"{place}, only {", ".join(names)}; {NAME_THE_COLUMN}'
        )
    if found > 1:
        raise UserError(
            f'{path}: {found} columns are called "{column}"{place}, expected one; rename the '
            "others there."
        )


def meta_columns(names: Sequence[str], known: Iterable[str], text_column: str) -> list[str]:
    """Return which of the known columns a table has, beside that of the texts.

    Of two columns of one name nobody knows which is meant: neither is read.
    """
    return [name for name in known if names.count(name) == 1 and name != text_column]
