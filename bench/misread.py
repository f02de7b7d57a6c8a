r"""How many lines come back in which ș and ț alone were misread, all else being right, beside ftfy.

    python bench/misread.py ../shared/corpora/text/*.txt.xz

Newspapers have lines like "InvestiÅ£ia iniÅ£ială", in which ă, â and î are right. Of each file's
lines with both kinds of letters some are taken, evenly; their ș and ț, with a comma or a cedilla,
become what Windows-1252 or Windows-1250 shows for their bytes. A line has come back if it is as it
was (with comma letters). Lines of which the encoding has no character for a byte are left out. All
lines are repaired as they are, too: none should change.
"""

import argparse
import contextlib
import lzma
from collections.abc import Iterator
from pathlib import Path

from ftfy import fix_text

from gpt2ro.cleaning.mojibake import CONFIG
from gpt2ro.cleaning.repairs import repairer
from gpt2ro.cleaning.settings import CleaningSettings

ENCODINGS = {"Windows-1252": "cp1252", "Windows-1250": "cp1250"}
SPELLINGS = {"comma": "șțȘȚ", "cedilla": "şţŞŢ"}
TO_COMMA = str.maketrans(SPELLINGS["cedilla"], SPELLINGS["comma"])
REPAIRER = repairer(CleaningSettings(), ["mojibake", "misread letters"])


def lines_of(path: Path) -> list[str]:
    with lzma.open(path, "rt", encoding="utf-8") as file:
        return [line.strip() for line in file]


def fit(lines: list[str], count: int) -> list[str]:
    """Return lines in which both kinds of letters are, at even distances."""
    kinds = (SPELLINGS["comma"], "ăâî")
    lines = [line for line in lines if all(has_any(line, letters) for letters in kinds)]
    lines = [line for line in lines if not has_any(line, SPELLINGS["cedilla"])]
    # What is repaired as it is says nothing.
    lines = [line for line in lines if REPAIRER.repair(line)[0] == line]
    return lines[:: max(1, len(lines) // count)]


def has_any(line: str, letters: str) -> bool:
    return any(letter in line for letter in letters)


def misread(lines: list[str], letters: str, encoding: str) -> Iterator[tuple[str, str]]:
    """Yield lines with their ș and ț misread, and as they were."""
    table = {}
    for letter, written in zip(SPELLINGS["comma"], letters, strict=True):
        with contextlib.suppress(UnicodeDecodeError):
            table[letter] = written.encode().decode(encoding)
    for line in lines:
        if not has_any(line, "".join(set(SPELLINGS["comma"]) - set(table))):
            yield line.translate(str.maketrans(table)), line


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--lines", type=int, default=2000, help="of each file, about")
    arguments = parser.parse_args()
    files = [lines_of(path) for path in arguments.files]
    lines = [line for of_file in files for line in fit(of_file, arguments.lines)]
    right = {line for of_file in files for line in of_file}
    changed = sum("misread letters" in REPAIRER.repair(line)[1] for line in right)
    print(f"of {len(right):,} different lines as they are {changed} change")
    for name, encoding in ENCODINGS.items():
        for spelling, letters in SPELLINGS.items():
            pairs = list(misread(lines, letters, encoding))
            back = sum(
                REPAIRER.repair(broken)[0].translate(TO_COMMA) == right for broken, right in pairs
            )
            alone = sum(
                fix_text(broken, CONFIG).translate(TO_COMMA) == right for broken, right in pairs
            )
            print(
                f"{name}, {spelling}: of {len(pairs):,} lines {back / len(pairs):.2%} come back, "
                f"{alone / len(pairs):.2%} with ftfy alone"
            )


if __name__ == "__main__":
    main()
