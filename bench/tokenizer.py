r"""Training of the vocabulary: ours held against that of tokenizers, on every file and on all.

    python bench/tokenizer.py text/*.txt.xz
    python bench/tokenizer.py --vocabulary 50257 --skip-all text/*.txt.xz

A blank line ends a text. Seconds are CPU seconds of this process, reading included in neither.
The last line is JSON.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from gpt2ro.sources.text import whole_text
from gpt2ro.tokenization.settings import TokenizerSettings
from gpt2ro.tokenization.trainers import (
    Merge,
    documents_of,
    native_merges,
    tokenizers_merges,
)


def texts_of(path: Path) -> list[str]:
    """Return the texts of a file."""
    paragraphs = whole_text(path).split("\n\n")
    return [text for paragraph in paragraphs if (text := paragraph.strip())]


def timed(work: Callable[[], list[Merge]]) -> tuple[list[Merge], float]:
    start = time.process_time()
    merges = work()
    return merges, time.process_time() - start


def compare(texts: list[str], settings: TokenizerSettings) -> dict[str, object]:
    """Train both; return megabytes, merges, whether they are equal, and seconds."""
    expected, slow = timed(lambda: tokenizers_merges(texts, settings))
    found, fast = timed(lambda: native_merges(documents_of(texts), settings))
    return {
        "megabytes": round(sum(len(text.encode()) for text in texts) / 1e6, 2),
        "merges": len(expected),
        "equal": found == expected,
        "tokenizers_seconds": round(slow, 2),
        "gpt2ro_seconds": round(fast, 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", type=Path, nargs="+", help="text files, compressed or not")
    parser.add_argument("--vocabulary", type=int, default=4096, help="tokens (default: 4096)")
    parser.add_argument("--skip-all", action="store_true", help="leave out the run on all files")
    arguments = parser.parse_args()
    settings = TokenizerSettings(vocabulary=arguments.vocabulary)
    corpora = {path.name: texts_of(path) for path in arguments.files}
    if not arguments.skip_all:
        corpora["all"] = [text for texts in corpora.values() for text in texts]
    figures = {}
    print(f"{'file':36} {'MB':>6} {'merges':>7} equal {'tokenizers':>11} {'gpt2ro':>8}")
    for name, texts in corpora.items():
        figures[name] = compare(texts, settings)
        size, merges, equal, slow, fast = figures[name].values()
        print(f"{name:36} {size:6} {merges:7} {equal!s:5} {slow:9} s {fast:6} s", flush=True)
    print(json.dumps(figures))
    if not all(row["equal"] for row in figures.values()):
        sys.exit("gpt2ro: the merges differ")


if __name__ == "__main__":
    main()
