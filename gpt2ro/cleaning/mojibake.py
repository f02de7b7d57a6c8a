"""Text decoded in the wrong encoding, repaired by ftfy where ftfy would change anything.

ftfy is exact but slow, and works line by line, so it is called only for lines that hold a
character or a pair of characters on which it acts, and on which one of its rules may. Those tests,
in rust/corpus/src/repair, are necessary conditions read from the tables and rules of ftfy 6.3.1,
which are named here, not guesses; tests compare both on random mojibake and on real text.
"""

import re
from collections.abc import Callable

from ftfy import TextFixerConfig, fix_text
from ftfy.badness import BADNESS_RE, MOJIBAKE_CATEGORIES
from ftfy.chardata import (
    CHARMAP_ENCODINGS,
    HTML_ENTITIES,
    LIGATURES,
    UTF8_DETECTOR_RE,
    WIDTH_MAP,
)

from gpt2ro.cleaning.settings import CleaningSettings

# Quotes stay curled: uncurling destroys „…”. Entities, line ends and control characters are repairs
# of their own, so that each is counted under its own name.
CONFIG = TextFixerConfig(
    unescape_html=False,
    uncurl_quotes=False,
    fix_line_breaks=False,
    fix_surrogates=False,
    remove_terminal_escapes=False,
    remove_control_chars=False,
    normalization=None,
    explain=False,
)

# HTML's named characters, "&amp;" to "&", also as ftfy knows them in capitals.
ENTITIES: dict[str, str] = HTML_ENTITIES


def _members(character_class: str) -> str:
    """Return the characters outside ASCII of a regular expression's class, ranges expanded."""
    return "".join(re.findall(f"[{character_class}]", NOT_ASCII))


NOT_ASCII = "".join(map(chr, range(0x80, 0x10000)))
# Every character outside ASCII that ftfy's mojibake rules name: all but œ, a C1 control, and Ã or Â
# before a blank need a second one beside them.
RULED = _members(
    "".join(MOJIBAKE_CATEGORIES.values()) + re.sub(r"[\x00-\x7f]", "", BADNESS_RE.pattern)
)
# Those that are acted on behind an opening quote or a dash.
DOOMED = _members(MOJIBAKE_CATEGORIES["bad"] + MOJIBAKE_CATEGORIES["box"])
CONTROLS = "".join(map(chr, range(0x80, 0xA0)))

# A control of Windows-1252 (dash, quote, ellipsis) after a character that cannot begin a broken
# UTF-8 sequence. ftfy takes "viță \x97 sânge" for one and makes it "viț㠗 sânge".
STRAY_CONTROL = re.compile("(?<![^\x00-\x7făîșțşţ])[\x80-\x9f]")

# What is left of ” where a program dropped its third byte, for which Windows-1252 has no character,
# or wrote a question mark. Before a blank ftfy takes it for †, which is as rare in Romanian as
# closing quotes are frequent.
CUT_QUOTE = re.compile(r"â€(?:\?|(?![^\x00-\x7f]))")

# A character outside ASCII that stands between two of ASCII is one byte in every encoding that ftfy
# tries, and no UTF-8 has such a byte: the line as a whole was not read in a wrong encoding. But
# beside a space, a question mark or U+001A, which ftfy also writes for U+FFFD, the byte may be what
# is left of a character; before a space alone only if it is one of these, and not in MacRoman.
BYTES_BEFORE_SPACE = b"\xc2\xc3\xc5\xce\xd0\xd9\xe2\xe3\xf0"
_BEFORE_SPACE = "".join(
    BYTES_BEFORE_SPACE.decode(encoding) for encoding in CHARMAP_ENCODINGS if encoding != "macroman"
)
_PLAIN = "\x00-\x19\x1b-\x1f!->@-\x7f"
LONE_BYTE = re.compile(
    f"(?<![^{_PLAIN}])(?:[^\x00-\x7f\ufffd](?![^{_PLAIN}])|[^\x00-\x7f\ufffd{_BEFORE_SPACE}] )"
)

# Â and Î that ftfy takes for halves of a broken character though they are letters: it makes of „Î”
# "„Δ", of „A COBORÎ” "„A COBORΔ", of „Â” "„”". They are letters
# - behind a capital, a blank or the quote itself, at the end of a quoted passage, or before a dash
#   in it. A broken quote does not close one that is whole;
# - Î at the end of a word in capitals, as no Greek letter follows one of ours;
# - before a soft hyphen, where they are the vowel of their syllable ("ROMÂ-NIA");
# - named: "literele Ă, Â și Î". Elsewhere Â between blanks is what is left of a hard blank.
# Â before ® and ™ is none ("WINDOWSÂ®"): no word ends with it, and many pages have such signs.
CAPITALS = "A-ZĂÂÎȘȚŞŢ"
_CONSONANTS = "BCDFGHJ-NP-TV-XZȘȚŞŢ"
_QUOTED = "|".join(
    f"{opening}(?:[^„“”«»]*[{CAPITALS} \xa0])?[ÂÎ](?=[{closing}–—])"
    for opening, closing in (
        ("(?<![^\x00-\x7f–—])„", "“”"),
        ("(?<![^\x00-\x7f–—])«", "»"),
        ("(?<![^\\s(])[“”]", "”"),
    )
)
MEANT_LETTER = re.compile(
    f"{_QUOTED}|(?<=[{CAPITALS}])Î(?=[“”„»–—®™\xa0\xad])"
    f"|(?<![{CAPITALS}])[{_CONSONANTS}]+[ÂÎ](?=\xad[{CAPITALS}])"
    r"|(?i:\bliter(?:a|ă|ei|e|ele|elor))(?: \w,?| și| şi| sau)* Â(?= )"
)
# Of the private use area, so that no encoding has them.
SHIELDS = {"Â": "\ue000", "Î": "\ue001"}
LETTERS = str.maketrans({shield: letter for letter, shield in SHIELDS.items()})

# Pieces of a verbose expression: a class, a comment, an escape, or a character.
VERBOSE = re.compile(r"\[\^?[^]]+\]|#[^\n]*|\\.|.", re.DOTALL)


def alone(settings: CleaningSettings) -> str:
    """Return the characters that are acted on wherever they stand."""
    ligatures = LIGATURES if settings.split_ligatures else ()
    widths = WIDTH_MAP if settings.repair_widths else ()
    return CONTROLS + "".join(map(chr, (*ligatures, *widths)))


def suspicious_lines(settings: CleaningSettings) -> str:
    """Return a regular expression, as Rust writes it, for the lines that `line_repair` may change.

    It matches where ftfy's rules do, and where they would with any character for \\s and \\w, of
    which the two languages have ideas of their own.
    """
    rules = "".join(_rust_syntax(piece) for piece in VERBOSE.findall(BADNESS_RE.pattern))
    return f"(?s){rules}|[{alone(settings)}]"


def _rust_syntax(piece: str) -> str:
    if piece.isspace() or piece.startswith("#"):
        return ""
    return "." if piece in (r"\s", r"\w") else piece


def line_repair(settings: CleaningSettings) -> Callable[[str], str]:
    """Return the function that repairs a line: encodings, C1 controls, ligatures, widths."""
    config = CONFIG._replace(
        fix_latin_ligatures=settings.split_ligatures, fix_character_width=settings.repair_widths
    )
    acts_alone = re.compile(f"[{alone(settings)}]")

    def stays(line: str) -> bool:
        """Return whether ftfy changes nothing; it takes ten times as long to find out."""
        return not acts_alone.search(line) and (is_sound(line) or not BADNESS_RE.search(line))

    def fixed(line: str) -> str:
        return line if stays(line) else str(fix_text(line, config))

    def line_without_mojibake(line: str) -> str:
        # Often stray controls are all: in 108 of 108 lines of a collection of poems.
        return line if stays(line) else shielding(fixed, with_whole_bytes(line))

    return line_without_mojibake


def shielding(repair: Callable[[str], str], line: str) -> str:
    """Return a line repaired without the letters that are meant, and with them in their places."""
    has_letter = any(letter in line for letter in SHIELDS)
    has_shield = any(shield in line for shield in SHIELDS.values())
    if has_shield or not has_letter:
        return repair(line)
    shielded = MEANT_LETTER.sub(lambda match: match[0][:-1] + SHIELDS[match[0][-1]], line)
    return repair(shielded).translate(LETTERS)


def is_sound(line: str) -> bool:
    """Return whether neither a line nor a part of it can be UTF-8 read in another encoding."""
    return (
        len(line) <= CONFIG.max_decode_length  # a longer one is repaired in pieces
        and LONE_BYTE.search(line) is not None
        # What could be UTF-8 stays if it is not bad by itself, as most of it: "proletară”".
        and not any(BADNESS_RE.search(part[0]) for part in UTF8_DETECTOR_RE.finditer(line))
    )


def with_whole_bytes(line: str) -> str:
    """Return a line without stray controls, and with the third byte of quotes that lost it."""
    return CUT_QUOTE.sub("â€\x9d", STRAY_CONTROL.sub(meant_control, line))


def meant_control(match: re.Match[str]) -> str:
    """Return the Windows-1252 character of a C1 control, nothing for the five bytes without one."""
    return match[0].encode("latin-1").decode("windows-1252", errors="ignore")
