"""Bits per byte and perplexities of a whole split, in all and by source."""

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import groupby

import numpy as np
import torch
from torch import Tensor

from gpt2ro.errors import UserError
from gpt2ro.tokenization.shards import TokenShard
from gpt2ro.training.data import TokenStream
from gpt2ro.training.evaluation_mode import evaluation_mode
from gpt2ro.training.loss import summed_cross_entropy
from gpt2ro.training.weights import Gpt2

BATCH = 8  # contexts in one forward pass; the result does not depend on it


@dataclass(frozen=True)
class Metrics:
    """How well a model predicts a text.

    Attributes:
        bits_per_byte: sum of nats / (ln 2 x UTF-8 bytes of the texts); comparable between
            tokenizers. End-of-text tokens add nats and no bytes: a model must know where texts end.
        token_perplexity: exp(nats / tokens); comparable with the same tokenizer only.
        word_perplexity: exp(nats / whitespace-separated words); comparable between tokenizers.
        tokens: tokens predicted.
        bytes: UTF-8 bytes of the texts.
    """

    bits_per_byte: float
    token_perplexity: float
    word_perplexity: float
    tokens: int
    bytes: int

    def rounded(self) -> dict[str, float | int]:
        """Return the values with six digits, as they are written to files."""
        return {
            name: round(value, 6) if isinstance(value, float) else value
            for name, value in asdict(self).items()
        }


@dataclass(frozen=True)
class SplitMetrics:
    """The metrics of a split, and of each of its sources; every token counts the same."""

    total: Metrics
    sources: dict[str, Metrics]

    def rounded(self) -> dict[str, object]:
        """Return the values of the whole split, and those by source under `sources`."""
        sources = {name: metrics.rounded() for name, metrics in self.sources.items()}
        return {**self.total.rounded(), "sources": sources}


@dataclass(frozen=True)
class Tally:
    """What the metrics of a text are computed from: nats, tokens, words and UTF-8 bytes."""

    nats: float = 0.0
    tokens: int = 0
    words: int = 0
    bytes: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.nats + other.nats,
            self.tokens + other.tokens,
            self.words + other.words,
            self.bytes + other.bytes,
        )

    def metrics(self) -> Metrics:
        """Return the metrics of what was counted, with at least a word in it."""
        return Metrics(
            bits_per_byte=self.nats / (math.log(2) * self.bytes),
            token_perplexity=_perplexity(self.nats / self.tokens),
            word_perplexity=_perplexity(self.nats / self.words),
            tokens=self.tokens,
            bytes=self.bytes,
        )


def _perplexity(nats: float) -> float:
    """Return e to the nats of a token or word, or about 1e304 for more, as of a diverged model."""
    return math.exp(min(nats, 700.0))


def has_text(shards: list[TokenShard]) -> bool:
    """Return whether there is something in these shards to predict."""
    return any(shard.words and len(shard.tokens) for shard in shards)


def evaluate(model: Gpt2, shards: list[TokenShard], context: int) -> SplitMetrics:
    """Score every token of a split once, on the device of the model, whose mode is restored.

    The documents of a source are one stream, cut into contexts that do not overlap; its first token
    is predicted from end-of-text, as every document's is. So a source has the same figures
    whichever others stand beside it. One without text is left out.

    Args:
        shards: of a split, sorted by source, with at least one word in them.
        context: tokens of a context, at most as many as the model takes.
    """
    with evaluation_mode(model):
        tallies = {
            source: _tally(model, list(group), context)
            for source, group in groupby(shards, key=lambda shard: shard.source)
        }
    total = sum(tallies.values(), start=Tally())
    assert total.words, "a split without text is refused before the training"
    sources = {source: tally.metrics() for source, tally in tallies.items() if tally.words}
    return SplitMetrics(total.metrics(), sources)


def rehearse(model: Gpt2, shards: list[TokenShard], context: int) -> None:
    """Score the first contexts of a split as `evaluate` does, and forget it.

    A fault of the tokens then shows before the training, and not at its first evaluation; one of
    the memory mostly does, though the optimiser's moments are still to come. Nothing is drawn: the
    training has the same bytes with it and without.

    Args:
        shards: of a split with text.
        context: tokens of a context, at most as many as the model takes.

    Raises:
        UserError: the loss is not finite. The training could only skip its steps.
    """
    with evaluation_mode(model):
        inputs, targets = next(_contexts(TokenStream(shards), context, shards[0].end_of_text))
        nats = _nats(model, inputs.to(model.device), targets.to(model.device))
    if not math.isfinite(nats):
        raise UserError(
            f"training: before the first step its loss on the validation split is {nats}; the "
            "weights hold numbers that are not finite, or far too large: give others "
            "(training.initial_weights, --pretrained)."
        )


def tally(model: Gpt2, shards: list[TokenShard], context: int) -> Tally:
    """Score the shards of one source as `evaluate` does; the tallies of several texts add up."""
    with evaluation_mode(model):
        return _tally(model, shards, context)


def _tally(model: Gpt2, shards: list[TokenShard], context: int) -> Tally:
    stream = TokenStream(shards)
    nats = 0.0
    for inputs, targets in _contexts(stream, context, shards[0].end_of_text):
        nats += _nats(model, inputs.to(model.device), targets.to(model.device))
    words = sum(shard.words for shard in shards)
    return Tally(nats, len(stream), words, sum(shard.bytes for shard in shards))


def _nats(model: Gpt2, inputs: Tensor, targets: Tensor) -> float:
    """Return the sum of nats of the targets; inputs and targets are `(batch, tokens)`."""
    # hidden: (batch, tokens, width)
    hidden = model.transformer(input_ids=inputs, use_cache=False).last_hidden_state
    # A batch is summed in float32, the batches in float64.
    return float(summed_cross_entropy(hidden, model.lm_head.weight, targets))


def _contexts(stream: TokenStream, context: int, begin: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Cut the stream into batches of inputs and targets, `(batch, context)`; the last is short."""
    step = BATCH * context
    for start in range(0, len(stream), step):
        count = min(step, len(stream) - start)
        before = np.array([begin]) if start == 0 else stream.read(start - 1, 1)
        tokens = torch.from_numpy(np.concatenate([before, stream.read(start, count)]))
        inputs, targets = tokens[:-1], tokens[1:]
        whole = count // context * context
        if whole:
            yield inputs[:whole].view(-1, context), targets[:whole].view(-1, context)
        if whole < count:
            yield inputs[whole:].unsqueeze(0), targets[whole:].unsqueeze(0)
