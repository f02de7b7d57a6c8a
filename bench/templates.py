r"""The worst case of near-duplicate search: texts of one template, which all share bands.

    python bench/templates.py --documents 3000 --exchanged 1 2 3

Each text is the same 80 words, some of them exchanged. Printed is how many texts are dropped, and
how many would be if every pair were compared. The last line is JSON.
"""

import argparse
import json
import tempfile
from collections import Counter, defaultdict
from pathlib import Path
from random import Random

import numpy as np

from gpt2ro.dedupe.clusters import write_decisions
from gpt2ro.dedupe.settings import DeduplicationSettings, SplitSettings
from gpt2ro.dedupe.signatures import text_signer, write_signatures
from gpt2ro.dedupe.tables import DECISIONS, read_table
from gpt2ro.documents import Document, write_documents

WORDS = 80
SETTINGS = DeduplicationSettings()


def template_texts(count: int, exchanged: int) -> list[str]:
    random = Random(5)
    texts = []
    for _ in range(count):
        words = [f"cuv{n}" for n in range(WORDS)]
        for _ in range(exchanged):
            words[random.randrange(WORDS)] = f"x{random.getrandbits(30)}"
        texts.append(" ".join(words))
    return texts


def dropped_by_clusters(texts: list[str]) -> int:
    """Return how many texts the workflow's steps drop."""
    with tempfile.TemporaryDirectory() as folder:
        documents, signatures, decisions = (Path(folder) / "s" / name for name in "abc")
        write_documents(documents, (Document(str(n), text, "s") for n, text in enumerate(texts)))
        write_signatures(documents, signatures, SETTINGS)
        no_split = SplitSettings(valid=0, test=0)
        write_decisions([signatures], [documents], [decisions], SETTINGS, no_split)
        return len(texts) - read_table(decisions, DECISIONS)["duplicate_of"].null_count


def dropped_by_all_pairs(texts: list[str]) -> int:
    """Return how many the same rule drops when each is compared with all that stay."""
    signer = text_signer(SETTINGS)
    holders: dict[int, list[int]] = defaultdict(list)  # texts that stay, by shingle
    sizes: dict[int, int] = {}
    for number, text in enumerate(sorted(texts, key=len, reverse=True)):
        shingles = np.frombuffer(signer.shingles(text), "<u8").tolist()
        common = Counter(other for shingle in shingles for other in holders[shingle])
        if not any(
            count / (len(shingles) + sizes[other] - count) >= SETTINGS.min_similarity
            for other, count in common.items()
        ):
            sizes[number] = len(shingles)
            for shingle in shingles:
                holders[shingle].append(number)
    return len(texts) - len(sizes)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--documents", type=int, default=3000)
    parser.add_argument("--exchanged", type=int, nargs="+", default=[1, 2, 3], help="words")
    arguments = parser.parse_args()
    results = []
    print(f"{'exchanged':>9} {'dropped':>8} {'by all pairs':>13}")
    for exchanged in arguments.exchanged:
        texts = template_texts(arguments.documents, exchanged)
        found, wanted = dropped_by_clusters(texts), dropped_by_all_pairs(texts)
        print(f"{exchanged:9} {found:8,} {wanted:13,}")
        results.append({"exchanged": exchanged, "dropped": found, "by_all_pairs": wanted})
    print(json.dumps(results))


if __name__ == "__main__":
    main()
