"""Packed contexts from memory-mapped token shards, in an order that two numbers can resume."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gpt2ro.errors import UserError
from gpt2ro.tokenization.shards import TokenShard


class TokenStream:
    """The shards of a split as one stream of tokens; nothing is read before it is used."""

    def __init__(self, shards: list[TokenShard]) -> None:
        self._tokens = [shard.tokens for shard in shards if len(shard.tokens)]
        lengths = [len(tokens) for tokens in self._tokens]
        self._starts = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])

    def __len__(self) -> int:
        return int(self._starts[-1])

    def read(self, start: int, count: int) -> NDArray[np.int64]:
        """Return `count` tokens from position `start`, across shard borders: `(count,)` int64."""
        out = np.empty(count, np.int64)
        self.fill(out, start)
        return out

    def fill(self, out: NDArray[np.int64], start: int) -> None:
        """Read as many tokens as `out` has room for from position `start`: `(count,)` int64."""
        count = len(out)
        shard = int(np.searchsorted(self._starts, start, side="right")) - 1
        filled = 0
        while filled < count:
            offset = start + filled - int(self._starts[shard])
            piece = self._tokens[shard][offset : offset + count - filled]
            out[filled : filled + len(piece)] = piece
            filled += len(piece)
            shard += 1


@dataclass
class Position:
    """The place of a sampler: the epoch, and how many of its contexts are used."""

    epoch: int = 0
    used: int = 0


def contexts_of_epoch(tokens: int, context: int) -> int:
    """Return how many contexts of so many tokens it takes to read a stream once."""
    return -(-tokens // context)


def tokens_read(position: Position, tokens: int, context: int) -> int:
    """Return how many tokens of a stream of `tokens` a sampler has given until a position."""
    return (position.epoch * contexts_of_epoch(tokens, context) + position.used) * context


class ContextSampler:
    """Gives training contexts: each epoch cuts the stream anew and reads all of it.

    The stream is taken as a ring: its last token ends a document, and its first one begins one. An
    epoch cuts it into contexts of `context` tokens, from a place that is drawn, so that a token is
    not always predicted from the same few tokens. The last context goes on over that place, where
    fewer than `context` tokens are read twice; every other token is read once. Targets are the
    inputs shifted by one, so a context is read with the token after it. The order of the contexts
    is drawn too. Place and order depend only on the seed and the epoch, so `position` is all that
    is needed to resume.
    """

    def __init__(self, stream: TokenStream, context: int, seed: int) -> None:
        self.stream = stream
        self._context = context
        self._seed = seed
        if len(stream) <= context:
            raise UserError(
                f"tokens/train: {len(stream):,} tokens, and one context needs {context + 1:,}; add "
                "text, or lower BATCH.CONTEXT."
            )
        self.contexts = contexts_of_epoch(len(stream), context)
        self.seek(Position())

    def seek(self, position: Position) -> None:
        """Continue at this position."""
        random = np.random.default_rng([self._seed, position.epoch])
        self._first = int(random.integers(len(self.stream)))
        self._order: NDArray[np.int64] = random.permutation(self.contexts)
        self.position = position

    def fill(self, rows: NDArray[np.int64]) -> None:
        """Read the next contexts, each with the token after it, `(count, context + 1)` int64."""
        for row in rows:
            start = self._next()
            before_end = len(self.stream) - start
            self.stream.fill(row[:before_end], start)
            self.stream.fill(row[before_end:], 0)

    def skip(self, count: int) -> None:
        """Pass over contexts, as another process uses them."""
        while count:
            self._begin_epoch_if_due()
            passed = min(count, self.contexts - self.position.used)
            self.position.used += passed
            count -= passed

    def _next(self) -> int:
        """Return the position in the stream where the next context starts."""
        self._begin_epoch_if_due()
        index = int(self._order[self.position.used])
        self.position.used += 1
        return (self._first + index * self._context) % len(self.stream)

    def _begin_epoch_if_due(self) -> None:
        if self.position.used == self.contexts:
            self.seek(Position(self.position.epoch + 1, 0))
