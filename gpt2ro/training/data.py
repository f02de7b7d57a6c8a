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


class ContextSampler:
    """Gives training contexts: each epoch cuts the stream anew and visits every context once.

    The stream is cut into contexts of `context` tokens; targets are the inputs shifted by one, so a
    context needs one token more. In every epoch the place of the first cut is drawn anew, within
    the first context, so that a token is not always predicted from the same few tokens. The order
    of the contexts is drawn too. Both depend only on the seed and the epoch, so `position` is all
    that is needed to resume.
    """

    def __init__(self, stream: TokenStream, context: int, seed: int) -> None:
        self._stream = stream
        self._context = context
        self._seed = seed
        if len(stream) <= context:
            raise UserError(
                f"tokens/train: {len(stream):,} tokens, and one context needs {context + 1:,}; add "
                "text, or lower BATCH.CONTEXT."
            )
        # One context fewer than there is room for, so that the first cut can move by a context.
        self.contexts = max(1, (len(stream) - 1) // context - 1)
        self.seek(Position())

    def seek(self, position: Position) -> None:
        """Continue at this position."""
        random = np.random.default_rng([self._seed, position.epoch])
        slack = len(self._stream) - 1 - self.contexts * self._context
        self._first = int(random.integers(min(slack, self._context - 1) + 1))
        self._order: NDArray[np.int64] = random.permutation(self.contexts)
        self.position = position

    def fill(self, rows: NDArray[np.int64]) -> None:
        """Read the next contexts, each with the token after it, `(count, context + 1)` int64."""
        for row in rows:
            self._stream.fill(row, self._next())

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
        return self._first + index * self._context

    def _begin_epoch_if_due(self) -> None:
        if self.position.used == self.contexts:
            self.seek(Position(self.position.epoch + 1, 0))
