"""What the repair of lost letters in Rust must give, slow and obvious."""

import re
from collections import Counter
from itertools import takewhile
from pathlib import Path

from reference_filters import WHITE_SPACE

from gpt2ro.cleaning.language import FOREIGN_WORDS, ROMANIAN_WORDS

TABLES = Path(__file__).resolve().parents[2] / "rust" / "corpus" / "src" / "repair" / "lost"
LOST = {"comma": "șțȘȚ", "breve": "șțȘȚăĂ", "all": "șțȘȚăĂâÂîÎ„”“–—…’"}
SIDES = [(0, 0), (0, 1), (1, 1), (1, 2), (2, 2), (2, 3), (3, 3), (4, 4), (5, 5)]


def tables() -> dict[str, dict[str, str]]:
    """Return for each kind of loss what each context says."""
    found = {}
    for loss in LOST:
        lines = (TABLES / f"{loss}.txt").read_text(encoding="utf-8").splitlines()
        found[loss] = dict(line.split(" ") for line in lines)
    return found


CONTEXTS = tables()


def with_lost_letters(text: str) -> str:
    """Return the text with the letters for which §, question marks or U+FFFD stand."""
    read = with_scanned_letters(text)
    if read is not None:
        return read
    for sign in "?\ufffd":
        loss = lost_letters(text, sign)
        if loss:
            lines = text.split("\n")
            text = "\n".join(
                restored(line, sign, loss) if is_damaged(line, sign, loss) else line
                for line in lines
            )
    return text


def with_scanned_letters(text: str) -> str | None:
    """Return the text with ş for the section signs of its words, if two are surely none."""
    sides = [(text[:at], text[at + 1 :]) for at in range(len(text)) if text[at] == "§"]
    within = [before[-1:].isalpha() and after[:1].isalpha() for before, after in sides]
    begins = [begins_word(before, after) for before, after in sides]
    if sum(map(max, within, begins)) < 2:
        return None
    read = text
    for (before, _), is_begin in zip(sides, begins, strict=True):
        if before[-1:].isalpha() or is_begin:
            letter = "Ş" if before[-1:].isupper() else "ş"
            read = read[: len(before)] + letter + read[len(before) + 1 :]
    return read


def begins_word(before: str, after: str) -> bool:
    word = "".join(takewhile(str.islower, after))
    is_whole = not before[-1:].isalnum() and not after[len(word) :][:1].isalnum()
    return is_whole and (word == "i" or (len(word) >= 2 and bool(set(word) - set("ivx"))))


def lost_letters(text: str, sign: str) -> str | None:
    """Return which letters a text has lost, if it is Romanian."""
    lines = [line.lower() for line in text.split("\n") if signs_in(line, sign)]
    signs = sum(signs_in(line, sign) for line in text.split("\n"))
    letters = Counter("".join(lines))
    words = [word for line in lines for word in words_of(line)]
    romanian = sum(word in ROMANIAN_WORDS for word in words)
    foreign = sum(word in FOREIGN_WORDS for word in words)
    pairs = sum(len(re.findall(f"(?={re.escape(sign * 2)})", line)) for line in lines)
    is_enough = signs >= 5 and signs * 25 >= len(words) and pairs * 2 <= signs
    if not is_enough or (letters["ș"] + letters["ț"]) * 10 > signs:
        return None
    if romanian * 10 < len(words) or romanian <= 2 * foreign:
        return None
    if letters["ă"] * 4 >= signs:
        return "comma"
    return "breve" if (letters["â"] + letters["î"]) * 10 >= signs else "all"


def words_of(text: str) -> list[str]:
    """Return the runs of letters and numbers of a text that are not decimal."""
    is_within = [one.isalpha() or (one.isnumeric() and not one.isdecimal()) for one in text]
    marked = "".join(one if within else " " for one, within in zip(text, is_within, strict=True))
    return marked.split()


def signs_in(line: str, sign: str) -> int:
    """Return how many signs in a line stand for letters."""
    count = 0
    for match in re.finditer(re.escape(sign), line):
        before, after = line[: match.start()], line[match.end() :]
        if sign == "?":
            count += stands_for_letter(before, after)
        else:
            count += before[-1:].isalpha() or after[:1].isalpha()
    return count


def stands_for_letter(before: str, after: str) -> bool:
    previous, following = before[-1:] or " ", after[:1]
    if re.match(r"[A-Za-z0-9_-]*=", after):
        return False
    if following.islower():
        return previous in WHITE_SPACE or previous.islower() or previous == "?"
    return following.isupper() and previous.isupper()


def is_damaged(line: str, sign: str, loss: str) -> bool:
    if sign == "\ufffd":
        return sign in line
    if signs_in(line, sign):
        return True
    if any(letter in LOST[loss] for letter in line):
        return False
    for match in re.finditer(r"\?", line):
        before, after = line[: match.start()], line[match.end() :]
        goes_on = after.removeprefix(" ")[:1].islower() or after[:1] in tuple(",;:.)-")
        if before[-1:].isalpha() and goes_on:
            return True
    return False


def restored(line: str, sign: str, loss: str) -> str:
    out = ""
    is_quoted = False
    for place, character in enumerate(line):
        if character != sign or is_in_address(line, place):
            out += character
            continue
        signs = sign + LOST[loss]
        known = [CONTEXTS[loss][key] for key in keys(line, place, signs) if key in CONTEXTS[loss]]
        letter = known[-1] if known else "?"
        if letter != "?":
            out += letter.upper() if is_capital(line, place, signs) else letter
            continue
        mark = (mark_at(line, place, signs, is_quoted) if loss == "all" else None) or sign
        is_quoted = mark == "„" or (is_quoted and mark != "”")
        out += mark
    return out


def around(line: str, place: int, signs: str) -> tuple[str, str]:
    """Return the characters of the word before and behind a place.

    Here and below letters that may be lost are signs too.
    """
    before, behind = line[max(0, place - 100) : place], line[place + 1 : place + 101]
    start, end = len(before), 0
    while start > 0 and (before[start - 1].isalpha() or before[start - 1] in signs):
        start -= 1
    while end < len(behind) and (behind[end].isalpha() or behind[end] in signs):
        end += 1
    return before[start:], behind[:end]


def keys(line: str, place: int, signs: str) -> list[str]:
    left, right = around(line, place, signs)
    after = line[place + 1 :]
    if not left:
        is_name = after[:1].isupper() and after[1:2].islower() and after[0] not in signs
        if is_name or (not right and follows(after, signs) != "-"):
            return []
    left_side = folded(left[-5:], signs) or beginning(line, place, signs)
    if 0 < len(left) < 5:
        left_side = "_" + left_side
    right_side = folded(right[:5], signs)
    if not right:
        right_side = "_" + follows(after, signs)
    elif len(right) < 5:
        right_side += "_"
    found = []
    for before, behind in SIDES:
        key = left_side[max(0, len(left_side) - before) :] + "·" + right_side[:behind]
        if key not in found:
            found.append(key)
    return found


def folded(word: str, signs: str) -> str:
    return "".join("?" if one in signs else one.lower()[0] for one in word)


def follows(after: str, signs: str) -> str:
    if not after:
        return "$"
    if after[0] == " " and len(after) > 1:
        if after[1] in signs:
            return "?"
        if after[1].islower():
            return "a"
        if after[1].isupper():
            return "A"
    if after[0] == "-":
        return "-"
    return "," if after[0] in ",;:.)" and after[:2] != ".." else "."


def beginning(line: str, place: int, signs: str) -> str:
    near = range(max(0, place - 100), place)
    before = [
        index
        for index in near
        if (line[index].isalnum() or line[index] in ".!…") and line[index] not in signs
    ]
    if not before:
        return "^"
    nearest = line[before[-1]]
    if nearest == "." and len(before) > 1 and line[before[-2]].isupper():
        return "_"
    if nearest in ".!…":
        return "^"
    word = around(line, before[-1] + 1, signs)[0]
    return "+" if word[:1].isupper() and word[0] not in signs else "_"


def is_capital(line: str, place: int, signs: str) -> bool:
    sides = around(line, place, signs)
    left, right = ("".join(one for one in side if one not in signs) for side in sides)
    if left and right:
        return left[-1].isupper() and right[0].isupper()
    if left:
        return left[-1].isupper() and left[-2:-1].isupper()
    return right[:1].isupper()


def mark_at(line: str, place: int, signs: str, is_quoted: bool) -> str | None:
    previous, following = line[max(0, place - 1) : place], line[place + 1 : place + 2]
    is_free = [not one or one in WHITE_SPACE for one in (previous, following)]
    begins = is_free[0] or previous in "([-"
    ends = is_free[1] or following in ",.;:!?)]"
    if all(is_free):
        return "–" if signs[0] != "?" or not previous else None
    if begins and following and (following.isalnum() or following in signs):
        return "„"
    return "”" if ends and not begins and (signs[0] != "?" or is_quoted) else None


def is_in_address(line: str, place: int) -> bool:
    before = re.split(f"[{WHITE_SPACE}]", line[max(0, place - 100) : place])[-1]
    after = re.split(f"[{WHITE_SPACE}]", line[place + 1 : place + 101])[0]
    piece = before + line[place] + after
    return any(sign in piece for sign in ("=", "://", "www."))
