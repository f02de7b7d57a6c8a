"""What counting and removing lines must give, slow and obvious."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from math import ceil

import xxhash

# A text and the site it stands on.
Page = tuple[str, str]


def folded(line: str) -> str:
    """Without case, diacritics and punctuation; one space between words."""
    plain = unicodedata.normalize("NFKD", line.casefold())
    plain = re.sub("[\u0300-\u036f]", "", plain).casefold()
    return " ".join(re.findall(r"[^\W_]+", plain))


def key(line: str, site: str) -> int:
    """0 for a line without words."""
    words = folded(line)
    return xxhash.xxh3_64_intdigest(words.encode()) ^ site_key(site) if words else 0


def site_key(site: str) -> int:
    return xxhash.xxh3_64_intdigest(site.encode())


def counts(pages: Sequence[Page]) -> dict[int, int]:
    """Documents by key of their lines and of their sites."""
    counted: Counter[int] = Counter()
    for text, site in pages:
        keys = {key(line, site) for line in text.split("\n")} - {0}
        counted.update(keys | {site_key(site)})
    return dict(sorted(counted.items()))


def cleaned(pages: Sequence[Page], min_documents: int, min_share: float) -> list[str]:
    """The texts without the lines that enough documents of their site have, if more is left."""
    have: Counter[tuple[str, str]] = Counter()
    for text, site in pages:
        have.update({(site, folded(line)) for line in text.split("\n")})
    sites = Counter(site for _, site in pages)
    texts = []
    for text, site in pages:
        needed = max(min_documents, ceil(min_share * sites[site]))
        kept = []
        lost = False
        for line in text.split("\n"):
            if folded(line) and have[site, folded(line)] >= needed:
                lost = True
            else:
                kept.append(line)
        rest = re.sub("\n{3,}", "\n\n", "\n".join(kept)).strip("\n") if lost else text
        if rest or not lost:
            texts.append(rest)
    return texts
