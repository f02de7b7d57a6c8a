"""The steps paragraphs and paragraph_index: which documents have each paragraph."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from gpt2ro.arrays import distinct
from gpt2ro.decontamination.decontaminator import Decontaminator
from gpt2ro.dedupe.corpus import preferred_order
from gpt2ro.dedupe.decisions import decided_documents
from gpt2ro.dedupe.dedupe import apply_decision
from gpt2ro.documents import expected_documents, part_name
from gpt2ro.files import write_json
from gpt2ro.lines.counting import BUFFER_KEYS, KeyCounter
from gpt2ro.lines.merge import merged
from gpt2ro.lines.paragraphs import HELD_OUT_RANK, text_paragraphs
from gpt2ro.lines.removal import RepeatedLines
from gpt2ro.lines.tables import COUNT, Counts, TablePath, write_table
from gpt2ro.progress import Progress

TABLE = ".train.bin"


def count_paragraphs(
    path: Path,
    decisions: Path,
    train: Path,
    held_out: Path,
    min_words: int,
    decontaminator: Decontaminator | None = None,
    repeated_lines: RepeatedLines | None = None,
    buffer_keys: int = BUFFER_KEYS,
) -> None:
    """Write how many train documents of a part have each paragraph, and how many others.

    Only what stays is counted, of the texts as the step dedupe would leave them: a document that it
    drops keeps no paragraph for others. A paragraph counts once a document.

    Raises:
        UserError: the decisions are not those of this shard, or the disk is full.
    """
    train.parent.mkdir(parents=True, exist_ok=True)
    with (
        KeyCounter(train.parent, buffer_keys // 2) as in_train,
        KeyCounter(train.parent, buffer_keys // 2) as in_held_out,
        Progress(f"paragraphs {part_name(path)}", documents=expected_documents(path)) as progress,
    ):
        for document, decision in decided_documents(path, decisions):
            progress.update(len(document.text.encode()), documents=1)
            apply_decision(document, decision, decontaminator, repeated_lines)
            if document.reason is None:
                keys = distinct(text_paragraphs(document.text, min_words).keys)
                counter = in_train if decision["split"] == "train" else in_held_out
                counter.add(keys.tobytes())
        write_table(train, merged(in_train.tables()))
        write_table(held_out, merged(in_held_out.tables()))


def write_paragraph_index(
    train: Sequence[Path], held_out: Sequence[Path], output: Path, prefer_sources: str
) -> None:
    """Write the paragraphs that several documents have, with the rank of those where they stay.

    Beside the index, the names of the parts are written in the order of their ranks.

    Args:
        train: tables of train documents, `{source}/{part}.train.bin`, in any order.
        held_out: tables of valid and test documents.
        prefer_sources: see deduplication.prefer_sources.

    Raises:
        UserError: a table is missing or damaged, or a preferred source is unknown.
    """
    parts = [train[place] for place in preferred_order(train, prefer_sources)]
    ranked = [_Ranked(path, HELD_OUT_RANK) for path in held_out]
    ranked += [_Ranked(path, rank) for rank, path in enumerate(parts, HELD_OUT_RANK + 1)]
    counts = merged([TablePath(path) for path in [*held_out, *parts]])
    write_table(output, _copied(counts, merged(ranked, np.minimum)))
    write_json(output.with_suffix(".json"), [part_name(path, TABLE) for path in parts])


def _copied(counts: Iterable[Counts], ranks: Iterable[Counts]) -> Iterator[Counts]:
    # Both merges cut their pieces by keys alone, so the pieces have the same keys.
    for count, rank in zip(counts, ranks, strict=True):
        yield rank.where(count.documents > 1)


class _Ranked(TablePath):
    """A table with a rank in the place of the counts."""

    def __init__(self, path: Path, rank: int) -> None:
        super().__init__(path)
        self._rank = rank

    def read(self, start: int, count: int) -> Counts:
        keys = super().read(start, count).keys
        return Counts(keys, np.full(len(keys), self._rank, COUNT))
