"""What the repairs in Rust must give, slow and obvious; each function is one repair."""

import re
import string
import unicodedata
from collections.abc import Callable
from itertools import pairwise, takewhile

from ftfy import fix_text
from ftfy.fixes import unescape_html

from gpt2ro.cleaning.language import FOREIGN_WORDS, ROMANIAN_WORDS
from gpt2ro.cleaning.mojibake import CONFIG, STRAY_CONTROL, meant_control

# Form feeds and vertical tabs are page and line breaks in text taken from PDF files.
LINE_ENDS = re.compile("\r\n?|[\v\f\x85\u2028\u2029]")

# Controls, soft hyphen, zero-width and direction marks, byte order mark, interlinear marks, lone
# surrogates, non-characters, and the private use areas (bullets of symbol fonts in PDF files).
INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200c\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffc\ufffe\uffff\ud800-\udfff\ue000-\uf8ff\U000f0000-\U0010ffff]"
)
# A zero-width joiner stays inside an emoji sequence, and only there.
LONE_JOINER = re.compile("(?<![\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])\u200d")
ODD_BLANKS = re.compile("[\t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]")
BLANK_RUNS = re.compile(" {2,}")
BLANK_LINES = re.compile("\n{3,}")


def composed(text: str) -> str:
    """Return the text in NFC: one code point for each letter with its marks, where there is one."""
    return unicodedata.normalize("NFC", text)


def with_plain_line_ends(text: str) -> str:
    r"""Return the text with every kind of line end written as `\n`."""
    return LINE_ENDS.sub("\n", text)


def without_invisible(text: str) -> str:
    """Return the text without characters that show nothing."""
    return LONE_JOINER.sub("", INVISIBLE.sub("", text))


def with_plain_hyphens(text: str) -> str:
    """Return the text with the two look-alike hyphens written as `-`.

    Word writes the clitic hyphen of "s-a" as the non-breaking one; it is the same word.
    """
    return text.replace("\u2010", "-").replace("\u2011", "-")


def with_single_blanks(text: str) -> str:
    """Return the text with single spaces, none at the ends of lines, and single blank lines."""
    text = BLANK_RUNS.sub(" ", ODD_BLANKS.sub(" ", text))
    text = text.replace(" \n", "\n").replace("\n ", "\n")
    return BLANK_LINES.sub("\n\n", text).strip(" \n")


def names(text: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(text.split())


WORDS = re.compile(r"[^\W\d_]+")
SAMPLE_CHARACTERS = 12_000


def sample(text: str) -> str:
    """Return the text, or of a long one three slices."""
    if len(text) <= SAMPLE_CHARACTERS:
        return text
    third = SAMPLE_CHARACTERS // 3
    middle = (len(text) - third) // 2
    return " ".join((text[:third], text[middle : middle + third], text[-third:]))


def hits(text: str, vocabulary: frozenset[str]) -> int:
    """Return how many words of the sample are in the vocabulary."""
    return sum(word in vocabulary for word in WORDS.findall(sample(text).lower()))


def count(text: str, letters: str) -> int:
    """Return how many characters of the sample are among the letters."""
    return sum(map(sample(text).count, letters))


TURKISH_WORDS = names(
    """
    ve bir bu için ile çok olan olarak daha değil gibi sonra kadar ise və ilə üçün û ji li
    ku
    """
)
STRONG_LETTERS = "ığİĞəƏ"
WEAK_LETTERS = "öüÖÜçÇêû"


def looks_turkish(text: str) -> bool | None:
    """Return whether a text is Turkish (or a relative), not Romanian; None without evidence."""
    turkish = hits(text, TURKISH_WORDS) + count(text, STRONG_LETTERS)
    if turkish:
        turkish += count(text, WEAK_LETTERS)
    romanian = hits(text, ROMANIAN_WORDS) + count(text, "ăĂțȚţŢ")
    return None if turkish == romanian else turkish > romanian


CEDILLA = "şţŞŢ"
TO_COMMA = str.maketrans(CEDILLA, "șțȘȚ")
ONLY_ROMANIAN = re.compile("[ăĂșȘțȚţŢ]")
ONLY_TURKISH = re.compile("[ığİĞöüÖÜəƏ]")
TURKISH_LETTERS = STRONG_LETTERS + WEAK_LETTERS
WORD = re.compile(r"\w+")


def with_comma_letters(text: str) -> str:
    """Return the text with ş ţ Ş Ţ written as ș ț Ș Ț, except where it is Turkish."""
    if not _has_any(text, CEDILLA):
        return text
    if not _has_any(text, TURKISH_LETTERS):
        return _mapped(text)
    document_is_turkish = bool(looks_turkish(text))
    paragraphs = text.split("\n")
    return "\n".join(_mapped_paragraph(line, document_is_turkish) for line in paragraphs)


def _mapped_paragraph(paragraph: str, document_is_turkish: bool) -> str:
    if not _has_any(paragraph, CEDILLA):
        return paragraph
    if not document_is_turkish and not _has_any(paragraph, TURKISH_LETTERS):
        return _mapped(paragraph)
    turkish = looks_turkish(paragraph)
    if turkish is None:
        turkish = document_is_turkish
    return WORD.sub(lambda match: _mapped_word(match[0], turkish), paragraph)


def _mapped_word(word: str, paragraph_is_turkish: bool) -> str:
    if ONLY_ROMANIAN.search(word):
        return word.translate(TO_COMMA)
    if paragraph_is_turkish or ONLY_TURKISH.search(word):
        return word
    return word.translate(TO_COMMA)


def _mapped(text: str) -> str:
    return text.translate(TO_COMMA)


def _has_any(text: str, letters: str) -> bool:
    return any(letter in text for letter in letters)


def without_entities(text: str) -> str:
    """Return the text with HTML entities that end in a semicolon replaced by their characters."""
    return unescape_html(text)


def without_mojibake(text: str) -> str:
    """Return the text with ftfy asked about every line, whatever it holds."""
    return "\n".join(
        fix_text(STRAY_CONTROL.sub(meant_control, line), CONFIG) for line in text.split("\n")
    )


# Clearly HTML: comments, scripts and styles with what they hold.
HIDDEN = re.compile(
    r"<!--.*?-->|<script(?:\s[^<>]*)?>.*?</script\s*>|<style(?:\s[^<>]*)?>.*?</style\s*>",
    re.I | re.S,
)
ATTRIBUTE = r"""\s+[a-zA-Z_:][-a-zA-Z0-9_:.]*(?:\s*=\s*(?:"[^"<>]*"|'[^'<>]*'|[^\s"'<>]+))?"""
TAG = re.compile(rf"<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:{ATTRIBUTE})*)\s*/?>")
BLOCKS = names(
    """
    address article aside blockquote body br caption center dd div dl dt fieldset figcaption
    figure footer form h1 h2 h3 h4 h5 h6 head header hr html li main nav ol option p pre
    section select table tbody tfoot thead title tr ul
    """
)
CELLS = {"td", "th", "img", "input"}
INLINE = names(
    """
    a abbr acronym b bdi bdo big button cite code col colgroup del dfn em font i iframe ins
    kbd label link mark meta nobr q s samp small span strike strong sub sup time tt u var
    wbr
    """
)
VOID = {"br", "hr", "wbr"}


def without_tags(text: str) -> str:
    """Return the text without tags that are markup, not mentioned."""
    text = HIDDEN.sub("", text)
    opened = {tag[2].lower() for tag in TAG.finditer(text) if not tag[1]}
    closed = {tag[2].lower() for tag in TAG.finditer(text) if tag[1]}

    def replacement(tag: re.Match[str]) -> str:
        name = tag[2].lower()
        if not (name in opened & closed or tag[3] or name in VOID):
            return tag[0]
        if tag[0].startswith("</span") and text.startswith("<span", tag.end()):
            return " "
        kinds = {"\n": BLOCKS, " ": CELLS, "": INLINE}
        return next((blank for blank, names in kinds.items() if name in names), tag[0])

    return TAG.sub(replacement, text)


VOWELS = "aăâeiîouyAĂÂEIÎOUY"
BEFORE_SHORT = {"ce", "ci", "de", "le", "mi", "ne", "și", "te", "ți", "vi"}


def with_whole_words(text: str) -> str:
    """Return the text with words joined that a line end divides."""
    known = set(words_with_hyphens(text))
    whole, position = "", 0
    for found in re.finditer("-\n", text):
        moved = re.split("[ \n]", text[found.end() :])[0]
        behind = "".join(takewhile(str.isalpha, moved))
        before = "".join(takewhile(str.isalpha, reversed(text[: found.start()])))[::-1]
        small = before[-1:].islower() and behind[:1].islower()
        if found.start() < position or not small or "|" in moved or "│" in moved:
            continue
        hyphen = "-" if keeps_hyphen(before, behind, known) else ""
        whole += text[position : found.start()] + hyphen + moved
        position = found.end() + len(moved)
        if position < len(text):
            whole += "\n"
            position += 1
    return whole + text[position:]


def words_with_hyphens(text: str) -> list[str]:
    return "".join(c if c.isalpha() or c == "-" else " " for c in text).split()


def keeps_hyphen(before: str, behind: str, known: set[str]) -> bool:
    if before + behind in known or f"{before}-{behind}" in known:
        return before + behind not in known
    vowel = tuple(VOWELS)
    return (
        not set(before) & set(VOWELS)
        or not set(behind) & set(VOWELS)
        or len(behind) == 1
        or (not before.endswith(vowel) and behind.startswith(vowel))
        or before.endswith("ndu")
        or (behind.startswith(vowel) and len(behind) <= 3 and before.lower() in BEFORE_SHORT)
    )


ITEM = re.compile(r"[-–—•●*#]|[0-9]+(?:\)|\.) |\w\) ")


def full_and_small(lines: list[str], width: int) -> tuple[int, int, int]:
    """Return how many lines are followed by another, of those full ones, of those before small."""
    pairs = [(one, two) for one, two in pairwise(lines) if one and two]
    full = [two for one, two in pairs if is_full(one, two, width)]
    return len(pairs), len(full), sum(line[0].islower() for line in full)


def is_full(line: str, following: str, width: int) -> bool:
    return len(line) <= width < len(line) + 1 + len(following.split(" ")[0])


def with_joined_lines(text: str) -> str:
    """Return the text with the lines joined that were broken to a width."""
    lines = [line.strip(" \t") for line in text.split("\n")]
    lengths = sorted(len(line) for line in lines if line)
    if len(lengths) < 5:
        return text
    width = lengths[len(lengths) - 1 - len(lengths) // 50]
    pairs, full, small = full_and_small(lines, width)
    if not 45 <= width <= 130 or not full or full < 0.6 * pairs or small < 0.6 * full:
        return text
    joined = lines[0]
    for one, two in pairwise(lines):
        glue = "\n"
        is_continued = one and two and is_full(one, two, width)
        if is_continued and not ITEM.match(two) and "|" not in one + two:
            glue = "" if one[-1] == "-" and one[-2:-1].isalpha() else " "
        joined += glue + two
    return joined


SPACED_COMMA = re.compile(r"(?<=[^\W_]) ,")
ATTACHED_COMMA = re.compile(r"(?<=[^\W_]),")


def with_attached_punctuation(text: str) -> str:
    """Return the text without blanks between words and their punctuation."""
    spaced, attached = (len(p.findall(text)) for p in (SPACED_COMMA, ATTACHED_COMMA))
    marks = ",.;:!?" if spaced > attached and spaced >= 2 else ",."
    pattern = re.compile(rf"(?<=([^\W_]|[)\]”»\"])) (?=[{marks}](?: |$) *(.?))")

    def blank(match: re.Match[str]) -> str:
        before, following = match[1], match[2]
        numbers = is_number(before) and is_number(following)
        return " " if numbers or (following and following in string.punctuation) else ""

    lines = text.split("\n")
    return "\n".join(
        line if "|" in line or "\t" in line else pattern.sub(blank, line) for line in lines
    )


LEGACY = dict(zip("ãÃºªþÞ¥µ", "ăĂșȘțȚ„”", strict=True))
PORTUGUESE_WORDS = {
    "alemã", "amanhã", "avelã", "campeã", "cidadã", "cristã", "cristãs", "irmã", "irmãs", "lã",
    "maçã", "maçãs", "manhã", "manhãs", "romã", "órfã",
}  # fmt: skip


CONTINUATION = re.escape(bytes(range(0x80, 0xC0)).decode("cp1256"))
WINDOWS_1256 = re.compile(f"(?:[آأؤإب]|â€)[{CONTINUATION}]")


def with_legacy_letters(text: str) -> str:
    """Return the text with its Romanian letters, if it was read as Latin-1 or as Windows-1256."""
    pairs = "".join(WINDOWS_1256.findall(text)).encode("cp1256").decode()
    others = WINDOWS_1256.sub("", text)
    if sum(letter in "ăĂâÂîÎșȘțȚşŞţŢ" for letter in pairs) >= 2 and not re.search("[؀-ۿ]", others):
        return WINDOWS_1256.sub(lambda match: match[0].encode("cp1256").decode(), text)
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
    return letter in "ºª" and beside and not (is_number(before) or degree or abbreviation)


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


REPAIRS: dict[str, Callable[[str], str]] = {
    "HTML entities": without_entities,
    "HTML tags": without_tags,
    "mojibake": without_mojibake,
    "legacy encodings": with_legacy_letters,
    "line ends": with_plain_line_ends,
    "invisible characters": without_invisible,
    "composed letters": composed,
    "cedilla letters": with_comma_letters,
    "hyphens": with_plain_hyphens,
    "divided words": with_whole_words,
    "wrapped lines": with_joined_lines,
    "spaced punctuation": with_attached_punctuation,
    "blanks": with_single_blanks,
}
