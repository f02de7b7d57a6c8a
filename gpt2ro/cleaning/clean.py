"""The step clean: repair every document of a part, then keep it or drop it with a reason.

Documents are cleaned in Rust (rust/corpus/src/clean), the lines of a block in one call. `by_hand`
does the same in Python, a document at a time: for lines in another form than ours, and for tests.
"""

from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

from gpt2ro.bookkeeping import Bookkeeper
from gpt2ro.cleaning.boilerplate import LINES
from gpt2ro.cleaning.filters import drop_reason, faults
from gpt2ro.cleaning.language import METER
from gpt2ro.cleaning.pii import KINDS, masked
from gpt2ro.cleaning.repairs import Repairs, repaired, repairs
from gpt2ro.cleaning.settings import CleaningSettings
from gpt2ro.documents import expected_documents, parse_document, part_name, read_blocks
from gpt2ro.native import Cleaner
from gpt2ro.progress import Progress

# Line, reason, bytes of the text before and after, its characters, the repairs that changed it.
CleanedLine = tuple[bytes, str | None, int, int, int, list[str]]
Mask = Callable[[str], str]


def clean_part(
    path: Path,
    output: Path,
    dropped: Path,
    stats: Path,
    settings: CleaningSettings,
    web: bool = False,
) -> None:
    """Clean one part; `web` says that its source is crawled text, whose bounds may be others.

    Beside the usual counts the stats hold `repairs`, the documents touched by each kind of repair,
    and `lengths`, the kept documents by length: the key is the lower bound in characters, a power
    of two; the upper bound is twice that. Where personal data is masked they hold `masked`, the
    masks by kind, in kept and dropped documents.
    """
    settings = settings.of_source(web)
    steps = repairs(settings)
    touched: Counter[str] = Counter(dict.fromkeys(steps.kinds, 0))
    lengths: Counter[int] = Counter()
    masks: Counter[str] = Counter(dict.fromkeys(KINDS, 0))
    mask = partial(_masked, counts=masks) if settings.masks(web) else None
    lines = 0

    def other_line(line: bytes, number: int) -> CleanedLine:
        return by_hand(line, path, lines + number + 1, settings, steps, mask)

    cleaner = block_cleaner(settings, steps, mask, other_line)
    with (
        Bookkeeper(output, dropped, stats) as books,
        Progress(f"clean {part_name(path)}", documents=expected_documents(path)) as progress,
    ):
        for block in read_blocks(path):
            cleaned = cleaner.clean(block)
            books.write_block(cleaned)
            touched.update(cleaned.repairs)
            lengths.update(cleaned.lengths)
            lines += cleaned.documents
            progress.update(cleaned.bytes, cleaned.documents)
        books.extra["repairs"] = dict(touched)
        if mask:
            books.extra["masked"] = dict(masks)
        books.extra["lengths"] = {str(1 << power): lengths[power] for power in sorted(lengths)}


def by_hand(
    line: bytes,
    path: Path,
    number: int,
    settings: CleaningSettings,
    steps: Repairs,
    mask: Mask | None,
) -> CleanedLine:
    """Clean the document of a line, the `number`-th (from 1) of a shard.

    Raises:
        UserError: the line is no document.
    """
    document = parse_document(line, path, number)
    bytes_in = len(document.text.encode())
    document.text, kinds = repaired(document.text, steps)
    if mask:
        document.text = mask(document.text)
    document.reason = drop_reason(document.text, settings)
    return (
        document.to_json() + b"\n",
        document.reason,
        bytes_in,
        len(document.text.encode()),
        len(document.text),
        sorted(kinds),
    )


def _masked(text: str, counts: Counter[str]) -> str:
    text, found = masked(text)
    counts.update(found)
    return text


def block_cleaner(
    settings: CleaningSettings,
    steps: Repairs,
    mask: Mask | None,
    other_line: Callable[[bytes, int], CleanedLine],
) -> Cleaner:
    """Return what cleans blocks of lines; those in another form than ours go to `other_line`.

    Args:
        mask: masks personal data, if that is asked for.
        other_line: called with the line and its number in the block, from 0.
    """
    return Cleaner(
        repairer=steps.repairer,
        remover=LINES if settings.drop_boilerplate else None,
        masked=mask,
        meter=METER,
        min_characters=settings.min_characters,
        faults=faults(settings),
        by_hand=other_line,
    )
