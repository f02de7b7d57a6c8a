r"""What lines.paragraphs would take out of real text, by the least number of words.

    snakemake --configfile config/folder.yaml --config corpus=text \
        extraction='{text_documents: blank-line}' --until clusters
    python bench/paragraphs.py --results results/folder

All parts of the run are read, without the duplicates. For each least number of words: how many
documents lose paragraphs, how many of these each kind of text (a file) loses, and how many bytes;
then, of the paragraphs that have so many words and fewer than the next number, a sample to be read.
Copies are planted too: lines of one document in another, as one line, or wrapped, with blank lines
around them or not; printed is how many are found. The last line is JSON.
"""

import argparse
import json
import textwrap
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random

from gpt2ro.dedupe.decisions import decided_documents
from gpt2ro.lines.paragraphs import text_paragraphs
from gpt2ro.native import fold

MIN_WORDS = (5, 10, 15, 20, 30)
ENDING = ".jsonl.zst"
PLANTED = 2000
WIDTH = 80
# A kind and a text.
Text = tuple[str, str]


def read_texts(results: Path) -> list[Text]:
    """Return the documents that are no duplicates, with the file or the part they are from."""
    texts = []
    for path in sorted(results.glob(f"cleaned/*/*{ENDING}")):
        if path.name.endswith(f".dropped{ENDING}"):
            continue
        part = path.name.removesuffix(ENDING)
        decisions = results / "clusters" / path.parent.name / f"{part}.parquet"
        for document, decision in decided_documents(path, decisions):
            if decision["duplicate_of"] is None:
                kind = str(document.meta.get("file") or part)
                texts.append((kind.split(".")[0], document.text))
    return texts


def measure(texts: Sequence[Text], min_words: int, below: float, sample: int) -> dict[str, object]:
    """Return what goes, and some paragraphs of fewer words than `below` that do."""
    seen: dict[int, int] = {}
    by_kind: Counter[str] = Counter()
    examples: dict[int, str] = {}
    documents = size = 0
    for number, (kind, text) in enumerate(texts):
        found = text_paragraphs(text, min_words)
        lines = text.split("\n")
        lost = 0
        for key, (start, stop) in zip(found.keys.tolist(), found.lines.tolist(), strict=True):
            if seen.setdefault(key, number) == number:
                continue
            paragraph = "\n".join(lines[start:stop])
            lost += len(paragraph.encode()) + 1
            by_kind[kind] += 1
            if words(paragraph) < below:
                examples[key] = f"{kind}: {paragraph}"
        documents += lost > 0
        size += lost
    return {
        "documents": documents,
        "paragraphs": by_kind.total(),
        "bytes": size,
        "kinds": dict(by_kind.most_common()),
        "distinct": len(examples),
        "sample": [examples[key] for key in sorted(examples)[:sample]],
    }


def words(text: str) -> int:
    """Return how many words a text has as the steps count them."""
    return len(fold(text).split(" "))


def plant(texts: Sequence[Text], layout: str) -> list[tuple[str, str]]:
    """Return lines of some documents, and texts of others in which each was planted."""
    random = Random(1)
    planted = []
    while len(planted) < PLANTED:
        (_, source), (_, target) = random.choice(texts), random.choice(texts)
        line = random.choice(source.split("\n"))
        if words(line) < MIN_WORDS[0]:
            continue
        lines = target.split("\n")
        place = random.randint(0, len(lines))
        copy = line if layout == "a line" else textwrap.fill(line, WIDTH)
        if layout == "wrapped, between blank lines":
            copy = f"\n{copy}\n"
        planted.append((line, "\n".join([*lines[:place], copy, *lines[place:]])))
    return planted


def found_share(planted: Sequence[tuple[str, str]], min_words: int) -> dict[str, float]:
    """Return the per cent of the planted lines that are seen to be copies, and of their bytes."""
    found = size = 0
    for line, text in planted:
        key = text_paragraphs(line, min_words).keys
        if len(key) and key[0] in text_paragraphs(text, min_words).keys:
            found += 1
            size += len(line.encode())
    whole = sum(len(line.encode()) for line, _ in planted)
    return {"lines": 100 * found / len(planted), "bytes": 100 * size / whole}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--results", type=Path, required=True, help="results of the run")
    parser.add_argument(
        "--sample", type=int, default=0, help="paragraphs to be read of each length"
    )
    arguments = parser.parse_args()
    texts = read_texts(arguments.results)
    whole = sum(len(text.encode()) for _, text in texts)
    print(f"{len(texts):,} documents, {whole / 1e6:.1f} MB")
    removed, planted = {}, {}
    for least, below in zip(MIN_WORDS, (*MIN_WORDS[1:], float("inf")), strict=True):
        figures = measure(texts, least, below, arguments.sample)
        sample = figures.pop("sample")
        removed[least] = figures
        print(f"{least} words: {json.dumps(figures)}")
        assert isinstance(sample, list)
        for example in sample:
            print("   ", example[:400].replace("\n", " / "))
    for layout in ("a line", "wrapped", "wrapped, between blank lines"):
        copies = plant(texts, layout)
        planted[layout] = {least: found_share(copies, least) for least in MIN_WORDS}
        cells = (
            f"{least}: {share['lines']:.1f} {share['bytes']:.1f}"
            for least, share in planted[layout].items()
        )
        print(f"{layout:30}", *cells)
    print(json.dumps({"bytes": whole, "removed": removed, "planted, per cent found": planted}))


if __name__ == "__main__":
    main()
