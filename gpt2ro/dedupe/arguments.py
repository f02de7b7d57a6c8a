"""The arguments of scripts that take out of documents what others share."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from gpt2ro.cleaning.filter_settings import FilterSettings
from gpt2ro.decontamination.settings import DecontaminationSettings
from gpt2ro.lines.settings import LineRemovalSettings
from gpt2ro.settings import add_arguments, from_arguments

if TYPE_CHECKING:
    from gpt2ro.decontamination.decontaminator import Decontaminator
    from gpt2ro.lines.removal import RepeatedLines


def add_removal_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the indexes of what is taken out, and what decides on it."""
    parser.add_argument(
        "--held-out", type=Path, help="index of held-out n-grams; without it, none is looked for"
    )
    add_arguments(parser, DecontaminationSettings)
    parser.add_argument("--lines", type=Path, help="index of lines; without it, none is removed")
    add_arguments(parser, LineRemovalSettings)
    parser.add_argument(
        "--min-characters",
        type=int,
        default=FilterSettings.min_characters,
        help="drop documents that lost a part of their text and have fewer (default: %(default)s)",
    )


def removals(
    arguments: argparse.Namespace,
) -> tuple["Decontaminator | None", "RepeatedLines | None"]:
    """Return what takes out held-out sentences and repeated lines, where that is asked for.

    Raises:
        UserError: a value is out of its range, or an index is missing or damaged.
    """
    settings = from_arguments(DecontaminationSettings, arguments)
    min_share = from_arguments(LineRemovalSettings, arguments).min_share

    # Here, lest `--help` and a mistyped flag wait for the libraries.
    from gpt2ro.decontamination.decontaminator import Decontaminator
    from gpt2ro.decontamination.held_out import read_ngrams
    from gpt2ro.decontamination.sentences import SentenceFilter
    from gpt2ro.lines.removal import RepeatedLines
    from gpt2ro.lines.tables import LineIndex

    decontaminator = None
    if arguments.held_out:
        sentences = SentenceFilter(read_ngrams(arguments.held_out), settings.words)
        decontaminator = Decontaminator(sentences, settings.max_removed, arguments.min_characters)
    repeated_lines = None
    if arguments.lines:
        index = LineIndex(arguments.lines)
        repeated_lines = RepeatedLines(index, min_share, arguments.min_characters)
    return decontaminator, repeated_lines
