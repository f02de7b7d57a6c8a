r"""Ten times the text, or however many, for bench/corpus.py: copies in which words are exchanged.

    python bench/corpus_copies.py text/*.txt.xz --copies 10 --output larger

A copy of a file has all but its most frequent words exchanged: each is everywhere replaced by one
other word of the file, of the same number of letters and the same last letter, capital or not,
drawn by a seed of its own. So a copy has the lengths, the line ends, the repetitions and the
punctuation of the text, its words look Romanian to the filters and begin and end documents as
before; but nearly all runs of five words are other ones, so that it is no near-duplicate of the
text or of another copy, and shares next to no held-out passage with it. What it does not have are
new words: a vocabulary is learned from as many different ones as before, which ten times as much
text of people would have three or four times as many of.
"""

import argparse
import lzma
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from gpt2ro.sources.text import whole_text

WORD = re.compile(r"\w+")
# Words with this share of a file stay, as by them its language is told: some 200, half of the text.
FREQUENT = 0.0005
CHARACTERS = 1_000_000  # exchanged at once
# Of xz: a sixth of the time of preset 6, a quarter more bytes.
PRESET = 1


def exchanges(text: str, seed: str) -> dict[str, str]:
    """Return what each word that is exchanged becomes."""
    count = Counter(match[0] for match in WORD.finditer(text))
    least = FREQUENT * count.total()
    groups: dict[tuple[object, ...], list[str]] = defaultdict(list)
    for word in sorted(word for word, times in count.items() if times < least):
        kind = word.isdigit(), word[0].isupper(), word.isupper()
        groups[len(word), len(word.encode()), word[-1], *kind].append(word)
    drawn = random.Random(seed)
    table = {}
    for words in groups.values():
        others = drawn.sample(words, len(words))
        table |= zip(words, others, strict=True)
    return table


def pieces(text: str) -> Iterator[str]:
    """Yield the text in pieces that no word crosses."""
    start = 0
    while start < len(text):
        end = text.find("\n", start + CHARACTERS) + 1 or len(text)
        yield text[start:end]
        start = end


def write_copy(path: Path, number: int, output: Path) -> None:
    """Write the copy of a file with this number; number 0 is the text itself."""
    text = whole_text(path)
    table = exchanges(text, f"{path.name} {number}") if number else {}
    with lzma.open(output, "wt", preset=PRESET, encoding="utf-8", newline="\n") as file:
        for piece in pieces(text):
            file.write(WORD.sub(lambda match: table.get(match[0], match[0]), piece))


def write_copies(files: Sequence[Path], copies: int, folder: Path) -> list[Path]:
    """Write every file so many times, the first time as it is, and return the paths."""
    folder.mkdir(parents=True)
    # The largest first, so that the last ones to end are small.
    by_size = sorted(files, key=lambda path: -path.stat().st_size)
    work = [
        (path, number, folder / f"{path.name.split('.')[0]}-{number}.txt.xz")
        for number in range(copies)
        for path in by_size
    ]
    with ProcessPoolExecutor() as executor:
        list(executor.map(write_copy, *zip(*work, strict=True)))
    return [output for _, _, output in work]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", type=Path, nargs="+", help="text files, compressed or not")
    parser.add_argument("--copies", type=int, default=10, help="each file so many times")
    parser.add_argument("--output", type=Path, required=True, help="folder, made anew")
    arguments = parser.parse_args()
    write_copies(arguments.files, arguments.copies, arguments.output)


if __name__ == "__main__":
    main()
