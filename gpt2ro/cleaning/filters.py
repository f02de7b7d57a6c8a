"""Filters: why a repaired text is not fit for training. They decide, and count nothing."""

from gpt2ro.cleaning.language import romanian_score
from gpt2ro.cleaning.settings import CleaningSettings


def drop_reason(text: str, settings: CleaningSettings) -> str | None:
    """Return the fault for which a text is dropped, or None for a text that stays.

    The cheap tests come first; the first fault found is the reason.
    """
    if not text:
        return "empty"
    if len(text) < settings.min_characters:
        return "too short"
    if letter_share(text) < settings.min_letters:
        return "too few letters"
    if repeated_share(text) > settings.max_repeated_lines:
        return "repeats lines"
    if romanian_score(text) < settings.min_romanian:
        return "not Romanian"
    return None


def letter_share(text: str) -> float:
    """Return the share of letters among the characters that are not blank, from 0 to 1."""
    visible = "".join(text.split())
    return sum(map(str.isalpha, visible)) / len(visible) if visible else 0.0


def repeated_share(text: str) -> float:
    """Return the share of characters that stand in lines seen before in the text, from 0 to 1."""
    lines = [line for line in text.split("\n") if line]
    distinct = set(lines)
    if len(distinct) == len(lines):
        return 0.0
    characters = sum(map(len, lines))
    return 1 - sum(map(len, distinct)) / characters
