"""The step clean: repair every document of a part, then keep it or drop it with a reason."""

from collections import Counter
from pathlib import Path

from gpt2ro.bookkeeping import Bookkeeper
from gpt2ro.cleaning.filters import drop_reason
from gpt2ro.cleaning.pii import KINDS, masked
from gpt2ro.cleaning.repairs import repaired, repairs
from gpt2ro.cleaning.settings import CleaningSettings
from gpt2ro.documents import read_documents
from gpt2ro.progress import Progress


def clean_part(
    path: Path,
    output: Path,
    dropped: Path,
    stats: Path,
    settings: CleaningSettings,
    web: bool = False,
) -> None:
    """Clean one part; `web` says that its source is crawled text.

    Beside the usual counts the stats hold `repairs`, the documents touched by each kind of repair,
    and `lengths`, the kept documents by length: the key is the lower bound in characters, a power
    of two; the upper bound is twice that. Where personal data is masked they hold `masked`, the
    masks by kind, in kept and dropped documents.
    """
    steps = repairs(settings)
    touched: Counter[str] = Counter(dict.fromkeys(steps.kinds, 0))
    lengths: Counter[int] = Counter()
    masks: Counter[str] = Counter(dict.fromkeys(KINDS, 0))
    with Bookkeeper(output, dropped, stats) as books, Progress(f"clean {path.name}") as progress:
        for document in read_documents(path):
            bytes_in = len(document.text.encode())
            document.text, kinds = repaired(document.text, steps)
            if settings.masks(web):
                document.text, found = masked(document.text)
                masks.update(found)
            document.reason = drop_reason(document.text, settings)
            books.write(document, bytes_in)
            touched.update(kinds)
            if document.reason is None:
                lengths[len(document.text).bit_length() - 1] += 1
            progress.update(bytes_in, documents=1)
        books.extra["repairs"] = dict(touched)
        if settings.masks(web):
            books.extra["masked"] = dict(masks)
        books.extra["lengths"] = {str(1 << power): lengths[power] for power in sorted(lengths)}
