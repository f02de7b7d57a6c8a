"""Lines and sites as keys of 64 bits."""

import re
from dataclasses import dataclass

import numpy as np
import xxhash
from numpy.typing import NDArray

from gpt2ro.documents import Document
from gpt2ro.native import line_keys

KEY = np.dtype("<u8")
# What the key of a line without a letter or a digit is; such lines are never counted.
NO_LINE = 0

Keys = NDArray[np.uint64]

HOST = re.compile(r"[a-z][a-z0-9+.-]*://(?:[^/?#@]*@)?(?:www\.)?(\[[^\]]*\]|[^/?#:]+)", re.I)


@dataclass(frozen=True)
class LineKeys:
    """The keys of a document.

    Attributes:
        all: of each line, in order, NO_LINE among them, and of its site, (lines + 1,) uint64.
    """

    all: Keys

    @property
    def lines(self) -> Keys:
        """That of each line, in order, NO_LINE among them, (lines,) uint64."""
        return self.all[:-1]


def site(document: Document) -> str:
    """Return the name of the document's site."""
    return site_of(document.source, document.meta.get("url"))


def site_of(source: str, url: object) -> str:
    """Return the host of an address without `www.`, or the source if there is none."""
    match = HOST.match(str(url or ""))
    return match[1].lower().rstrip(".") if match else source


def site_key(name: str) -> int:
    """Return the key of a site, with 64 bits."""
    return xxhash.xxh3_64_intdigest(name.encode())


def document_keys(document: Document) -> LineKeys:
    """Return the keys of a document's site and lines.

    A line's key is the XXH3 hash of its folded words, combined with that of the site's name by
    exclusive or. Of n distinct keys two are equal with a probability of about n² / 2^65: 3 % for
    a billion lines, and then one line of one site stays or goes for another.
    """
    key = site_key(site(document))
    packed = line_keys(document.text, key) + key.to_bytes(KEY.itemsize, "little")
    return LineKeys(np.frombuffer(packed, KEY))
