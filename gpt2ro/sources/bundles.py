"""Bundles: many small files of one source as few parts.

A part costs a job of each of six steps, each a new Python, however little text it has: a folder of
10,000 short texts would be 60,000 jobs.
"""

import os
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

import xxhash

from gpt2ro.sources.part import Part

# Up to so many files each is a part: one that changes then leaves all others as they are.
MAX_SINGLE_FILES = 8
# The jobs of a part start in some two CPU seconds, in which 16 MB of text pass three of the steps.
SMALL_BYTES = 16_000_000
# A bundle of this size keeps a core busy for some ten seconds, longer than its jobs take to start.
BUNDLE_BYTES = 32_000_000
# Romanian text shrinks to a third (gzip) or less than a quarter (xz) of its size.
TEXT_PER_COMPRESSED_BYTE = 4
COMPRESSED = {".gz", ".bz2", ".xz", ".zst", ".zip", ".parquet"}
MAX_BUNDLES = 256
# The files of a bundle are arguments of a command. Linux passes 2 MiB of them (a quarter of the
# stack, 8 MiB by default), with a pointer for each; half is room for chance and the environment.
MAX_ARGUMENT_BYTES = 1_000_000
POINTER_BYTES = 9  # and the NUL behind the name


def bundled(parts: Iterable[Part]) -> list[Part]:
    """Return the parts, with the small local files among them bundled if they are many.

    The hash of its name puts a file into a bundle, so a file more or less changes one bundle; only
    when all of them grow over a power of two of bundles, every file moves.
    """
    parts = list(parts)
    small = [part for part in parts if _is_small(part)]
    if len(small) <= MAX_SINGLE_FILES:
        return parts
    count = _bundle_count(sum(map(_size, small)), sum(map(_argument_bytes, small)))
    members: dict[int, list[Part]] = defaultdict(list)
    for part in small:
        members[xxhash.xxh3_64_intdigest(part.name.encode()) % count].append(part)
    return [part for part in parts if not _is_small(part)] + [
        _bundle(f"bundle_{number + 1}_of_{count}", group) for number, group in members.items()
    ]


def _is_small(part: Part) -> bool:
    # A checksum is of one file, so such a file stays a part of its own.
    return bool(part.paths) and part.sha256 is None and _size(part) < SMALL_BYTES


def _size(part: Part) -> int:
    """Return about how many bytes of text the files of a part hold."""
    return sum(
        path.stat().st_size * (TEXT_PER_COMPRESSED_BYTE if path.suffix in COMPRESSED else 1)
        for path in part.paths
    )


def _argument_bytes(part: Part) -> int:
    return sum(len(os.fsencode(path)) + POINTER_BYTES for path in part.paths)


def _bundle_count(size: int, argument_bytes: int) -> int:
    """Return a power of two: so many bundles of BUNDLE_BYTES hold that many bytes.

    More than MAX_BUNDLES only where the names of the files are too much for one command.
    """
    for_text = min(MAX_BUNDLES, -(-size // BUNDLE_BYTES))
    wanted = max(1, for_text, -(-argument_bytes // MAX_ARGUMENT_BYTES))
    return 1 << (wanted - 1).bit_length()


def _bundle(name: str, parts: list[Part]) -> Part:
    paths = sorted(path for part in parts for path in part.paths)
    return replace(parts[0], name=name, paths=tuple(paths))
