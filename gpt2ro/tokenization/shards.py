"""Token shards: the files between encoding and training.

A shard is two files, `{split}/{source}/{part}.bin` and `.json` beside it. The first holds the token
ids of the part's documents as little-endian uint16, every document followed by `<|endoftext|>`, and
nothing else: `numpy.fromfile(path, "<u2")` reads it. The second says what is inside; it is written
last, so a shard without it is not complete.

    for shard in read_shards(Path("results/tokens/train")):  # sorted by source, then part
        shard.tokens        # numpy.memmap, (tokens,), uint16, read-only
        shard.bytes         # UTF-8 bytes of the texts, for bits per byte
        shard.end_of_text   # id that ends every document
"""

import hashlib
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from gpt2ro.errors import UserError
from gpt2ro.files import atomic_path, read_json, sha256, write_json

TOKEN = np.dtype("<u2")
# Ids are uint16: half the bytes of int32, and no GPT-2 vocabulary (50,257) comes near the limit.
MAX_VOCABULARY = 1 << 16

TokenIds = NDArray[np.uint16]


@dataclass(frozen=True)
class TokenShard:
    """One opened shard.

    Attributes:
        path: its `.bin` file.
        tokens: ids of all documents, `(tokens,)` uint16, mapped from the file and read-only.
        documents: number of documents, hence of end-of-text tokens that end one.
        bytes: UTF-8 bytes of the texts, end-of-text tokens not counted.
        words: words of the texts, separated by spaces and line ends.
        tokenizer_sha256: SHA-256 of the tokenizer.json that made the ids.
        end_of_text: id of `<|endoftext|>`.
        source: name of the source, from the path.
        part: name of the part, from the path.
        sha256: SHA-256 of the `.bin` file as it was written; not recomputed on opening.
    """

    path: Path
    tokens: TokenIds
    documents: int
    bytes: int
    words: int
    tokenizer_sha256: str
    end_of_text: int
    source: str
    part: str
    sha256: str


def read_shards(folder: Path, parts: list[str] | None = None) -> list[TokenShard]:
    """Open the shards of one split (`results/tokens/train`), sorted by source and part.

    Args:
        parts: only these, as source/part; the folder may hold what parts that are no longer used
            left behind.

    Raises:
        UserError: there is none, one is missing or damaged, or two were made by different
            tokenizers.
    """
    if parts is None:
        # By either file, so that one without the other is told.
        places = [path for kind in ("bin", "json") for path in folder.glob(f"*/*.{kind}")]
        parts = [f"{path.parent.name}/{path.stem}" for path in places]
    paths = [
        folder / f"{part}.bin" for part in sorted(set(parts), key=lambda part: part.split("/"))
    ]
    if not paths or not folder.is_dir():
        raise UserError(f"{folder}: no token shards (*/*.bin) found; run the step encode.")
    shards = [read_shard(path) for path in paths]
    for shard in shards:
        if shard.tokenizer_sha256 != shards[0].tokenizer_sha256:
            raise UserError(
                f"{shard.path}: made by tokenizer {shard.tokenizer_sha256[:12]}, but {paths[0]} by "
                f"{shards[0].tokenizer_sha256[:12]}; expected one tokenizer; run encode for all "
                "parts again."
            )
    return shards


def read_shard(path: Path, token: np.dtype[Any] = TOKEN) -> TokenShard:
    """Open the shard with this `.bin` file.

    Args:
        token: the type of its ids; another one than the default only if it was written so.

    Raises:
        UserError: a file is missing or damaged.
    """
    description = description_path(path)
    facts = read_json(description)
    try:
        expected = facts["tokens"] * token.itemsize
        size = path.stat().st_size
        if size != expected:
            raise UserError(
                f"{path}: {size:,} bytes found, {expected:,} expected ({facts['tokens']:,} tokens "
                f"of {token.itemsize} bytes, says {description.name}); delete both, encode again."
            )
        return TokenShard(
            path=path,
            tokens=_mapped(path, facts["tokens"], token),
            documents=facts["documents"],
            bytes=facts["bytes"],
            words=facts["words"],
            tokenizer_sha256=facts["tokenizer_sha256"],
            end_of_text=facts["end_of_text"],
            source=path.parent.name,
            part=path.stem,
            sha256=facts["sha256"],
        )
    except FileNotFoundError:
        raise UserError(f"{path}: not found beside {description.name}; run encode again.") from None
    except (KeyError, TypeError, ValueError) as error:
        raise UserError(
            f"{description}: not a description of a token shard ({type(error).__name__}: {error}); "
            "delete it, run encode again."
        ) from None


def check_content(shard: TokenShard) -> None:
    """Hold the tokens of a shard against the checksum of when they were written.

    Raises:
        UserError: they are others.
    """
    if (found := sha256(shard.path)) != shard.sha256:
        raise UserError(
            f"{shard.path}: its SHA-256 is {found[:12]}, {shard.sha256[:12]} expected, as "
            f"{description_path(shard.path).name} says: damaged; delete both, encode again."
        )


def _mapped(path: Path, tokens: int, token: np.dtype[Any]) -> TokenIds:
    if tokens == 0:  # an empty file cannot be mapped
        return np.empty(0, token)
    return np.memmap(path, token, mode="r", shape=(tokens,))


def word_count(text: bytes) -> int:
    """Return how many words a UTF-8 text has: runs of bytes above the space.

    That is what `str.split` counts in a cleaned text, where all blanks are spaces and line ends, at
    ten times the speed.
    """
    in_word = np.frombuffer(text, np.uint8) > ord(" ")
    starts = np.count_nonzero(in_word[1:] & ~in_word[:-1])
    return int(starts) + int(in_word[:1].sum())


def description_path(path: Path) -> Path:
    """Return the `.json` file that belongs to a `.bin` file."""
    return path.with_suffix(".json")


class TokenShardWriter(AbstractContextManager["TokenShardWriter"]):
    """Writes one shard: the `.bin` file appears complete or not at all, then its `.json`."""

    def __init__(
        self,
        path: Path,
        tokenizer_sha256: str,
        end_of_text: int,
        encoder: str = "tokenizers",
        token: np.dtype[Any] = TOKEN,
    ) -> None:
        """Prepare to write.

        Args:
            encoder: what made the ids; it is noted in the description.
            token: the type of the ids; `read_shard` must be told of another than the default.
        """
        self._path = path
        self._token = token
        self._atomic = atomic_path(path)
        self._file: BinaryIO
        self._digest = hashlib.sha256()
        self._facts: dict[str, Any] = {
            "documents": 0,
            "tokens": 0,
            "bytes": 0,
            "words": 0,
            "tokenizer_sha256": tokenizer_sha256,
            "end_of_text": end_of_text,
            "encoder": encoder,
        }

    def __enter__(self) -> "TokenShardWriter":
        partial = self._atomic.__enter__()
        # A description of an earlier run must never stand beside the new ids.
        description_path(self._path).unlink(missing_ok=True)
        self._file = partial.open("wb")
        return self

    def write(self, ids: list[int], text: str) -> None:
        """Append the ids of one document's text and the end-of-text token."""
        tokens = np.array([*ids, self._facts["end_of_text"]], self._token)
        content = text.encode()
        self.write_block(tokens, 1, len(content), word_count(content))

    def write_block(self, tokens: TokenIds, documents: int, size: int, words: int) -> None:
        """Append the ids of several documents' texts, each followed by the end-of-text token.

        Args:
            tokens: (tokens,) uint16, little-endian.
            documents: how many they are.
            size: UTF-8 bytes of the texts.
            words: of the texts.
        """
        block = tokens.tobytes()
        self._file.write(block)
        self._digest.update(block)
        self._facts["documents"] += documents
        self._facts["tokens"] += len(tokens)
        self._facts["bytes"] += size
        self._facts["words"] += words

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool | None:
        try:
            self._file.close()
        except OSError as problem:
            self._atomic.__exit__(type(problem), problem, problem.__traceback__)
            raise
        suppressed = self._atomic.__exit__(kind, error, traceback)
        if kind is None:
            write_json(
                description_path(self._path), {**self._facts, "sha256": self._digest.hexdigest()}
            )
        return suppressed
