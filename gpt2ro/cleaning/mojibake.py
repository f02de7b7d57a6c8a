"""Text decoded in the wrong encoding, repaired by ftfy where ftfy would change anything.

ftfy is exact but slow, and works line by line, so it is called only for lines that hold a character
or a pair of characters on which it acts. That test is a necessary condition read from ftfy 6.3.1's
own tables, not a guess: see SUSPICIOUS, and the test that compares both on random mojibake.
"""

import re

from ftfy import TextFixerConfig, fix_text
from ftfy.badness import BADNESS_RE, MOJIBAKE_CATEGORIES
from ftfy.chardata import LIGATURES, WIDTH_MAP
from ftfy.fixes import unescape_html

# Quotes stay curled: uncurling destroys „…”. Entities, line ends and control characters are repairs
# of their own here, so that each is counted under its own name.
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

# Every character outside ASCII that ftfy's mojibake rules name.
RULED = "".join(MOJIBAKE_CATEGORIES.values()) + re.sub(r"[\x00-\x7f]", "", BADNESS_RE.pattern)
# Acted on wherever they stand: C1 controls, ligatures and full-width forms.
ALONE = "\x80-\x9f" + "".join(map(chr, (*LIGATURES, *WIDTH_MAP)))
# Every other rule needs two ruled neighbours, or œ, or Ã or Â before a blank. Three kinds of pairs
# that Romanian is full of are in no rule: two lower-case letters ("ță"); an opening quote, dash or
# ellipsis before anything but the two kinds named DOOMED; and a lower-case letter before a quote
# that is followed by a blank or by ASCII punctuation.
LOWER = "ăâîşáàäéèëêíóòöôõúùüûçñ"
OPENING = "„“«–—…"
DOOMED = MOJIBAKE_CATEGORIES["bad"] + MOJIBAKE_CATEGORIES["box"]
QUOTES = "„“”«»–—…’"
SUSPICIOUS = re.compile(
    rf"[{RULED}{ALONE}](?:"
    rf"(?<=[{ALONE}])|(?<=[ÃÂ])[ ]|(?<=[Œœ])"
    rf"|(?<=[{LOWER}])(?:(?![{LOWER}{QUOTES}])[{RULED}]|[{QUOTES}](?=[\w{RULED}]))"
    rf"|(?<=[{OPENING}])[{DOOMED}]"
    rf"|(?<=[^{LOWER}{OPENING}])[{RULED}])"
)


# A control of Windows-1252 (dash, quote, ellipsis) after a character that cannot begin a broken
# UTF-8 sequence. ftfy takes "viță \x97 sânge" for one and makes it "viț㠗 sânge".
STRAY_CONTROL = re.compile("(?<![^\x00-\x7făîșțşţ])[\x80-\x9f]")


def without_mojibake(text: str) -> str:
    """Return the text as ftfy repairs it: encodings, C1 controls, ligatures, full-width letters."""
    if text.isascii() or not SUSPICIOUS.search(text):
        return text
    return "\n".join(
        _repaired_line(line) if SUSPICIOUS.search(line) else line for line in text.split("\n")
    )


def _repaired_line(line: str) -> str:
    return str(fix_text(STRAY_CONTROL.sub(_meant_control, line), CONFIG))


def _meant_control(match: re.Match[str]) -> str:
    """Return the Windows-1252 character of a C1 control, nothing for the five bytes without one."""
    return match[0].encode("latin-1").decode("windows-1252", errors="ignore")


def without_entities(text: str) -> str:
    """Return the text with HTML entities that end in a semicolon replaced by their characters."""
    return unescape_html(text) if "&" in text else text
