"""What happens to texts on their way through the web: each function damages a text in one way."""

import re
import unicodedata

COMMA_TO_CEDILLA = str.maketrans("șțȘȚ", "şţŞŢ")
ENTITIES = {
    "ă": "&#259;", "â": "&acirc;", "î": "&icirc;", "Î": "&Icirc;", "ș": "&#537;", "ț": "&#539;",
    "„": "&bdquo;", "”": "&rdquo;",
}  # fmt: skip


def read_as_windows_1252(text: str) -> str:
    """Mojibake: UTF-8 read as Windows-1252, its five undefined bytes as Latin-1."""
    return "".join(map(_windows_1252, text.encode()))


def _windows_1252(byte: int) -> str:
    try:
        return bytes([byte]).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)


def read_as_latin_1(text: str) -> str:
    """Mojibake: UTF-8 read as Latin-1, which turns half of the bytes into control characters."""
    return text.encode().decode("latin-1")


def with_cedillas(text: str) -> str:
    """Write ș and ț with a cedilla, as keyboards did before 2007."""
    return text.translate(COMMA_TO_CEDILLA)


def with_some_cedillas(text: str) -> str:
    """Write only ș with a cedilla: both kinds of letters in one line."""
    return text.replace("ș", "ş").replace("Ș", "Ş")


def decomposed(text: str) -> str:
    """Take letters and marks apart (NFD), as some systems store text."""
    return unicodedata.normalize("NFD", text)


def with_soft_hyphens(text: str) -> str:
    """Put a soft hyphen into every long word, as justified pages have them."""
    return re.sub(r"(\w{4})(\w{4})", "\\1\u00ad\\2", text)


def with_zero_width_spaces(text: str) -> str:
    """Put a zero-width space after every comma."""
    return text.replace(",", ",\u200b")


def with_entities(text: str) -> str:
    """Write Romanian letters as HTML entities."""
    return "".join(ENTITIES.get(letter, letter) for letter in text)


def with_windows_line_ends(text: str) -> str:
    """End lines with blanks, carriage return and line feed."""
    return text.replace("\n", "  \r\n")


def in_capitals(text: str) -> str:
    """Write the whole text in capital letters."""
    return text.upper()


def without_diacritics(text: str) -> str:
    """Take the marks off the letters, as people type in a hurry."""
    marks = unicodedata.normalize("NFD", text)
    return "".join(letter for letter in marks if not unicodedata.combining(letter))


def unchanged(text: str) -> str:
    """Return the text as it is: an exact copy."""
    return text


# One sentence of the tale of the market, and another for it.
ENDING = "Lui îi plăceau cel mai mult merele acre."
OTHER_ENDING = "El mânca numai mere acre, și vara, și iarna."


def with_other_ending(text: str) -> str:
    """Change 6 % of the words of the tale of the market, all in one place."""
    return text.replace(ENDING, OTHER_ENDING)


# Each for one of the same gender, so that the tale stays correct.
OTHER_ANIMALS = {
    "Lupul": "Ursul", "lup": "urs", "lupul": "ursul", "gâtul": "capul", "broasca": "vulpea",
    "Broasca": "Vulpea", "broaștei": "vulpii", "baltă": "vizuină", "mal": "prag",
}  # fmt: skip


def with_other_animals(text: str) -> str:
    """Change 8 % of the words of the tale of the ill wolf, all over the text.

    Of its runs of five words, it has 49 % in common with the tale.
    """
    pattern = re.compile(r"\b(" + "|".join(OTHER_ANIMALS) + r")\b")
    return pattern.sub(lambda match: OTHER_ANIMALS[match[0]], text)
