"""Characters that carry no text: composition, line ends, controls, blanks."""

import re
import unicodedata

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
    # Also fast: CPython answers from the quick-check property before it normalises anything.
    return unicodedata.normalize("NFC", text)


def all_visible(text: str) -> bool:
    r"""Return whether a text holds only visible characters, spaces and `\n`.

    It answers for three repairs at once, and at memory speed: what they act on (controls, format
    characters, separators) is what Python calls not printable.
    """
    return text.replace("\n", "").isprintable()


def with_plain_line_ends(text: str) -> str:
    r"""Return the text with every kind of line end written as `\n`."""
    return text if all_visible(text) else LINE_ENDS.sub("\n", text)


def without_invisible(text: str) -> str:
    """Return the text without characters that show nothing."""
    if all_visible(text):
        return text
    text = INVISIBLE.sub("", text)
    return LONE_JOINER.sub("", text) if "\u200d" in text else text


def with_plain_hyphens(text: str) -> str:
    """Return the text with the two look-alike hyphens written as `-`.

    Word writes the clitic hyphen of "s-a" as the non-breaking one; it is the same word.
    """
    return text.replace("\u2010", "-").replace("\u2011", "-")


def with_single_blanks(text: str) -> str:
    """Return the text with single spaces, none at the ends of lines, and single blank lines."""
    if not all_visible(text):
        text = ODD_BLANKS.sub(" ", text)
    if "  " in text:
        text = BLANK_RUNS.sub(" ", text)
    text = text.replace(" \n", "\n").replace("\n ", "\n")
    if "\n\n\n" in text:
        text = BLANK_LINES.sub("\n\n", text)
    return text.strip(" \n")
