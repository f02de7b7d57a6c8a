"""What the measures in Rust must give, slow and obvious."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

# Unicode's White_Space; str.split() takes U+001C to U+001F for blanks too.
WHITE_SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
WORD = re.compile(r"[^\W_]+")
LONG_NUMBER = re.compile(
    r"0\)?[ .-]?[237][0-9]([ .\-/()]{0,2}[0-9]){7}|[0-9]{13}"
    r"|[A-Z]{2}[0-9]{2}[A-Z0-9]{11}|(?i:RO|MD)[0-9]{2}( ?[A-Za-z0-9]{4}){5}"
)
# Overlapping ones too, and any digits of the first number and of the last.
FOUR_NUMBERS = re.compile(r"(?=([0-9]{1,3}(?:\.[0-9]{1,3}){3}))")
PARAMETER = re.compile("[A-Za-z0-9_-]*=")
LINE_ENDS = ".,;:!?…\"'”“»’)"
TOP_OCCURRENCES = 3


def statistics(
    text: str,
    native: Sequence[str],
    foreign: Sequence[str],
    damaged: Sequence[str],
    stop: Sequence[str],
    letters: str,
    native_letters: str,
) -> dict[str, object]:
    """Every property of TextStatistics by its name."""
    words = WORD.findall(text)
    lettered = [word for word in words if any(map(str.isalpha, word))]
    lines = [stripped for line in text.split("\n") if (stripped := line.strip(WHITE_SPACE))]
    repeats = [line for place, line in enumerate(lines) if line in lines[:place]]
    punctuated = ratio(sum(line[-1] in LINE_ENDS for line in lines), len(lines))
    hits = {
        "native_words": sum(stands_in(word, native) for word in words),
        "foreign_words": sum(stands_in(word, foreign) for word in words),
        "damaged_words": sum(stands_in(word, damaged) for word in words) + lost_letters(text),
        "native_letters": sum(is_one_of(c, native_letters) for word in words for c in word),
        "foreign_spellings": sum(
            any(c.isalpha() and not is_one_of(c, letters + native_letters) for c in word)
            for word in words
        ),
    }
    shares = {name: ratio(count, len(lettered)) for name, count in hits.items()}
    evidence = shares["native_words"] + 0.5 * shares["native_letters"]
    against = shares["foreign_words"] + 0.5 * shares["foreign_spellings"]
    return {
        "letters": ratio(sum(map(str.isalpha, text)), sum(c not in WHITE_SPACE for c in text)),
        "alphabetic_words": ratio(len(lettered), len(words)),
        "word_length": ratio(characters(words), len(words)),
        "lines_per_word": ratio(max(0, len(lines) - 1), len(words)),
        "lines": len(lines),
        "punctuated_lines": punctuated,
        "punctuated_list": punctuated if len(lines) >= 13 else 1.0,
        "duplicate_lines": ratio(len(repeats), len(lines)),
        "duplicate_characters": ratio(characters(repeats), characters(lines)),
        **shares,
        "language_score": max(-1.0, min(1.0, evidence - against)),
        "stop_words": sum(any(stands_in(word, [one]) for word in words) for one in set(stop)),
        **{f"top_{length}gram": ratio(top(words, length), len(text)) for length in (2, 3, 4)},
        **{f"repeated_{n}grams": ratio(repeated(words, n), len(text)) for n in range(5, 11)},
    }


def lost_letters(text: str) -> int:
    """Question marks that stand for letters, and runs of U+FFFD."""
    count = len(re.findall("\ufffd+", text))
    for place, sign in enumerate(text):
        previous = text[place - 1] if place else " "
        following = text[place + 1 : place + 2]
        is_small = previous.islower() or previous == "?" or previous in WHITE_SPACE
        is_in_place = (following.islower() and is_small) or (
            following.isupper() and previous.isupper()
        )
        count += sign == "?" and is_in_place and not PARAMETER.match(text, place + 1)
    return count


def ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def characters(pieces: Iterable[str]) -> int:
    return sum(map(len, pieces))


def stands_in(word: str, words: Sequence[str]) -> bool:
    """Small, with a capital initial, or in capitals."""
    return any(word in (one, one[0].upper() + one[1:], one.upper()) for one in words)


def is_one_of(letter: str, small_letters: str) -> bool:
    return letter in small_letters or letter in small_letters.upper()


def ngrams(words: list[str], length: int) -> list[tuple[str, ...]]:
    return [tuple(words[first : first + length]) for first in range(len(words) - length + 1)]


def top(words: list[str], length: int) -> int:
    """Characters in all occurrences of the most frequent run, the longest of equally frequent."""
    counts = Counter(ngrams(words, length))
    found = max(((count, len(" ".join(run))) for run, count in counts.items()), default=(0, 0))
    return found[0] * found[1] if found[0] >= TOP_OCCURRENCES else 0


def repeated(words: list[str], length: int) -> int:
    """Characters of runs seen before; a repeated run is skipped as a whole."""
    seen: set[tuple[str, ...]] = set()
    total = place = 0
    while place + length <= len(words):
        run = tuple(words[place : place + length])
        if run in seen:
            total += characters(run)
            place += length
        else:
            seen.add(run)
            place += 1
    return total


def personal_lines(text: str) -> list[int]:
    """Numbers of the lines that may hold personal data."""
    found = []
    for number, line in enumerate(text.split("\n")):
        digits = len(re.findall("[0-9]", line))
        is_number = digits >= 9 and LONG_NUMBER.search(line)
        is_address = digits >= 6 and any(
            max(map(len, numbers.split("."))) == 3 for numbers in FOUR_NUMBERS.findall(line)
        )
        is_colons = line.count(":") >= 2 and re.search("[23][0-9A-Fa-f]{3}:[0-9A-Fa-f:]", line)
        is_mail = re.search("[A-Za-z0-9_%+\x80-\U0010ffff-]@[A-Za-z0-9\x80-\U0010ffff]", line)
        if is_mail or is_colons or is_number or is_address:
            found.append(number)
    return found


def without_phrases(text: str, phrases: str, max_characters: int) -> str:
    """The text without the lines that the phrases match as a whole."""
    return "\n".join(
        line
        for line in text.split("\n")
        if len(line) > max_characters or not re.fullmatch(phrases, line)
    )
