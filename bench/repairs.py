r"""Speed of the repairs of clean, beside ftfy, on any text.

    python bench/repairs.py text/*.txt.xz

Each file is cut into documents of about 500 words. The repairs run on the text as it is, and on the
text that they gave, which is in order; ftfy runs with its defaults on a sample. The rounds of the
three are interleaved. MB are of UTF-8 text, seconds are CPU seconds of this process; without the
removal of boilerplate, which is no repair of characters. The last line is JSON.
"""

import argparse
import json
import lzma
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

from ftfy import fix_text

from gpt2ro.cleaning.repairs import repaired, repairs
from gpt2ro.cleaning.settings import CleaningSettings

DOCUMENT_WORDS = 500
# Of so many documents one is given to ftfy, which manages some 2 MB a second.
FTFY_EACH = 40
STEPS = repairs(CleaningSettings(drop_boilerplate=False))


def documents(path: Path) -> Iterator[str]:
    """Yield the lines of a file, gathered to documents."""
    lines: list[str] = []
    words = 0
    with lzma.open(path, "rt", newline="") if path.suffix == ".xz" else path.open() as file:
        for line in file:
            lines.append(line)
            words += len(line.split())
            if words >= DOCUMENT_WORDS:
                yield "".join(lines).strip()
                lines, words = [], 0
    if lines:
        yield "".join(lines).strip()


def repair_all(texts: list[str]) -> None:
    for text in texts:
        repaired(text, STEPS)


def fix_all(texts: list[str]) -> None:
    for text in texts:
        fix_text(text)


def megabytes(texts: list[str]) -> float:
    return sum(len(text.encode()) for text in texts) / 1e6


def seconds(work: Callable[[list[str]], None], texts: list[str]) -> float:
    """Return the CPU seconds of one round, on strings that nobody has encoded yet."""
    fresh = [text.encode().decode() for text in texts]
    start = time.process_time()
    work(fresh)
    return time.process_time() - start


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()

    texts = [text for path in sorted(arguments.files) for text in documents(path)]
    results = [repaired(text, STEPS) for text in texts]
    touched = Counter(kind for _, kinds in results for kind in kinds)
    changed = sum(bool(kinds) for _, kinds in results)
    print(f"{len(texts):,} documents, {megabytes(texts):.1f} MB; {changed:,} changed")
    for kind, count in touched.most_common():
        print(f"{count:8,} {kind}")

    runs = {
        "repairs, text as found": (repair_all, texts),
        "repairs, text in order": (repair_all, [text for text, _ in results]),
        "ftfy, sample as found": (fix_all, texts[::FTFY_EACH]),
    }
    times: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(arguments.rounds):
        for name, (work, given) in runs.items():
            times[name].append(seconds(work, given))
    print(f"{'MB per CPU second':24} {'median':>8} {'best':>8}")
    figures = {}
    for name, (_, given) in runs.items():
        size = megabytes(given)
        figures[name] = {"median": size / median(times[name]), "best": size / min(times[name])}
        print(f"{name:24} {figures[name]['median']:8.1f} {figures[name]['best']:8.1f}")
    print(json.dumps({"documents": len(texts), "changed": changed, "MB/s": figures}))


if __name__ == "__main__":
    main()
