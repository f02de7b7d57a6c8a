"""Other MinHash libraries, used as their documentation shows, for bench/dedupe.py.

They get lower-case words as they stand: folding is ours.
"""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa

from gpt2ro.dedupe.settings import DeduplicationSettings

Pairs = set[tuple[int, int]]


def shingles(text: str, length: int) -> set[str]:
    words = text.lower().split()
    return {" ".join(words[n : n + length]) for n in range(max(1, len(words) - length + 1))}


def datasketch_pairs(texts: list[str], settings: DeduplicationSettings) -> Pairs:
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(
        num_perm=settings.bands * settings.rows, params=(settings.bands, settings.rows)
    )
    pairs: Pairs = set()
    for number, text in enumerate(texts):
        signature = MinHash(num_perm=settings.bands * settings.rows)
        signature.update_batch([one.encode() for one in shingles(text, settings.shingle_words)])
        pairs |= {(other, number) for other in index.query(signature)}
        index.insert(number, signature)
    return pairs


def rensa_pairs(texts: list[str], settings: DeduplicationSettings) -> Pairs:
    from rensa import RMinHash, RMinHashLSH

    count = settings.bands * settings.rows
    index = RMinHashLSH(threshold=0.7, num_perm=count, num_bands=settings.bands)
    pairs: Pairs = set()
    for number, text in enumerate(texts):
        signature = RMinHash(num_perm=count, seed=1)
        signature.update(list(shingles(text, settings.shingle_words)))
        pairs |= {(other, number) for other in index.query(signature)}
        index.insert(number, signature)
    return pairs


PEERS: dict[str, Callable[[list[str], DeduplicationSettings], Pairs]] = {
    "datasketch": datasketch_pairs,
    "rensa": rensa_pairs,
}


def text_dedup_kept(
    python: Path, texts: list[str], settings: DeduplicationSettings, folder: Path
) -> set[int]:
    """Return which texts text-dedup keeps, run by the Python of its environment.

    It is a program: its CPU seconds are those of a child process, in which it reads JSON, starts
    processes of its own and writes what it keeps.

    Raises:
        CalledProcessError: it failed.
    """
    documents, kept = folder / "documents.jsonl", folder / "kept"
    rows = ({"number": n, "text": text.lower()} for n, text in enumerate(texts))
    documents.write_text("".join(json.dumps(row) + "\n" for row in rows))
    flags = {
        "path": "json", "data_files": documents, "split": "train", "cache_dir": folder / "cache",
        "output": kept, "column": "text", "idx_column": "number", "num_proc": 1,
        "ngram": settings.shingle_words, "min_length": 1, "threshold": settings.min_similarity,
        "num_perm": settings.bands * settings.rows, "b": settings.bands, "r": settings.rows,
        "hash_func": "xxh3",
    }  # fmt: skip
    command = [python, "-m", "text_dedup.minhash"]
    for name, value in flags.items():
        command += [f"--{name}", str(value)]
    offline = os.environ | {"HF_HUB_OFFLINE": "1"}
    subprocess.run(command, env=offline, cwd=folder, check=True, capture_output=True)
    found: set[int] = set()
    for path in sorted(kept.glob("*.arrow")):
        found.update(pa.ipc.open_stream(path).read_all()["number"].to_pylist())
    return found
