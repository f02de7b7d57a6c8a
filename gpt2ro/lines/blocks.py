"""The keys of the lines of many documents at once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gpt2ro.arrays import distinct
from gpt2ro.dedupe.decisions import DecidedBlock
from gpt2ro.lines.keys import KEY, NO_LINE, Keys, site_key, site_of
from gpt2ro.native import document_lines, line_keys

# How many keys are its own, the bytes of its text, its source and its address.
Known = tuple[int, int, str, str | None]


@dataclass(frozen=True)
class BlockKeys:
    """The keys of the documents of a block.

    Attributes:
        lines: of the lines of those that stay, document by document, (lines,) uint64.
        owners: the place in the block of the document that each is of, (lines,) int64.
        sites: of the site of each document, (documents,) uint64.
        stays: whether a document is not dropped, (documents,) bool.
        bytes: UTF-8 bytes of all texts.
    """

    lines: Keys
    owners: NDArray[np.int64]
    sites: Keys
    stays: NDArray[np.bool_]
    bytes: int


def block_keys(block: DecidedBlock, *, each_once: bool) -> BlockKeys:
    """Return the keys of a block, as `document_keys` gives them for each of its documents.

    Args:
        each_once: leave out NO_LINE, and give a key that a document has several times once.

    Raises:
        UserError: a line is no document, or another one than the decision is of.
    """
    packed, known = document_lines(block.lines, block.ids, block.splits, each_once)
    keys, documents = _completed(block, np.frombuffer(packed, KEY), known, each_once)
    sites = np.array([site_key(site_of(source, url)) for _, _, source, url in documents], KEY)
    owners = np.repeat(np.arange(len(documents)), [count for count, *_ in documents])
    return BlockKeys(
        np.where(keys == NO_LINE, keys, keys ^ sites[owners]),
        owners,
        sites,
        np.array([split is not None for split in block.splits], np.bool_),
        sum(size for _, size, *_ in documents),
    )


def _completed(
    block: DecidedBlock, keys: Keys, known: list[Known | None], each_once: bool
) -> tuple[Keys, list[Known]]:
    """Return the keys and what is known of every document, those that Rust left among them."""
    pieces, documents, start = [], [], 0
    for place, found in enumerate(known):
        if found:
            pieces.append(keys[start : start + found[0]])
            start += found[0]
            documents.append(found)
            continue
        document = block.document(place)
        own = np.empty(0, KEY)
        if block.splits[place] is not None:
            own = np.frombuffer(line_keys(document.text, 0), KEY)
            own = distinct(own[own != NO_LINE]) if each_once else own
        pieces.append(own)
        size = len(document.text.encode())
        documents.append((len(own), size, document.source, document.meta.get("url")))
    return (np.concatenate(pieces) if None in known else keys), documents
