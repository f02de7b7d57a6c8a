"""Bits per byte and perplexities of a whole split."""

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import numpy as np
import torch
from torch import Tensor

from gpt2ro.tokenization.shards import TokenShard
from gpt2ro.training.data import TokenStream
from gpt2ro.training.loss import summed_cross_entropy
from gpt2ro.training.weights import Gpt2

BATCH = 8  # contexts in one forward pass; the result does not depend on it


@dataclass(frozen=True)
class Metrics:
    """How well a model predicts a text.

    Attributes:
        bits_per_byte: sum of nats / (ln 2 x UTF-8 bytes of the texts). The nats of the end-of-text
            tokens are counted, their bytes are none: a model must know where texts end. Comparable
            between tokenizers.
        token_perplexity: exp(nats / tokens); comparable with the same tokenizer only.
        word_perplexity: exp(nats / whitespace-separated words).
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


@torch.no_grad()
def evaluate(model: Gpt2, shards: list[TokenShard], context: int, device: torch.device) -> Metrics:
    """Score every token of a split once.

    The stream of documents is cut into contexts that do not overlap; the first token of the split
    is predicted from end-of-text, as every document's is. The model's mode is restored.
    """
    stream = TokenStream(shards)
    assert len(stream), "a split without tokens is refused before the training"
    was_training = model.training
    model.eval()
    nats = 0.0
    for inputs, targets in _contexts(stream, context, shards[0].end_of_text):
        nats += _nats(model, inputs.to(device), targets.to(device))
    model.train(was_training)
    words = sum(shard.words for shard in shards)
    size = sum(shard.bytes for shard in shards)
    return Metrics(
        bits_per_byte=nats / (math.log(2) * size),
        token_perplexity=math.exp(nats / len(stream)),
        word_perplexity=math.exp(min(nats / words, 700.0)),
        tokens=len(stream),
        bytes=size,
    )


def _nats(model: Gpt2, inputs: Tensor, targets: Tensor) -> float:
    # hidden: (batch, tokens, width)
    hidden = model.transformer(input_ids=inputs, use_cache=False).last_hidden_state
    # Float32 sums of a batch, float64 over batches.
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
