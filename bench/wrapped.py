r"""How many hard-wrapped texts get their paragraphs back, by the share of divided words.

    python bench/wrapped.py --texts ../shared/corpora/text

Ten long paragraphs of the novels at a time are broken to a width, with a blank line between them or
none; at some of the line ends the word that did not fit is divided, before a consonant and a vowel.
`wholly` are the texts without a line end too many, `same` those that come back letter for letter.
Then words with a hyphen of their own are broken there too, and words divided down to two letters:
of both kinds it counts those that come back otherwise, hyphens that are lost and hyphens too many.
Hyphens of words that the novels have less than ten times do not count, as many are of the printer.
Poems, also with two verses a line, in small letters and without marks, are to stay as they are. The
last line is JSON.
"""

import argparse
import json
import lzma
import random
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from gpt2ro.cleaning.repairs import repaired, repairs
from gpt2ro.cleaning.settings import CleaningSettings

STEPS = repairs(CleaningSettings())
VOWELS = "aăâeiîou"
WIDTHS = (60, 72)
SHARES = (0.0, 0.05, 0.1, 0.2, 0.4, 0.7, 1.0)
HYPHEN_SHARES = (0.2, 1.0)
SHORTEST = 400  # characters of a paragraph
PARAGRAPHS = 10
WITH_HYPHEN = re.compile(r"(?<![\w-])[^\W\d_]+-[^\W\d_]+(?![\w-])")
LINE_END = re.compile(r"([^\W\d_]+)-\n([^\W\d_]+)")
FREQUENT = 10
SYLLABLE = re.compile(f"(?=[^\\W\\d_{VOWELS}][{VOWELS}])")


def read(path: Path) -> str:
    with lzma.open(path, "rt", encoding="utf-8") as file:
        return file.read()


def cleaned(text: str) -> str:
    return repaired(text, STEPS)[0]


def own_hyphen(word: str, room: int) -> int | None:
    """Return where the hyphen of a word stands, if its beginning fits with it; None if not."""
    found = re.fullmatch(r"([^\W\d_]+)-[^\W\d_]+[.,;!?]*", word)
    return len(found[1]) if found and len(found[1]) < room else None


def division(word: str, room: int) -> int | None:
    """Return where to divide a word so that its beginning and a hyphen fit; None if nowhere."""
    if not re.fullmatch(r"[^\W\d_]+[.,;!?]*", word) or not word.islower():
        return None
    places = [found.start() for found in SYLLABLE.finditer(word, 2)]
    fitting = [
        place
        for place in places
        if place < min(room, len(word) - 2) and any(letter in VOWELS for letter in word[:place])
    ]
    return fitting[-1] if fitting else None


def wrapped(text: str, width: int, share: float, choose: random.Random) -> str:
    """Return a paragraph broken to a width, with a share of the words divided that do not fit."""
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        if len(line) + 1 + len(word) <= width or not line:
            line = f"{line} {word}".lstrip()
            continue
        place = division(word, width - len(line) - 1)
        if place is None or choose.random() >= share:
            lines.append(line)
            line = word
        else:
            lines.append(f"{line} {word[:place]}-")
            line = word[place:]
    return "\n".join([*lines, line])


def joined(texts: Iterable[list[str]], width: int, share: float, between: str) -> Counter[str]:
    """Count texts of such lines: all, those wholly joined, those that come back as they were."""
    choose = random.Random(1)
    count: Counter[str] = Counter()
    for paragraphs in texts:
        right = between.join(paragraphs)
        broken = between.join(wrapped(text, width, share, choose) for text in paragraphs)
        found = cleaned(broken)
        count["texts"] += 1
        count["wholly"] += found.count("\n") <= right.count("\n")
        count["same"] += found == right
        count["lines"] += broken.count("\n")
        count["divided"] += len(re.findall(r"(?<=[a-zăâîșț])-\n", broken))
    return count


def broken_anywhere(text: str, width: int, share: float, choose: random.Random) -> str:
    """Return a paragraph broken to a width, also behind hyphens, with a share of words divided."""
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        room = width - len(line) - 1
        if len(word) <= room or not line:
            line = f"{line} {word}".lstrip()
            continue
        place = own_hyphen(word, room)
        rest = None if place is None else word[place + 1 :]
        if place is None and choose.random() < share:
            # One letter more, as `division` leaves three characters.
            place = division(f"{word}a" if word.isalpha() else word, room)
            rest = None if place is None else word[place:]
        lines.append(line if rest is None else f"{line} {word[:place]}-")
        line = word if rest is None else rest
    return "\n".join([*lines, line])


def frequent_hyphens(texts: Iterable[str]) -> set[str]:
    """Return the words with a hyphen that texts have often, in small letters, without marks."""
    count = Counter(word.lower() for text in texts for word in WITH_HYPHEN.findall(text))
    return {word for word, times in count.items() if times >= FREQUENT}


def hyphens(
    texts: Iterable[list[str]], width: int, share: float, frequent: set[str]
) -> Counter[str]:
    """Count words broken at their hyphen and divided ones, and those that come back otherwise.

    Args:
        frequent: the words with a hyphen that count.
    """
    choose = random.Random(1)
    count: Counter[str] = Counter()
    for paragraphs in texts:
        right = "\n\n".join(paragraphs)
        broken = "\n\n".join(broken_anywhere(text, width, share, choose) for text in paragraphs)
        ends = (f"{ending[1]}-{ending[2]}".lower() for ending in LINE_END.finditer(broken))
        count.update("hyphens" if word in frequent else "divided" for word in ends)
        for word, times in (Counter(right.split()) - Counter(cleaned(broken).split())).items():
            if "-" not in word:
                count["too many"] += times
            elif word.strip(".,;!?").lower() in frequent:
                count["lost"] += times
    return count


def unmarked(poem: str) -> str:
    """Return a poem with two verses a line, in small letters, without marks."""
    verses = re.sub(r"[^\w\s-]", "", poem.lower()).split("\n")
    pairs = zip(verses[::2], verses[1::2], strict=False)
    return "\n".join(" ".join(pair) for pair in pairs)


def joined_poems(poems: Iterable[str]) -> Counter[str]:
    """Count poems, and those of which lines were joined."""
    count: Counter[str] = Counter()
    for poem in poems:
        count["texts"] += 1
        count["joined"] += "wrapped lines" in repaired(poem, STEPS)[1]
    return count


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--texts", type=Path, required=True, help="folder of .txt.xz files")
    parser.add_argument("--samples", type=int, default=150, help="texts a row")
    arguments = parser.parse_args()
    novels = read(arguments.texts / "eltec_rom_novels.txt.xz").split("\n")
    clean = [cleaned(" ".join(text.split())) for text in novels if len(text) > SHORTEST]
    long = [text for text in clean if "\n" not in text]
    starts = range(0, len(long) - PARAGRAPHS, len(long) // arguments.samples)
    texts = [long[start : start + PARAGRAPHS] for start in starts]
    counts = {}
    print("| width | between paragraphs | line ends divided | wholly | same | texts |")
    print("|---|---|---|---|---|---|")
    for between, name in ("\n\n", "blank line"), ("\n", "line end"):
        for width in WIDTHS:
            for share in SHARES:
                count = joined(texts, width, share, between)
                counts[f"{name} {width} {share}"] = count
                divided = f"{100 * count['divided'] / count['lines']:.0f} %"
                cells = f"{divided} | {count['wholly']} | {count['same']} | {count['texts']}"
                print(f"| {width} | {name} | {cells} |", flush=True)
    frequent = frequent_hyphens(long)
    print("| width | words broken at their hyphen | lost | words divided | hyphens too many |")
    print("|---|---|---|---|---|")
    for width in WIDTHS:
        for share in HYPHEN_SHARES:
            count = counts[f"hyphens {width} {share}"] = hyphens(texts, width, share, frequent)
            row = " | ".join(str(count[key]) for key in ("hyphens", "lost", "divided", "too many"))
            print(f"| {width} | {row} |", flush=True)
    poems = read(arguments.texts / "poetry_api_poezii.txt.xz").split("\n\n")
    counts["poems"] = joined_poems(poems)
    counts["unmarked poems"] = joined_poems(map(unmarked, poems))
    for name in ("poems", "unmarked poems"):
        print(f"{name}: lines joined in {counts[name]['joined']} of {counts[name]['texts']}")
    print(json.dumps(counts))


if __name__ == "__main__":
    main()
