r"""Memory and time of the step clusters, by the number of documents.

    python bench/clusters.py --documents 100000 400000 1600000
    python bench/clusters.py --documents 1600000 --sort-megabytes 20

Documents are made up: 40 words each, of which a fifth are near-duplicates of others (two words
exchanged) and a tenth exact copies. Each number is run in a process of its own. The last line is
JSON.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

from gpt2ro.dedupe.clusters import write_decisions
from gpt2ro.dedupe.settings import DeduplicationSettings, SplitSettings
from gpt2ro.dedupe.signatures import write_signatures
from gpt2ro.documents import Document, document_id, write_documents

WORDS = 40
PART_DOCUMENTS = 100_000
SETTINGS = DeduplicationSettings()


def texts(count: int, seed: int) -> Iterator[str]:
    """Yield made-up texts; of ten, one is an exact copy and two are near copies of the last new."""
    random = Random(seed)
    words: list[str] = []
    for number in range(count):
        if number % 10 < 7:
            words = [f"{random.getrandbits(20):x}" for _ in range(WORDS)]
        elif number % 10 > 7:
            words = ["alt", *words[1:-1], f"cuvânt{number % 10}"]
        yield " ".join(words)


def write_corpus(folder: Path, count: int) -> None:
    """Write parts of documents and their signatures."""
    for part, start in enumerate(range(0, count, PART_DOCUMENTS)):
        made = texts(min(PART_DOCUMENTS, count - start), part)
        name = f"part-{part:04}.jsonl.zst"
        numbered = (
            Document(document_id("bench", name, n), text, "bench") for n, text in enumerate(made)
        )
        write_documents(folder / "cleaned" / "bench" / name, numbered)
        signatures = folder / "signatures" / "bench" / f"part-{part:04}.parquet"
        write_signatures(folder / "cleaned" / "bench" / name, signatures, SETTINGS)


def cluster(folder: Path, sort_megabytes: int) -> dict[str, float]:
    """Run the step in this process; return its seconds and its peak memory in bytes."""
    signatures = sorted((folder / "signatures" / "bench").iterdir())
    documents = sorted((folder / "cleaned" / "bench").iterdir())
    outputs = [folder / "clusters" / "bench" / path.name for path in signatures]
    settings = replace(SETTINGS, sort_megabytes=sort_megabytes)
    before = peak_memory()
    start = time.process_time()
    write_decisions(signatures, documents, outputs, settings, SplitSettings())
    return {"seconds": time.process_time() - start, "bytes": peak_memory() - before}


def peak_memory() -> int:
    """Return the largest resident set of this program so far, in bytes (Linux).

    Not getrusage's: that remembers the set of the process which started this one.
    """
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024


def measure(count: int, sort_megabytes: int) -> dict[str, float]:
    """Return the figures of a corpus of so many documents, clustered in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        write_corpus(Path(folder), count)
        command = [sys.executable, __file__, "--cluster", folder]
        command += ["--sort-megabytes", str(sort_megabytes)]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    figures = json.loads(done.stdout)
    return {"documents": count, **figures, "bytes_each": figures["bytes"] / count}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--documents", type=int, nargs="+", default=[100_000])
    parser.add_argument("--sort-megabytes", type=int, default=SETTINGS.sort_megabytes)
    parser.add_argument("--cluster", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.cluster:
        print(json.dumps(cluster(arguments.cluster, arguments.sort_megabytes)))
        return
    print(f"{'documents':>12} {'CPU s':>8} {'MB':>8} {'bytes each':>11}")
    results = []
    for count in arguments.documents:
        results.append(measure(count, arguments.sort_megabytes))
        row = results[-1]
        memory = f"{row['bytes'] / 1e6:8,.0f} {row['bytes_each']:11,.0f}"
        print(f"{count:12,} {row['seconds']:8.1f} {memory}")
    print(json.dumps(results))


if __name__ == "__main__":
    main()
