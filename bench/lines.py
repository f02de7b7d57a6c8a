r"""Speed and memory of the steps that remove repeated lines and copied paragraphs, by documents.

    python bench/lines.py --documents 50000 200000 800000

Documents are made up: 12 lines of eight words, of which the first two and the last two are those of
the site's pages; a site has a hundred documents, and there are two parts. So every document loses
lines in `dedupe`; in `dedupe, nothing` none does, as the index has no lines. For copied paragraphs,
which are looked for without repeated lines, each of these lines is one. Each number is run in
processes of its own, one a step. MB are UTF-8 bytes of text for each second of processor time,
reading and writing of documents included. The last line is JSON.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

from gpt2ro.dedupe.dedupe import dedupe_part
from gpt2ro.dedupe.tables import DECISIONS, write_table
from gpt2ro.documents import Document, document_id, write_documents
from gpt2ro.lines.counting import count_lines, write_line_index
from gpt2ro.lines.paragraph_counting import count_paragraphs, write_paragraph_index
from gpt2ro.lines.paragraphs import CopiedParagraphs, ParagraphIndex
from gpt2ro.lines.removal import RepeatedLines
from gpt2ro.lines.settings import LineSettings
from gpt2ro.lines.tables import LineIndex

SITE_DOCUMENTS = 100
PARTS = 2
TEXT_LINES = 8
LINE_WORDS = 8
STEPS = (
    "lines", "line_index", "dedupe", "dedupe, nothing",
    "paragraphs", "paragraph_index", "dedupe, paragraphs",
)  # fmt: skip
OUTPUTS = ("kept.zst", "dropped.zst", "stats.json")
PARAGRAPH_TABLES = ("p.train.bin", "p.held_out.bin")
SYLLABLES = ("ca", "rea", "le", "țu", "ști", "mun", "bra", "dul", "zo", "fe", "pă", "sâr", "ion")
WORDS = ["".join(syllables) for syllables in product(SYLLABLES, repeat=3)]


def line(random: Random) -> str:
    """Return a line of made-up words."""
    return " ".join(random.choices(WORDS, k=LINE_WORDS)).capitalize() + "."


def documents(start: int, stop: int) -> Iterator[Document]:
    """Yield the documents with these numbers."""
    for number in range(start, stop):
        site = number // SITE_DOCUMENTS
        menu = Random(site)
        top, bottom = ([line(menu) for _ in range(2)] for _ in range(2))
        random = Random(f"document {number}")
        text = [line(random) for _ in range(TEXT_LINES)]
        meta = {"url": f"https://www.site-{site}.ro/{number}"}
        name = document_id("bench", f"{start}", number - start)
        yield Document(name, "\n".join([*top, *text, *bottom]), "bench", meta)


def write_corpus(folder: Path, count: int) -> None:
    """Write parts of documents, none of them a duplicate."""
    size = count // PARTS
    for start in range(0, size * PARTS, size):
        part = folder / f"{start:09}"
        part.mkdir()
        stop = start + size
        write_documents(part / "cleaned.zst", documents(start, stop))
        rows = [
            {"id": document_id("bench", f"{start}", n), "split": "train"}
            for n in range(stop - start)
        ]
        table = DECISIONS.empty_table().from_pylist(rows, schema=DECISIONS)
        write_table(part / "decisions.parquet", table)


def run_step(step: str, folder: Path) -> dict[str, float]:
    """Run a step over all parts in this process; return its seconds and peak memory in bytes."""
    parts = sorted(path for path in folder.iterdir() if path.is_dir())
    before = peak_memory()
    start = time.process_time()
    if step == "line_index":
        tables = [part / "lines.bin" for part in parts]
        write_line_index(tables, folder / "index.bin", LineSettings().min_documents)
        write_line_index(tables, folder / "nothing.bin", SITE_DOCUMENTS + 1)
    elif step == "paragraph_index":
        tables, held_out = ([part / name for part in parts] for name in PARAGRAPH_TABLES)
        write_paragraph_index(tables, held_out, folder / "paragraphs.bin", "")
    else:
        for part in parts:
            run_part(step, folder, part)
    return {"seconds": time.process_time() - start, "bytes": peak_memory() - before}


def run_part(step: str, folder: Path, part: Path) -> None:
    """Run a step that looks at documents."""
    files = (part / "cleaned.zst", part / "decisions.parquet")
    outputs = [part / name for name in OUTPUTS]
    if step == "lines":
        count_lines(*files, part / "lines.bin")
    elif step in {"dedupe", "dedupe, nothing"}:
        index = LineIndex(folder / ("index.bin" if step == "dedupe" else "nothing.bin"))
        repeated = RepeatedLines(index, LineSettings().min_share, 0)
        dedupe_part(*files, *outputs, repeated_lines=repeated)
        assert repeated.lines == 4 * repeated.documents
        assert (repeated.lines > 0) == (step == "dedupe")
    elif step == "paragraphs":
        tables = (part / name for name in PARAGRAPH_TABLES)
        count_paragraphs(*files, *tables, LINE_WORDS)
    else:
        index = ParagraphIndex(folder / "paragraphs.bin")
        copied = CopiedParagraphs(index, f"{part.name}/p", LINE_WORDS, 0)
        dedupe_part(*files, *outputs, copied_paragraphs=copied)
        assert copied.paragraphs == 4 * copied.documents


def peak_memory() -> int:
    """Return the largest resident set of this program so far, in bytes (Linux)."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024


def measure(count: int) -> dict[str, Any]:
    """Return the figures of a corpus of so many documents, each step in a process of its own."""
    figures: dict[str, Any] = {"documents": count}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_corpus(folder, count)
        for step in STEPS:
            command = [sys.executable, __file__, "--step", step, "--folder", name]
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
            figures[step] = json.loads(done.stdout)
        figures["tables"] = sum(path.stat().st_size for path in folder.glob("*/lines.bin"))
        figures["index"] = (folder / "index.bin").stat().st_size
        stats = [json.loads(path.read_text()) for path in folder.glob("*/stats.json")]
        figures["text"] = sum(part["bytes_in"] for part in stats)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--documents", type=int, nargs="+", default=[100_000])
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.step:
        print(json.dumps(run_step(arguments.step, arguments.folder)))
        return
    print(f"{'documents':>12} {'step':>18} {'text MB':>8} {'MB/s':>8} {'memory MB':>10}")
    results = []
    for count in arguments.documents:
        results.append(measure(count))
        megabytes = results[-1]["text"] / 1e6
        for step in STEPS:
            figures = results[-1][step]
            speed = f"{megabytes:8,.0f} {megabytes / figures['seconds']:8,.0f}"
            print(f"{count:12,} {step:>18} {speed} {figures['bytes'] / 1e6:10,.0f}")
    print(json.dumps(results))


if __name__ == "__main__":
    main()
