r"""How many lost letters come back, and which documents are kept then.

    python bench/lost_letters.py ../shared/corpora/text/*.txt.xz

Pieces of 1,000 characters of each file are written in Windows-1250, Windows-1252 and ASCII, with
question marks for what these lack, and as bytes of Windows-1250 that are read as UTF-8. Of their
lost letters so many per cent are right again or became other ones (the rest is left). "kept" are
the pieces without lost letters for the filter, in per cent, before and after the repair. Of the
right pieces none should be changed. --show prints the most frequent wrong words of each file. The
last line is JSON.
"""

import argparse
import json
import lzma
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from gpt2ro.cleaning.filters import drop_reason
from gpt2ro.cleaning.repairs import repaired, repairer, repairs
from gpt2ro.cleaning.settings import CleaningSettings

LENGTH = 1000  # characters of a piece
MIN_LETTERS = 5  # of them lost ones, in the letters that every loss takes
SETTINGS = CleaningSettings()
STEPS = repairs(CleaningSettings(restore_letters=False, drop_boilerplate=False))
REPAIRER = repairer(SETTINGS, ["lost letters"])
TO_CEDILLA = str.maketrans("șțȘȚ", "şţŞŢ")
LOSSES = {
    "Windows-1250": lambda text: text.encode("cp1250", "replace").decode("cp1250"),
    "Windows-1252": lambda text: text.encode("cp1252", "replace").decode("cp1252"),
    "ASCII": lambda text: text.encode("ascii", "replace").decode("ascii"),
    "read as UTF-8": lambda text: (
        text.translate(TO_CEDILLA).encode("cp1250", "replace").decode("utf-8", "replace")
    ),
}
SIGNS = "?\ufffd"
# What is as right as the mark that the repair writes; “ begins quotations and ends them.
AS_RIGHT = {"„": "„“«", "”": "”“»", "–": "–—"}
WORD = re.compile(rf"[\w{SIGNS}]+")


def pieces(path: Path) -> Iterator[str]:
    """Yield the repaired text of a file in pieces that end with a word."""
    with lzma.open(path, "rt", encoding="utf-8") as file:
        text, _ = repaired(file.read(), STEPS)
    for match in re.finditer(rf"(?s)\S.{{{LENGTH},}}?(?=\s|\Z)", text):
        piece = match.group()
        if sum(piece.count(letter) for letter in "șțȘȚ") >= MIN_LETTERS:
            yield piece


def is_kept(text: str) -> bool:
    """Return whether a text passes the filter of lost letters."""
    return drop_reason(text, SETTINGS) != "letters lost"


def share(count: int, of: int) -> float:
    """Return so many of these in per cent."""
    return 100 * count / max(1, of)


def measured(texts: list[str], loss: str, wrong: Counter[str]) -> dict[str, float]:
    """Return what comes back of texts with a loss; wrong words are added to the counter."""
    letters: Counter[str] = Counter()
    marks: Counter[str] = Counter()
    kept_before = kept_after = read = 0
    for text in texts:
        lost = LOSSES[loss](text)
        if len(lost) != len(text):
            continue  # two bytes that happen to be one broken character
        read += 1
        found, _ = REPAIRER.repair(lost)
        for right, sign, sound in zip(text, lost, found, strict=True):
            if sign in SIGNS:
                counts = letters if right.isalpha() else marks
                is_right = right in AS_RIGHT.get(sound, sound)
                counts["right" if is_right else "left" if sound == sign else "wrong"] += 1
        for match in WORD.finditer(found):
            right = text[match.start() : match.end()]
            if match.group() != right and right.isalpha():
                wrong[f"{right} > {match.group()}"] += 1
        kept_before += is_kept(lost)
        kept_after += is_kept(found)
    return {
        "pieces": read,
        "right": share(letters["right"], letters.total()),
        "wrong": share(letters["wrong"], letters.total()),
        "marks": marks.total(),
        "marks_right": share(marks["right"], marks.total()),
        "marks_wrong": share(marks["wrong"], marks.total()),
        "kept_before": share(kept_before, read),
        "kept": share(kept_after, read),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--show", action="store_true", help="print wrong words")
    arguments = parser.parse_args()
    print(
        f"{'file':28} {'loss':14} pieces   right, wrong   marks  right, wrong"
        "  kept before, after  changed"
    )
    results = {}
    for path in arguments.files:
        texts = list(pieces(path))
        changed = sum(bool(REPAIRER.repair(text)[1]) for text in texts)
        for loss in LOSSES:
            wrong: Counter[str] = Counter()
            row = measured(texts, loss, wrong) | {"changed": changed}
            results[f"{path.name}, {loss}"] = row
            print(
                f"{path.name.removesuffix('.txt.xz'):28} {loss:14} {row['pieces']:6}"
                f" {row['right']:7.2f} {row['wrong']:6.2f} {row['marks']:7}"
                f" {row['marks_right']:6.1f} {row['marks_wrong']:6.1f}"
                f" {row['kept_before']:12.1f} {row['kept']:6.1f} {changed:8}"
            )
            if arguments.show:
                print(wrong.most_common(40))
    print(json.dumps(results))


if __name__ == "__main__":
    main()
