"""All repairs of a text, in order, until none changes anything.

Most are made in Rust (rust/corpus/src/repair): one scan finds what a text may need, and most texts
need nothing. Only lines that may hold mojibake come back to Python, for ftfy.
"""

import re
from dataclasses import dataclass
from functools import cache

from gpt2ro.cleaning.boilerplate import without_boilerplate
from gpt2ro.cleaning.language import FOREIGN_WORDS, ROMANIAN_WORDS
from gpt2ro.cleaning.mojibake import (
    DOOMED,
    ENTITIES,
    RULED,
    alone,
    line_repair,
    suspicious_lines,
)
from gpt2ro.cleaning.settings import CleaningSettings
from gpt2ro.native import Cleaner, Repairer

BOILERPLATE = Cleaner.BOILERPLATE
INVISIBLE = "invisible characters"

# Halves of a pair of UTF-16 without the other half, which no UTF-8 can hold.
LONE_SURROGATES = re.compile("[\ud800-\udfff]")

# Boilerplate can come to light when lines are repaired, and lines to repair when it is gone.
MAX_ROUNDS = 10


@dataclass(frozen=True)
class Repairs:
    """The repairs asked for.

    Attributes:
        kinds: the names under which they are counted, in order.
        repairer: makes all but the removal of boilerplate.
    """

    kinds: tuple[str, ...]
    repairer: Repairer


@cache
def repairs(settings: CleaningSettings) -> Repairs:
    """Return the repairs that the settings ask for, of which the tables are built once."""
    optional = {
        "HTML tags": settings.remove_tags,
        "mojibake": settings.repair_mojibake,
        "misread letters": settings.repair_mojibake,
        "legacy encodings": settings.repair_legacy,
        "cedilla letters": settings.repair_letters,
        "lost letters": settings.restore_letters,
        "divided words": settings.join_words,
        "wrapped lines": settings.join_lines,
        "spaced punctuation": settings.attach_punctuation,
        "glued punctuation": settings.space_punctuation,
    }
    chosen = [kind for kind in Repairer.KINDS if optional.get(kind, True)]
    boilerplate = [BOILERPLATE] if settings.drop_boilerplate else []
    return Repairs((*chosen, *boilerplate), repairer(settings, chosen))


def repairer(settings: CleaningSettings, kinds: list[str]) -> Repairer:
    """Return what makes these kinds of repair in Rust."""
    return Repairer(
        kinds=kinds,
        entities=ENTITIES,
        romanian_words=ROMANIAN_WORDS,
        foreign_words=FOREIGN_WORDS,
        line_without_mojibake=line_repair(settings),
        mojibake_beside=RULED,
        mojibake_alone=alone(settings),
        mojibake_behind_quotes=DOOMED,
        mojibake_lines=suspicious_lines(settings),
    )


def repaired(text: str, steps: Repairs) -> tuple[str, set[str]]:
    """Return the text with every repair made, and the names of those that changed it.

    The result is a fixed point: repairing it again changes nothing.
    """
    touched: set[str] = set()
    for _ in range(MAX_ROUNDS):
        text, kinds = _repaired_in_rust(text, steps.repairer)
        touched.update(kinds)
        if BOILERPLATE not in steps.kinds:
            break
        kept = without_boilerplate(text)
        if kept == text:
            break
        touched.add(BOILERPLATE)
        text = kept
    return text, touched


def _repaired_in_rust(text: str, repairer: Repairer) -> tuple[str, list[str]]:
    try:
        return repairer.repair(text)
    except UnicodeEncodeError:
        text, kinds = repairer.repair(LONE_SURROGATES.sub("", text))
        return text, [INVISIBLE, *kinds]
