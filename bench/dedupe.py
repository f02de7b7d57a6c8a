r"""Speed, recall and precision of near-duplicate removal, on any text, with planted copies.

    python bench/dedupe.py --megabytes 20 text/*.txt.xz
    python bench/dedupe.py --megabytes 20 --peers text/*.txt.xz     # datasketch and rensa too
    python bench/dedupe.py --text-dedup ENV/bin/python text/*.txt.xz

Each file is cut into documents of about 300 words; every fifth is copied with 1 to 20 % of its
words exchanged, some copies also in cedillas, without diacritics, in capitals or wrapped anew.
MB are of UTF-8 text, seconds are CPU seconds of this process. The last line is JSON.

text-dedup is a program with requirements of its own, so it is run by the Python of an environment
that has it; its CPU seconds are those of the whole program.
"""

import argparse
import json
import lzma
import resource
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path
from random import Random

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from peers import PEERS, text_dedup_kept

from gpt2ro._native import fold, similarity
from gpt2ro.dedupe.clusters import write_decisions
from gpt2ro.dedupe.settings import DeduplicationSettings, SplitSettings
from gpt2ro.dedupe.signatures import text_signer, write_signatures
from gpt2ro.dedupe.tables import DECISIONS, read_table
from gpt2ro.documents import Document, write_documents

DOCUMENT_WORDS = 300
COPIED_EACH = 5
EXCHANGED = (0.01, 0.02, 0.05, 0.1, 0.2)
DISGUISES: tuple[Callable[[str], str], ...] = (
    str,
    lambda text: text.translate(str.maketrans("șțȘȚ", "şţŞŢ")),
    lambda text: text.translate(str.maketrans("ășțâîĂȘȚÂÎ", "astaiASTAI")),
    str.upper,
    lambda text: textwrap.fill(text, 60),
)
SETTINGS = DeduplicationSettings()


def pieces(path: Path) -> Iterator[str]:
    """Yield the lines of a file, gathered to documents."""
    lines: list[str] = []
    words = 0
    with lzma.open(path, "rt") if path.suffix == ".xz" else path.open() as file:
        for line in file:
            lines.append(line)
            words += len(line.split())
            if words >= DOCUMENT_WORDS:
                yield "".join(lines)
                lines, words = [], 0
    if lines:
        yield "".join(lines)


def originals(paths: list[Path], megabytes: float) -> list[str]:
    """Return documents of about so many MB, an equal share of each file at most."""
    texts = []
    for path in paths:
        left = megabytes * 1e6 / len(paths)
        for text in pieces(path):
            texts.append(text)
            left -= len(text.encode())
            if left < 0:
                break
    return texts


def exchanged(text: str, share: float, vocabulary: list[str], random: Random) -> str:
    """Return the text with this share of its words replaced; lines stay."""
    lines = [
        " ".join(random.choice(vocabulary) if random.random() < share else old for old in words)
        for words in (line.split() for line in text.splitlines())
    ]
    return "\n".join(lines)


def with_copies(texts: list[str]) -> tuple[list[str], list[list[int]]]:
    """Return the texts with their copies, and the places of each text that has copies."""
    random = Random(1)
    vocabulary = " ".join(texts[:: max(1, len(texts) // 500)]).split()
    corpus, families = list(texts), []
    for place in range(0, len(texts), COPIED_EACH):
        first = len(corpus)
        for share in EXCHANGED:
            copy = exchanged(texts[place], share, vocabulary, random)
            corpus.append(random.choice(DISGUISES)(copy))
        families.append([place, *range(first, len(corpus))])
    return corpus, families


def word_shingles(text: str) -> set[str]:
    """Return the shingles themselves, not their hashes."""
    words = fold(text).split()
    length = SETTINGS.shingle_words
    return {" ".join(words[n : n + length]) for n in range(max(1, len(words) - length + 1))}


def jaccard(left: set[str], right: set[str]) -> float:
    return len(left & right) / len(left | right)


def seconds_of(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def steps(texts: list[str], folder: Path) -> tuple[dict[str, float], list[int], list[float]]:
    """Run signatures and clusters; return seconds, and for each text who stays, how similar."""
    documents, signatures, decisions = (folder / "s" / name for name in ("a", "b", "c"))
    write_documents(documents, (Document(str(n), text, "s") for n, text in enumerate(texts)))
    no_split = SplitSettings(valid=0, test=0)
    times = {
        "signatures": seconds_of(lambda: write_signatures(documents, signatures, SETTINGS)),
        "clusters": seconds_of(
            lambda: write_decisions([signatures], [documents], [decisions], SETTINGS, no_split)
        ),
    }
    rows = read_table(decisions, DECISIONS).to_pylist()
    stays = [n if row["split"] else int(row["duplicate_of"]) for n, row in enumerate(rows)]
    return times, stays, [row["similarity"] or 1.0 for row in rows]


def recalls(
    pairs: list[tuple[int, int]], truth: list[float], bands: "np.ndarray", stays: list[int]
) -> dict[str, list[float]]:
    """Return, by range of similarity: pairs, share with a common band, share not both kept."""
    table = {}
    for low, high in ((0.5, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 1.01), (0.8, 1.01)):
        chosen = [pair for pair, value in zip(pairs, truth, strict=True) if low <= value < high]
        shared = sum(bool((bands[a] == bands[b]).any()) for a, b in chosen)
        solved = sum(stays[a] != a or stays[b] != b for a, b in chosen)
        total = max(1, len(chosen))
        table[f"{low:g}-{min(high, 1):g}"] = [len(chosen), shared / total, solved / total]
    return table


def measure(texts: list[str], families: list[list[int]]) -> dict[str, object]:
    """Return every figure of our own steps."""
    megabytes = sum(len(text.encode()) for text in texts) / 1e6
    signer = text_signer(SETTINGS)
    signed: list[tuple[bytes, bytes]] = []
    signing = seconds_of(lambda: signed.extend(map(signer.signature, texts)))
    bands = np.array([np.frombuffer(packed, "<u8") for _, packed in signed])
    with tempfile.TemporaryDirectory() as folder:
        times, stays, similarities = steps(texts, Path(folder))
    sets = {n: word_shingles(texts[n]) for family in families for n in family}
    pairs = [pair for family in families for pair in combinations(family, 2)]
    truth = [jaccard(sets[a], sets[b]) for a, b in pairs]
    dropped = [n for n, other in enumerate(stays) if n != other]
    true = [jaccard(word_shingles(texts[n]), word_shingles(texts[stays[n]])) for n in dropped]
    return {
        "documents": len(texts),
        "megabytes": round(megabytes, 1),
        "native_signature_mb_per_s": round(megabytes / signing, 1),
        "step_signatures_mb_per_s": round(megabytes / times["signatures"], 1),
        "step_clusters_mb_per_s": round(megabytes / times["clusters"], 1),
        "recall": recalls(pairs, truth, bands, stays),
        "dropped": len(dropped),
        "precision": sum(value >= SETTINGS.min_similarity for value in true) / len(dropped),
        "largest_error": max(abs(similarities[n] - t) for n, t in zip(dropped, true, strict=True)),
    }


def measure_peer(name: str, texts: list[str], families: list[list[int]]) -> dict[str, object]:
    """Return speed, recall and precision of a library with the same shingles, bands and rows."""
    megabytes = sum(len(text.encode()) for text in texts) / 1e6
    found: set[tuple[int, int]] = set()
    peer = PEERS[name]
    seconds = seconds_of(lambda: found.update(peer(texts, SETTINGS)))
    signer = text_signer(SETTINGS)
    sets = [signer.shingles(text) for text in texts]
    planted = {pair for family in families for pair in combinations(family, 2)}
    close = {(a, b) for a, b in planted if similarity(sets[a], sets[b]) >= 0.8}
    right = sum(similarity(sets[a], sets[b]) >= SETTINGS.min_similarity for a, b in found)
    return {
        "mb_per_s": round(megabytes / seconds, 2),
        "recall": len(close & found) / len(close),
        "precision": right / max(1, len(found)),
    }


def measure_text_dedup(
    python: Path, texts: list[str], families: list[list[int]]
) -> dict[str, object]:
    """Return speed, recall (pairs of which not both are kept) and precision of text-dedup."""
    with tempfile.TemporaryDirectory() as folder:
        before = children_seconds()
        kept = text_dedup_kept(python, texts, SETTINGS, Path(folder))
        seconds = children_seconds() - before
    signer = text_signer(SETTINGS)
    sets = [signer.shingles(text) for text in texts]
    planted = [pair for family in families for pair in combinations(family, 2)]
    close = [(a, b) for a, b in planted if similarity(sets[a], sets[b]) >= 0.8]
    dropped = [n for n in range(len(texts)) if n not in kept]
    # Whom a text was dropped for is not told, so it may be any text.
    right = sum(
        any(
            similarity(sets[n], other) >= SETTINGS.min_similarity
            for other in sets[:n] + sets[n + 1 :]
        )
        for n in dropped
    )
    return {
        "mb_per_s": round(sum(len(text.encode()) for text in texts) / 1e6 / seconds, 2),
        "recall": sum(a not in kept or b not in kept for a, b in close) / len(close),
        "precision": right / max(1, len(dropped)),
    }


def children_seconds() -> float:
    """Return CPU seconds of child processes that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def print_table(figures: dict[str, object]) -> None:
    for name, value in figures.items():
        if not isinstance(value, dict):
            print(f"{name:28} {value:,}")
    print(f"\n{'Jaccard':10} {'pairs':>8} {'share a band':>13} {'not both kept':>14}")
    for name, (count, shared, solved) in figures["recall"].items():  # type: ignore[attr-defined]
        print(f"{name:10} {count:8,} {shared:13.4f} {solved:14.4f}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", type=Path, nargs="+", help="text files, .txt or .txt.xz")
    parser.add_argument("--megabytes", type=float, default=20, help="text to take (default: 20)")
    parser.add_argument("--peers", action="store_true", help="measure datasketch and rensa too")
    parser.add_argument(
        "--text-dedup", type=Path, metavar="PYTHON", help="measure text-dedup with this Python too"
    )
    arguments = parser.parse_args()
    texts, families = with_copies(originals(arguments.files, arguments.megabytes))
    figures = measure(texts, families)
    print_table(figures)
    if arguments.peers:
        for name in PEERS:
            figures[name] = measure_peer(name, texts, families)
            print(f"{name}: {figures[name]}")
    if arguments.text_dedup:
        name = "text-dedup"
        figures[name] = measure_text_dedup(arguments.text_dedup.absolute(), texts, families)
        print(f"{name}: {figures[name]}")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
