"""What the repair of legacy encodings in Rust must give, slow and obvious."""

import re
import unicodedata

from gpt2ro.cleaning.language import FOREIGN_WORDS, ROMANIAN_WORDS

LEGACY = dict(zip("ãÃºªþÞ¥µ", "ăĂșȘțȚ„”", strict=True))
PORTUGUESE_WORDS = {
    "alemã", "amanhã", "avelã", "campeã", "cidadã", "cristã", "cristãs", "irmã", "irmãs", "lã",
    "maçã", "maçãs", "manhã", "manhãs", "romã", "órfã",
}  # fmt: skip


CONTINUATION = re.escape(bytes(range(0x80, 0xC0)).decode("cp1256"))
WINDOWS_1256 = re.compile(f"(?:[آأؤإب]|â€)[{CONTINUATION}]")


def with_legacy_letters(text: str) -> str:
    """Return the text with its Romanian letters, if it was read as Latin-1 or as Windows-1256.

    So is one in which ǎ was typed for ă, and that has no letter of a language that has ǎ.
    """
    pairs = "".join(WINDOWS_1256.findall(text)).encode("cp1256").decode()
    others = WINDOWS_1256.sub("", text)
    if sum(letter in "ăĂâÂîÎșȘțȚşŞţŢ" for letter in pairs) >= 2 and not re.search("[؀-ۿ]", others):
        return WINDOWS_1256.sub(lambda match: match[0].encode("cp1256").decode(), text)
    if re.search("[ǎǍ]", text) and not re.search(
        "[ŋŊ\u0180-\u01cc\u01cf-\u0217\u021c-\u02af]", text
    ):
        return text.replace("ǎ", "ă").replace("Ǎ", "Ă")
    if any(is_mojibake(*four[1:]) for four in fours(text)):
        return text
    lines = [line for line in text.split("\n") if is_marked(line)]
    around = [four for line in lines for four in fours(line)]
    letters = [four[2] for four in around]
    strong = [four[2] for four in around if is_strong(*four)]
    kinds = {
        "t": sum(letter in "þÞ" for letter in strong),
        "s": sum(letter in "ºª" for letter in strong),
        "a": sum(is_weak(letter, after) for _, _, letter, after in around),
    }
    marks = sum(kinds.values())
    near = [word for line in lines for word in words_near_marks(line)]
    marked = {word for word in near if is_marked(word)}
    northern = sum(letter in "ðÐæÆýÝ" for letter in letters)
    portuguese = sum(is_portuguese(letter, after) for _, _, letter, after in around)
    if (
        2 * (kinds["t"] + kinds["s"]) * (northern == 0 or 2 * northern < len(strong)) + kinds["a"]
        >= 3
    ):
        northern += sum("þ" in word and any(c in "áéíóúýöðæ" for c in word) for word in near)
        portuguese += sum(word in PORTUGUESE_WORDS for word in near)
    is_northern = northern > 0 and 2 * northern >= len(strong)
    weight = kinds["a"] + (0 if is_northern else 2 * len(strong))
    beyond = sum(is_beyond(letter) for letter in letters)
    if weight < 3 or weight <= portuguese + beyond:
        return text
    romanian = sum(restored_text(word, "whole") in ROMANIAN_WORDS for word in near)
    foreign = sum(word in FOREIGN_WORDS for word in near)
    if sum(count > 0 for count in kinds.values()) > 1 and not is_northern:
        enough = romanian + marks >= foreign
    else:
        american = sum(letter in "õÕñÑëË" for letter in letters)
        enough = romanian + sum(is_inner(*four) for four in around) > foreign
        enough |= portuguese + foreign + northern == 0 and len(marked) > 1
        enough &= weight >= 3 * (beyond + american)
        right = re.search("[ăĂșȘțȚşŞţŢ]", text)
        proven = any(is_proof(*four) for four in around) or any(is_proven(word) for word in marked)
        enough &= proven or not (right or kinds["t"])
    if not enough:
        return text
    if re.search("[ăĂșȘțȚşŞţŢ]", text):
        return restored_text(text, "in part")
    return restored_text(text, "but Portuguese" if 4 * portuguese > marks else "whole")


def fours(text: str) -> list[str]:
    """Return each character of a text with the two before it and the one behind."""
    padded = f"  {text} "
    return [padded[start : start + 4] for start in range(len(text))]


def words_near_marks(line: str) -> list[str]:
    """Return the words of a line, in lower case, with a marked one among their five neighbours."""
    split = "".join(c if c == "_" or c.isalpha() or is_number(c) else " " for c in line)
    words = split.split(" ")
    words = [word for word in words if word]
    return [
        word.lower()
        for index, word in enumerate(words)
        if any(is_marked(near) for near in words[max(0, index - 5) : index + 6])
    ]


def is_marked(text: str) -> bool:
    return any(mark in text for mark in "ãºþÃªÞ")


def is_portuguese(letter: str, after: str) -> bool:
    before_vowel = letter in "ãÃ" and after in "oeOE" and after != ""
    return before_vowel or letter in "çÇ" or (letter in "õÕ" and after in "eE")


def is_beyond(letter: str) -> bool:
    """Return whether a letter cannot be in a text that was read as Latin-1 or Windows-1252."""
    return letter > "\xff" and letter.isalpha() and letter not in "ăĂșȘțȚşŞţŢŠšŽžŒœŸƒ"


def is_inner(before_that: str, before: str, letter: str, after: str) -> bool:
    """Return whether a letter stands in a word as in Romanian only."""
    romanian = is_strong(before_that, before, letter, after)
    romanian |= is_weak(letter, after) and after not in "sSzZ"
    return romanian and before.isalpha() and after.isalpha()


def is_proof(before_that: str, before: str, letter: str, after: str) -> bool:
    begins = letter in "ºª" and after.isalpha() and is_strong(before_that, before, letter, after)
    return begins or is_inner(before_that, before, letter, after)


def is_proven(word: str) -> bool:
    known = restored_text(word, "whole") in ROMANIAN_WORDS and not re.search("[ºª]", word)
    return known or word == "þi" or bool(re.search("[ăĂșȘțȚşŞţŢ]", word))


def restored_text(text: str, how: str) -> str:
    return "".join(restored_letter(four, how) for four in fours(text))


def restored_letter(four: str, how: str) -> str:
    before, letter, after = four[1:]
    if is_strong(*four) or is_weak(letter, after) or is_quote(before, letter, after):
        return LEGACY[letter]
    if how == "in part" or (how == "but Portuguese" and letter in "ãÃ"):
        return letter
    romanian = letter in "þÞ¥ãÃ" or (letter in "ºª" and not is_number(before))
    romanian |= letter == "µ" and not (after.isalpha() or is_number(after))
    return (LEGACY | {"õ": "ő", "Õ": "Ő"})[letter] if romanian or letter in "õÕ" else letter


def is_strong(before_that: str, before: str, letter: str, after: str) -> bool:
    """Return whether a letter is hardly anything but Romanian: not as in "5º", "nº", "23 ºC"."""
    beside = before.isalpha() or after.isalpha()
    if letter in "þÞ":
        return beside
    degree = letter == "º" and after.isupper()
    would = letter == "º" and before in "aA" and not is_number(before_that)  # aș
    abbreviation = not before_that.isalpha() and not after.isalpha() and not would
    title = letter == "ª" and before.islower()  # Srª
    return letter in "ºª" and beside and not (is_number(before) or degree or title or abbreviation)


def is_weak(letter: str, after: str) -> bool:
    """Return whether a letter may be ă: Portuguese has ã before o and e."""
    return letter in "ãÃ" and after not in "oeOE"


def is_quote(before: str, letter: str, after: str) -> bool:
    if letter == "¥":
        return after.isalpha()
    ends = before.isalpha() or before in ".!?"
    return letter == "µ" and ends and not (after.isalpha() or is_number(after))


def is_mojibake(before: str, letter: str, after: str) -> bool:
    """Return whether two characters look like one of UTF-8, not like two legacy letters."""
    legacy = after in "ãºþÃªÞÂÎ" and not before.islower()
    return letter in "ÂÃÄÅÈ" and not after.isascii() and not legacy


def is_number(character: str) -> bool:
    return character != "" and unicodedata.category(character)[0] == "N"
