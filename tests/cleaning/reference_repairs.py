"""What the repairs in Rust must give, slow and obvious; each function is one repair."""

import re
import string
import unicodedata
from collections.abc import Callable
from itertools import pairwise, takewhile

from ftfy import fix_text
from ftfy.fixes import unescape_html
from reference_glued import with_missing_blanks
from reference_legacy import is_number, with_legacy_letters
from reference_lost_letters import with_lost_letters

from gpt2ro.cleaning.language import ROMANIAN_WORDS
from gpt2ro.cleaning.mojibake import CONFIG, with_whole_bytes

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


ACCENTED = {"˘a": "ă", "˘A": "Ă", "ˆa": "â", "ˆA": "Â", "ˆı": "î", "ˆi": "î", "ˆI": "Î"}
for letter, cedilla in zip("sStT", "şŞţŢ", strict=True):
    ACCENTED |= {f"{letter}¸": cedilla, f"¸{letter}": cedilla}


def composed(text: str) -> str:
    """Return the text with accents on their letters, if they stand beside them, or else in NFC."""
    joined, rest, letters = "", text, 0
    while rest:
        pair, behind = rest[:2], rest[2:]
        is_in_word = joined[-1:].isalpha() or behind[:1].isalpha() or behind[:1] in tuple("˘ˆ¸")
        if pair in ACCENTED and is_in_word:
            letters += "ˆ" not in pair
            joined, rest = joined + ACCENTED[pair], behind
        else:
            joined, rest = joined + rest[0], rest[1:]
    return joined if letters >= 2 else unicodedata.normalize("NFC", text)


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
    return "\n".join(fix_text(with_whole_bytes(line), CONFIG) for line in text.split("\n"))


MISREAD = {
    letter.encode().decode(encoding): letter
    for encoding in ("cp1252", "cp1250")
    for letter in "ăĂâÂîÎșȘțȚşŞţŢ"
    # Windows-1250 has no character for the second byte of ă, nor of Ș.
    if not (encoding == "cp1250" and letter in "ăȘ")
}


def with_right_letters(text: str) -> str:
    """Return the text with the letters for which two characters stand within words."""
    right = ""
    while text:
        pair, behind = text[:2], text[2:]
        is_mark = not pair[1:].isalpha() and pair[1:] != "˜"
        is_initial = right[-1:].isalpha() and not right[-2:-1].isalpha()
        is_end = right[-1:].islower() or (right[-1:].isalpha() and not is_mark) or is_initial
        is_joined = behind[:1] in ("-", ".") and behind[1:2].islower() and not right[-1:].isalpha()
        if pair in MISREAD and (behind[:1].isalpha() or is_end or is_joined):
            right, text = right + MISREAD[pair], behind
        else:
            right, text = right + text[0], text[1:]
    return right


HIDDEN = {"<!--": "-->", "<script": r"(?ai:</script)\s*>", "<style": r"(?ai:</style)\s*>"}
OPENING = re.compile(r"<!--|(?ai:<script|<style)(?:\s[^<>]*)?>")
BARE = names(
    """
    allowfullscreen async autofocus autoplay checked compact controls declare default defer disabled
    download formnovalidate hidden inert ismap itemscope loop multiple muted noresize noshade
    novalidate nowrap open playsinline readonly required reversed selected
    """
)
BARE_ATTRIBUTE = rf"(?ai:{'|'.join(sorted(BARE))}|(?:aria|data|ng|v|x)-[-a-z0-9_:.]+)"
VALUE = r"""(?:"[^"<>]*"|'[^'<>]*'|[^\s"'<>]+)"""
ATTRIBUTE = rf"\s+(?:[a-zA-Z_:][-a-zA-Z0-9_:.]*\s*=\s*{VALUE}|{BARE_ATTRIBUTE})"
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


def without_hidden(text: str, position: int = 0) -> str:
    """Return the text without comments, scripts and styles behind a position."""
    while opening := OPENING.search(text, position):
        kind = next(kind for kind in HIDDEN if opening[0].lower().startswith(kind))
        closing = re.compile(HIDDEN[kind]).search(text, opening.end())
        if closing:
            others = (
                one
                for one in OPENING.finditer(text, opening.end())
                if one.start() < closing.start()
            )
            same = [one.start() for one in others if one[0].lower().startswith(kind)]
            if is_hidden(kind, text[opening.end() : min([*same, closing.start()])]):
                text, position = text[: opening.start()] + text[closing.end() :], opening.start()
                continue
        position = opening.end()
    return text


def is_hidden(kind: str, content: str) -> bool:
    code = content.strip(" \t\r\n")
    marks = sum(letter in "{}[]()=;<>" for letter in code)
    is_comment = kind == "<!--" and not re.search(r"\n[ \t\r]*\n", content)
    return code[-1:] in ("", *"})];>") or marks * 40 >= len(code) or is_comment


def without_tags(text: str) -> str:
    """Return the text without tags that are markup, not mentioned."""
    text = without_hidden(text)
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
BEFORE_SHORT = names("care ce ci cine câte cîte de i le mi ne ni pe te ti unde vi și ți")
BEFORE_PRONOUNS = names("a care ce cine că daca dacă de nu parcă sa să unde și")
VERBS = names("adu crede dați dă du fă ia iartă iată lasă spune uită vino")
ENDS_BEFORE = {
    "mi": ("a", "e", "u", "ă"),
    "mă": ("ă", "ește", "ți"),
    "te": ("ă", "ește"),
    "vă": ("ți",),
    "ți": ("ește",),
}
NO_PRONOUN = names(
    "adune arăte blestemi chemi credeți căte desi deși dăți freamăte glumi lacrămi lacăte lumi "
    "lăcrămi mulțumi mulțămi spuneți strigăte temi vremi însumi"
)
RELATIVES = names("bărbatu domnia fiică frate maică mamă mumă măria nevastă soră tată")
ADVERBS = names("abia acasă aceea aci aici acolo acum acuma afară atunci")
FIRST_PARTS = names(
    "alb anglo austro economico franco germano greco nord prim româno ruso social sud tehnico turco"
)


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
    if is_never_divided(before, behind):
        return True
    is_word, has_hyphen = before + behind in known, f"{before}-{behind}" in known
    if is_word != has_hyphen:
        return has_hyphen
    return is_seldom_divided(before, behind) or are_words(before.lower(), behind)


def is_never_divided(before: str, behind: str) -> bool:
    return (
        not set(before) & set(VOWELS)
        or not set(behind) & set(VOWELS)
        or len(behind) == 1
        or (len(behind) == 2 and behind[0] in "ao" and before.lower() in BEFORE_SHORT)
    )


def is_seldom_divided(before: str, behind: str) -> bool:
    vowel = tuple(VOWELS)
    after_nasal = behind[1:2] in VOWELS + "mn"
    return (not before.endswith(vowel) and behind.startswith(vowel)) or (
        before.endswith(vowel) and behind[0] in "mn" and not after_nasal
    )


def are_words(before: str, behind: str) -> bool:
    is_short = behind.startswith(tuple(VOWELS)) and len(behind) <= 3
    return (
        before.endswith("ndu")
        or before in FIRST_PARTS
        or behind in {"cadru", "verbal"}
        or (is_before_pronoun(before, behind) and before + behind not in NO_PRONOUN)
        or (before in RELATIVES and behind in {"mea", "meu", "sa", "său", "ta", "tău"})
        or (behind in ADVERBS and before in {"de", "pe", "și"})
        or (is_short and before in BEFORE_SHORT)
    )


def is_before_pronoun(before: str, behind: str) -> bool:
    return (
        (behind in {"mi", "ti", "ți", "si", "și"} and before in BEFORE_PRONOUNS)
        or (behind in {"le", "mi", "mă", "ne", "te", "vă", "ți"} and before in VERBS)
        or before.endswith(ENDS_BEFORE.get(behind, ()))
    )


ITEM = re.compile(r"[•●*#]|[0-9]+(?:\)|\.) |\w\) |\((?:[^\W_]|[0-9]{2,4}|[ivx]{2,4})\) ")


def full_and_small(lines: list[str], width: int) -> tuple[int, int, int]:
    """Return how many lines are followed by another, of those full ones, of those before small."""
    pairs = [(one, two) for one, two in pairwise(lines) if one and two]
    full = [two for one, two in pairs if is_full(one, two, width)]
    return len(pairs), len(full), sum(line[0].islower() for line in full)


def is_loose(line: str, following: str, width: int) -> bool:
    """Return whether a line has room for the next word, and ends no paragraph."""
    has_room = len(line) + 1 + len(following.split(" ")[0]) <= width
    begins = ITEM.match(following) or following[0] in "-–—"
    return has_room and line[-1] not in '.!?…:;”»")' and not begins


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
    loose = sum(is_loose(one, two, width) for one, two in pairwise(lines) if one and two)
    if not 45 <= width <= 130 or not full or full < 0.6 * pairs or small < 0.6 * full:
        return text
    if loose > 0.1 * pairs:
        return text
    is_blank_between = pairs + 1 < len(lengths) and pairs - full <= pairs / 50
    known = set(words_with_hyphens(text))
    joined = lines[0]
    for one, two in pairwise(lines):
        begins = (
            one and two and (is_item(one, two) or (not is_blank_between and is_speech(one, two)))
        )
        if not (one and two) or not is_full(one, two, width) or begins:
            joined += "\n" + two
        elif one[-1] != "-" or not one[-2:-1].isalpha():
            joined += " " + two
        else:
            before = "".join(takewhile(str.isalpha, reversed(one[:-1])))[::-1]
            behind = "".join(takewhile(str.isalpha, two))
            is_word = before[-1:].islower() and behind[:1].islower()
            if is_word and not keeps_hyphen(before, behind, known):
                joined = joined[:-1]
            joined += two
    return joined


def is_speech(previous: str, line: str) -> bool:
    return line[0] in "-–—" or (line[0] in "„«" and previous[-1] in '.!?…:”»"')


def is_item(previous: str, line: str) -> bool:
    """Return whether a line begins an item, or is a row of a table."""
    return bool(ITEM.match(line)) or any(bar in previous + line for bar in "|│")


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
        line
        if "|" in line or "\t" in line
        else WRONG_SIDE.sub(changed_side, pattern.sub(blank, line))
        for line in lines
    )


WRONG_SIDE = re.compile(r"(?<=[^\W_]) ([,;.!?])(?=(.)(.?))")


def changed_side(match: re.Match[str]) -> str:
    before = match.string[match.start() - 1]
    mark, first, second = match.groups()
    is_side = first.isalpha() if mark in ",;" else first.isupper() and second.islower()
    return f"{mark} " if is_side and before.isalpha() else match[0]


REPAIRS: dict[str, Callable[[str], str]] = {
    "HTML entities": without_entities,
    "HTML tags": without_tags,
    "mojibake": without_mojibake,
    "misread letters": with_right_letters,
    "legacy encodings": with_legacy_letters,
    "line ends": with_plain_line_ends,
    "invisible characters": without_invisible,
    "composed letters": composed,
    "cedilla letters": with_comma_letters,
    "lost letters": with_lost_letters,
    "hyphens": with_plain_hyphens,
    "wrapped lines": with_joined_lines,
    "divided words": with_whole_words,
    "spaced punctuation": with_attached_punctuation,
    "glued punctuation": with_missing_blanks,
    "blanks": with_single_blanks,
}
