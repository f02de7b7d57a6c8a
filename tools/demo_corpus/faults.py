"""What is wrong with some documents, on purpose, and what must become of them."""

import re
import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """A planted fault.

    Attributes:
        kind: its name.
        source, part: where it stands.
        place: the ordinal of the document in the part, or for Wikipedia its title.
        fate: repaired, dropped or kept.
        stage: which stage does it.
        reason: of a dropped one.
        before, after: of a repaired one, a piece of the text as it stands, and as it must become.
        copy_of: place of the original of a duplicate, as source/part/ordinal.
    """

    kind: str
    source: str
    part: str
    place: int | str
    fate: str
    stage: str
    reason: str | None = None
    before: str | None = None
    after: str | None = None
    copy_of: str | None = None


def mojibake(text: str) -> str:
    """UTF-8 read as Windows-1252, the bytes it leaves undefined as Latin-1."""

    def read(byte: int) -> str:
        try:
            return bytes([byte]).decode("cp1252")
        except UnicodeDecodeError:
            return chr(byte)

    return "".join(read(byte) for byte in text.encode())


def cedilla(text: str) -> str:
    """ș and ț as keyboards wrote them before 2007."""
    return text.translate(str.maketrans("șțȘȚ", "şţŞŢ"))


def decomposed(text: str) -> str:
    """Letters and marks apart (NFD), as some systems store file contents."""
    return unicodedata.normalize("NFD", text)


def invisible(text: str) -> str:
    """Soft hyphens inside long words, and zero-width spaces after commas."""
    hyphenated = re.sub(r"(\w{4})(\w{4})", "\\1\u00ad\\2", text)
    return hyphenated.replace(", ", ",\u200b ")


def entities(text: str) -> str:
    """Letters as HTML entities, as scraped pages have them."""
    names = {"î": "&icirc;", "â": "&acirc;", "ă": "&#259;", "ș": "&#537;", "„": "&bdquo;"}
    return "".join(names.get(letter, letter) for letter in text)


def windows_lines(text: str) -> str:
    """Line ends of Windows, and blanks before them."""
    return text.replace("\n", "  \r\n")


def boilerplate(text: str) -> str:
    """The page around a text."""
    return "\n".join(
        (
            "Meniu | Acasă | Despre noi | Contact",
            "Acest site folosește cookie-uri. Acceptați cookie-urile?",
            text,
            "Citește și: Zece povești pentru copii",
            "Distribuie pe Facebook",
        )
    )


def without_diacritics(text: str) -> str:
    """Letters without their marks, as people type in a hurry."""
    marks = unicodedata.normalize("NFD", text)
    return "".join(letter for letter in marks if not unicodedata.combining(letter))


def slightly_edited(text: str) -> str:
    """A copy in which some words are others, as retold texts have."""
    changes = {"mare": "mic", "repede": "încet", "pădure": "grădină", "apă": "lapte", "iar": "însă"}
    pattern = re.compile(r"\b(" + "|".join(changes) + r")\b")
    return pattern.sub(lambda match: changes[match[0]], text) + "\nAșa s-a întâmplat și nu altfel."


TURKISH = """Küçük Ayşe her sabah bahçeye çıkar ve çiçekleri sular. Bugün hava çok güzeldi, güneş
parlıyordu. Kardeşi Işık da geldi ve birlikte ağaçtan elma topladılar. Annesi onlara şekerli çay
yaptı. Akşam olunca yağmur yağdı, çocuklar eve koştular ve pencereden dışarıyı seyrettiler."""

ENGLISH = """The little boy went to the market with his grandmother early in the morning. They
bought apples, bread and a big piece of cheese. On the way home they met a white dog who
followed them to the door. The boy gave him some bread, and from that day on the dog slept in front
of the house."""

FRENCH = """Le matin, la petite fille ouvre la fenêtre et regarde la neige qui tombe sur le jardin.
Elle met son manteau rouge et sort avec son frère. Ils font un grand bonhomme de neige avec une
carotte et deux boutons. Quand la nuit arrive, leur mère les appelle pour manger la soupe."""

TOO_SHORT = "Bună ziua! Pagina nu există."

NO_LETTERS = "\n".join(
    f"{n:04d} | 07{n}2 {n * 37:06d} | {n}.{n % 9}0 + {n * 3}.50 = ???" for n in range(1, 12)
)
