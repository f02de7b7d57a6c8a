"""Made-up Romanian-looking texts, and copies of them with a known amount of change."""

import textwrap
from collections.abc import Callable
from random import Random

SYLLABLES = ("ba", "că", "de", "și", "țâ", "mu", "rea", "lor", "pă", "ne", "gri", "veș", "to", "fu")
COMMA_TO_CEDILLA = str.maketrans("șțȘȚ", "şţŞŢ")
WITHOUT_MARKS = str.maketrans("ășțâî", "astai")


def word(random: Random) -> str:
    return "".join(random.choices(SYLLABLES, k=random.randint(1, 4)))


def text(random: Random, words: int) -> str:
    sentences = [" ".join(word(random) for _ in range(10)) for _ in range(words // 10)]
    return " ".join(f"{sentence.capitalize()}." for sentence in sentences)


def edited(share: float) -> Callable[[str, Random], str]:
    """Replace each word with this probability."""

    def change(original: str, random: Random) -> str:
        words = original.split()
        return " ".join(word(random) if random.random() < share else old for old in words)

    return change


# Copies that fold to the original.
DISGUISES: dict[str, Callable[[str], str]] = {
    "cedillas": lambda original: original.translate(COMMA_TO_CEDILLA),
    "no diacritics": lambda original: original.translate(WITHOUT_MARKS),
    "wrapped": lambda original: textwrap.fill(original, 40),
    "capitals": str.upper,
}
EDITS = {share: edited(share) for share in (0.01, 0.02, 0.05, 0.1, 0.2)}
