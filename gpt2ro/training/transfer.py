"""Embeddings for a new vocabulary, made from those of an old one (FVT, arXiv 2402.09977)."""

from dataclasses import dataclass

import torch
from tokenizers import Tokenizer
from torch import Tensor


@dataclass(frozen=True)
class TransferReport:
    """How many rows of the new embedding were copied, averaged and drawn."""

    copied: int
    averaged: int
    drawn: int

    def line(self) -> str:
        """Return the shares in one line."""
        total = self.copied + self.averaged + self.drawn
        shares = ((name, count / total) for name, count in vars(self).items())
        return "embeddings: " + ", ".join(f"{share:.1%} {name}" for name, share in shares)


def transfer_embeddings(
    old_rows: Tensor, old: Tokenizer, new: Tokenizer, seed: int
) -> tuple[Tensor, TransferReport]:
    """Return rows for the new vocabulary.

    A token that the old vocabulary has too keeps its row. Any other is decoded to its text and
    encoded by the old tokenizer. It gets the mean of those rows, rescaled to the mean norm of the
    old rows (a mean of vectors is shorter than they are). A token that decodes to no text is drawn
    from a normal distribution with the old rows' mean and standard deviation.

    Args:
        old_rows: `(old vocabulary, width)` float32.

    Returns:
        `(new vocabulary, width)` float32, and the counts.
    """
    generator = torch.Generator().manual_seed(seed)
    mean, deviation = old_rows.mean(dim=0), old_rows.std(dim=0)
    mean_norm = old_rows.norm(dim=1).mean()
    old_vocabulary = old.get_vocab()
    rows = torch.empty(new.get_vocab_size(), old_rows.shape[1])
    copied = averaged = drawn = 0
    for token, index in sorted(new.get_vocab().items(), key=lambda item: item[1]):
        if token in old_vocabulary:
            rows[index] = old_rows[old_vocabulary[token]]
            copied += 1
        elif pieces := _old_pieces(token, old, new):
            average = old_rows[pieces].mean(dim=0)
            rows[index] = average * (mean_norm / average.norm().clamp_min(1e-8))
            averaged += 1
        else:
            rows[index] = mean + deviation * torch.randn(len(mean), generator=generator)
            drawn += 1
    return rows, TransferReport(copied, averaged, drawn)


def _old_pieces(token: str, old: Tokenizer, new: Tokenizer) -> list[int]:
    """Return the old ids of a new token's text; none when its bytes are no whole characters."""
    text: str = new.decoder.decode([token])
    return (
        [] if not text or "\ufffd" in text else list(old.encode(text, add_special_tokens=False).ids)
    )
