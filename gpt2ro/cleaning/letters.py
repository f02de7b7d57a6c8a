"""Romanian letters: ş and ţ with a cedilla become ș and ț with a comma below, in Romanian only.

Turkish and its relatives write ş with a cedilla by right. A text without any sign of Turkish is
mapped whole. One with such signs is judged paragraph by paragraph, and a paragraph that says
nothing (a title, a list) follows the document. Words that only one of the two languages can write
are safe on either side: "Eskişehir'in yağışı" keeps its letters inside Romanian prose.
"""

import re

from gpt2ro.cleaning.language import STRONG_LETTERS, WEAK_LETTERS, looks_turkish

CEDILLA = "şţŞŢ"
COMMA = "șțȘȚ"
TO_COMMA = str.maketrans(CEDILLA, COMMA)

# Turkish has none of these. Gagauz has ţ, but in a Romanian corpus ţ is all but always Romanian.
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
    # Four replacements scan at memory speed; str.translate is a dictionary look-up a character.
    for cedilla, comma in zip(CEDILLA, COMMA, strict=True):
        text = text.replace(cedilla, comma)
    return text


def _has_any(text: str, letters: str) -> bool:
    # A search for one character runs at memory speed, a regular expression does not.
    return not text.isascii() and any(letter in text for letter in letters)
