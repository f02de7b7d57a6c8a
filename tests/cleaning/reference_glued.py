"""What the repair of glued punctuation in Rust must give, slow and obvious."""

import re
from collections.abc import Iterator
from itertools import pairwise, takewhile

from reference_filters import WHITE_SPACE

from gpt2ro.cleaning.language import ROMANIAN_WORDS

PIECE = re.compile(f"[^{WHITE_SPACE}]+")
NUMBER = re.compile(r"^(\([0-9]{1,3}\)|[0-9]{1,3}\)|[A-Za-z]\)|[0-9]{1,3}\.)", re.MULTILINE)
# The letters for which the scan looks: of ASCII, and those of two bytes.
LETTER = "[a-zA-Z\xc0-\u07ff]"
CLOSED = re.compile(rf"([.!?])”(?={LETTER})")
MARK = re.compile("[„“”\"]|,,|''|’’")


def with_quotation_marks(text: str) -> str:
    """Return the text with „ and ” for two signs that stand for one of them."""
    marked, position = "", 0
    while position < len(text):
        mark, length = quotation_mark(text, position) or (text[position], 1)
        marked += mark
        position += length
    return marked


def quotation_mark(text: str, place: int) -> tuple[str, int] | None:
    """Return the mark for the signs at a place and how many they are; None if they stay."""
    before, pair, after = text[:place], text[place : place + 2], text[place + 2 :]
    if pair == ",," and re.search(r"(?:^|[ (])\Z", before, re.MULTILINE):
        speech = before[-1:] not in (" ", "(") and re.match(" ?[-–—]", after)
        if after[:1].isalpha() or speech:
            return "„", 2
        rest = after[1:].split("\n\n")[0]
        mark = MARK.search(rest)
        if re.match(r" [^\W\d_]", after) and mark and mark[0] not in ("„", ",,"):
            return None if rest[mark.start() - 1] in " \n" else ("„", 3)
    if pair in ("''", "’’") and re.search(r"(?:[.!?…,]|[^\W\d_]{2})\Z", before):
        opened = MARK.findall(before.split("\n\n")[-1])[-1:] == ["„"]
        closed = MARK.search(after.split("\n\n")[0])
        is_closed = closed is not None and closed[0] not in ("„", '"', ",,")
        goes_on = after[:1] == pair[0] or after[:1].isalnum()
        return ("”", 2) if opened and not is_closed and not goes_on else None
    return None


def with_missing_blanks(text: str) -> str:
    """Return the text with the blanks that are missing in it, and the marks of two signs as one."""
    text = with_quotation_marks(text)
    text = NUMBER.sub(lambda number: spaced_number(number, text), text)
    text = CLOSED.sub(lambda closed: spaced_quotation(closed, text), text)
    return PIECE.sub(lambda piece: "".join(spaced_piece(piece[0])), text)


def spaced_number(number: re.Match[str], text: str) -> str:
    first, second = [*text[number.end() : number.end() + 2], " ", " "][:2]
    begins = first.isupper() and second.islower()
    is_word = begins if number[0].endswith(".") else (first + second).isalpha()
    return f"{number[0]} " if is_word and re.match(LETTER, first) else number[0]


def spaced_quotation(closed: re.Match[str], text: str) -> str:
    before, after = text[: closed.start()], text[closed.end() :]
    quotes = re.findall("[„“”]", before.split("\n")[-1])
    is_closed = before[-1:].islower() and quotes and quotes[-1] != "”"
    begins = after[:1].isupper() and after[1:2].islower()
    return f"{closed[0]} " if is_closed and begins else closed[0]


def spaced_piece(piece: str) -> Iterator[str]:
    is_prose = all(sign.isalpha() or sign in "-'’„”“\"«»()—–…,.;:!?" for sign in piece)
    is_prose &= not any(one.isalpha() and two == "(" for one, two in pairwise(piece))
    stops = sum(sign == "." and piece[n + 1 : n + 2].isalpha() for n, sign in enumerate(piece))
    for n, sign in enumerate(piece):
        yield sign
        before, after = piece[max(0, n - 2) : n], piece[n + 1 : n + 3]
        if not is_prose or n > 100 or len(piece) - n - 1 > 100:
            continue
        if stops == 0 and n < 100 and touch(piece, n + 1):
            yield " "
        is_between = len(before) == len(after) == 2 and (before + after).isalpha()
        if sign not in ",.;!?" or not is_between or not re.match(LETTER, after):
            continue
        word = "".join(takewhile(str.isalpha, piece[n + 1 :]))
        begins = after[0].isupper() and after[1].islower() and not any(map(str.isupper, word[2:]))
        ends_sentence = before[1].islower() and begins
        is_name = stops > 1 or word.lower() in ("com", "info", "js", "net", "org", "ro")
        if sign in ",;" or (ends_sentence and not (sign == "." and is_name)):
            yield " "


def touch(piece: str, boundary: int) -> bool:
    """Return whether two words touch in a piece, before the capital of the second one."""
    one = "".join(takewhile(str.isalpha, reversed(piece[:boundary])))[::-1]
    two = "".join(takewhile(str.isalpha, piece[boundary:]))
    if not re.search("[a-zăâîșțşţ]$", one) or not re.match("[A-ZĂÂÎȘȚŞŢ]", two):
        return False
    small = [all(map(str.islower, word[1:])) for word in (one, two)]
    if len(one) < 2 or len(two) < 2 or two[0] == "J" or not all(small):
        return False
    is_known = [word in ROMANIAN_WORDS - {"in"} for word in (one, two.lower())]
    is_long = len(two) >= 3 or is_known[1]
    if is_known[0]:
        return is_long
    has_letter = re.search("[ăâîșțşţĂÂÎȘȚŞŢ]", one + two) is not None
    return len(one) >= 3 and ((has_letter and is_long) or (one[0].islower() and is_known[1]))
