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
    max_megabytes: int = setting(
        1_000,
        "learn from this much train text at most, the same from every source; 1,000,000 bytes each",
        minimum=1,
    )
    seed: int = setting(1, "seed of the choice of documents, where there are more", minimum=0)
    trainer: str = setting(
        "gpt2ro",
        "what learns the merges; gpt2ro's are held against those of the library tokenizers first",
        choices=("gpt2ro", "tokenizers"),
    )
