r"""Training of the vocabulary: gigabpe held against tokenizers, on every file by itself and on all.

    python bench/tokenizer.py text/*.txt.xz
    python bench/tokenizer.py --vocabulary 50257 --skip-all text/*.txt.xz

A blank line ends a text. Seconds are CPU seconds of this process, reading included in neither.
The last line is JSON.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from gpt2ro.sources.compression import whole_text
from gpt2ro.tokenization.settings import TokenizerSettings
from gpt2ro.tokenization.trainers import Merge, gigabpe_merges, tokenizers_merges


def texts_of(path: Path) -> list[str]:
    """Return the texts of a file as clean leaves them, as far as the trainers care."""
    paragraphs = whole_text(path).replace("\v", " ").split("\n\n")
    return [text for paragraph in paragraphs if (text := paragraph.strip())]


def timed(work: Callable[[], list[Merge]]) -> tuple[list[Merge], float]:
    start = time.process_time()
    merges = work()
    return merges, time.process_time() - start


def compare(texts: list[str], settings: TokenizerSettings, folder: Path) -> dict[str, object]:
    """Train both; return megabytes, merges, whether they are equal, and seconds."""
    expected, slow = timed(lambda: tokenizers_merges(texts, settings))
    found, fast = timed(lambda: gigabpe_merges(texts, settings, folder))
    return {
        "megabytes": round(sum(len(text.encode()) for text in texts) / 1e6, 2),
        "merges": len(expected),
        "equal": found == expected,
        "tokenizers_seconds": round(slow, 2),
        "gigabpe_seconds": round(fast, 2),
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
    print(f"{'file':36} {'MB':>6} {'merges':>7} equal {'tokenizers':>11} {'gigabpe':>8}")
    with tempfile.TemporaryDirectory() as folder:
        for name, texts in corpora.items():
            figures[name] = compare(texts, settings, Path(folder))
            size, merges, equal, slow, fast = figures[name].values()
            print(f"{name:36} {size:6} {merges:7} {equal!s:5} {slow:9} s {fast:6} s", flush=True)
    print(json.dumps(figures))
    if not all(row["equal"] for row in figures.values()):
        sys.exit("gpt2ro: the merges differ")


if __name__ == "__main__":
    main()
