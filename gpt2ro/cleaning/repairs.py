"""All repairs of a text, in order, until none changes anything."""

from collections.abc import Callable

from gpt2ro.cleaning.boilerplate import without_boilerplate
from gpt2ro.cleaning.characters import (
    composed,
    with_plain_hyphens,
    with_plain_line_ends,
    with_single_blanks,
    without_invisible,
)
from gpt2ro.cleaning.letters import with_comma_letters
from gpt2ro.cleaning.mojibake import without_entities, without_mojibake
from gpt2ro.cleaning.settings import CleaningSettings

Repair = Callable[[str], str]

# One repair can lay bare work for another (an entity that hides mojibake that hides a cedilla).
# Three rounds were the most that any text of the test corpora took.
MAX_ROUNDS = 10


def repairs(settings: CleaningSettings) -> dict[str, Repair]:
    """Return the repairs asked for, in order, by the name under which they are counted."""
    chosen: dict[str, Repair] = {"HTML entities": without_entities}
    if settings.repair_mojibake:
        chosen["mojibake"] = without_mojibake
    chosen["line ends"] = with_plain_line_ends
    chosen["invisible characters"] = without_invisible
    # Composition makes cedilla letters of s and t with a combining cedilla, so it goes first.
    chosen["composed letters"] = composed
    if settings.repair_letters:
        chosen["cedilla letters"] = with_comma_letters
    chosen["hyphens"] = with_plain_hyphens
    if settings.drop_boilerplate:
        chosen["boilerplate lines"] = without_boilerplate
    chosen["blanks"] = with_single_blanks
    return chosen


def repaired(text: str, steps: dict[str, Repair]) -> tuple[str, set[str]]:
    """Return the text with every repair made, and the names of those that changed it.

    The result is a fixed point: repairing it again changes nothing.
    """
    touched: set[str] = set()
    for _ in range(MAX_ROUNDS):
        before = text
        for name, step in steps.items():
            fixed = step(text)
            if fixed != text:
                touched.add(name)
                text = fixed
        if text == before:
            break
    return text, touched
