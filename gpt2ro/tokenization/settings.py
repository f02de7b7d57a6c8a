"""Settings of the step tokenizer."""

from dataclasses import dataclass

from gpt2ro.settings import setting


@dataclass(frozen=True)
class TokenizerSettings:
    """Size and training of the vocabulary."""

    vocabulary: int = setting(
        50_257,
        "tokens: 256 bytes, the merges, and <|endoftext|>; GPT-2 has 50257",
        minimum=257,
        maximum=65_536,
    )
    min_frequency: int = setting(2, "a pair must occur this often to be merged", minimum=1)
    share: float = setting(
        1.0, "share of the train documents the vocabulary is learned from", minimum=0, maximum=1
    )
