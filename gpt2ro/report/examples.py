"""A few of the dropped documents, so that a reader can judge whether the filters are right."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import xxhash

from gpt2ro.documents import Document, read_documents
from gpt2ro.report.corpus import STATS
from gpt2ro.report.records import read_record

# A reason: enough to see how often a filter is wrong, in 5 % steps.
EXAMPLES = 20
MAX_CHARACTERS = 300


@dataclass(frozen=True)
class Example:
    """The beginning of a dropped document.

    Attributes:
        id: of the document.
        text: as much as is shown.
        characters: of all of it.
        stays: id of the document of which it is a near-duplicate; empty for others.
        similarity: of the two, from 0 to 1.
        file: of a bundle the document is from, which its id does not tell; else empty.
    """

    id: str
    text: str
    characters: int
    stays: str = ""
    similarity: float = 0.0
    file: str = ""


def dropped_examples(
    results: Path, parts: list[tuple[str, str]], step: str = "cleaned"
) -> dict[str, list[Example]]:
    """Return up to EXAMPLES documents for each reason of a step; exact copies are not shown.

    The first ones of every part are candidates, and among them the hash of the id decides: always
    the same ones, from as many parts as there are.

    Raises:
        UserError: a shard of dropped documents or its stats are missing or damaged.
    """
    candidates: dict[str, list[Document]] = {}
    for source, part in parts:
        for document in first_dropped(results / step / source, part):
            candidates.setdefault(str(document.reason), []).append(document)
    return {
        reason: [example(document) for document in sorted(documents, key=draw)[:EXAMPLES]]
        for reason, documents in sorted(candidates.items())
    }


def first_dropped(folder: Path, part: str) -> Iterator[Document]:
    """Yield the first EXAMPLES documents of each reason, reading no further than needed."""
    dropped = read_record(folder / f"{part}{STATS}").record("dropped")
    counts = {reason: dropped.record(reason) for reason in dropped.values}
    wanted = Counter(
        {
            reason: min(EXAMPLES, count.integer("documents"))
            for reason, count in counts.items()
            if reason != "duplicate"
        }
    )
    if not wanted.total():
        return
    for document in read_documents(folder / f"{part}.dropped.jsonl.zst"):
        if wanted[str(document.reason)] > 0:
            wanted[str(document.reason)] -= 1
            yield document
        if not wanted.total():
            return


def draw(document: Document) -> int:
    """Return the number that decides which candidates are shown, the lowest first."""
    return xxhash.xxh3_64_intdigest(document.id.encode())


def example(document: Document) -> Example:
    """Return what is shown of a document."""
    text = document.text[:MAX_CHARACTERS]
    if len(document.text) > MAX_CHARACTERS:
        text = text.rstrip() + "…"
    facts = document.meta
    return Example(
        document.id,
        text,
        len(document.text),
        str(facts["duplicate_of"]) if "similarity" in facts else "",
        float(facts.get("similarity", 0)),
        str(facts.get("file", "")),
    )
