"""What the step clean must give, a document at a time, slow and obvious."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from gpt2ro.cleaning.filters import drop_reason
from gpt2ro.cleaning.pii import masked
from gpt2ro.cleaning.repairs import repaired, repairs
from gpt2ro.cleaning.settings import CleaningSettings
from gpt2ro.documents import Document


@dataclass
class Books:
    """What is counted, by the names of the extension's CleanedBlock, and the masks by kind."""

    kept: bytes = b""
    dropped: bytes = b""
    documents: int = 0
    bytes: int = 0
    kept_documents: int = 0
    kept_bytes: int = 0
    reasons: dict[str, tuple[int, int]] = field(default_factory=dict)
    repairs: Counter[str] = field(default_factory=Counter)
    lengths: Counter[int] = field(default_factory=Counter)
    masks: Counter[str] = field(default_factory=Counter)


def cleaned(documents: Iterable[Document], settings: CleaningSettings, web: bool) -> Books:
    books = Books()
    steps = repairs(settings)
    for document in documents:
        books.documents += 1
        books.bytes += len(document.text.encode())
        text, kinds = repaired(document.text, steps)
        books.repairs.update(kinds)
        if settings.masks(web):
            text, found = masked(text)
            books.masks.update(found)
        size = len(text.encode())
        reason = drop_reason(text, settings)
        line = Document(document.id, text, document.source, document.meta, reason).to_json() + b"\n"
        if reason is None:
            books.kept += line
            books.kept_documents += 1
            books.kept_bytes += size
            books.lengths[len(text).bit_length() - 1] += 1
        else:
            books.dropped += line
            count, total = books.reasons.get(reason, (0, 0))
            books.reasons[reason] = (count + 1, total + size)
    return books
