"""What rounded weights cost: how well each precision of the binary predicts a held-out split."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from gpt2ro.errors import UserError
from gpt2ro.export.binary import run_binary
from gpt2ro.progress import StepProgress
from gpt2ro.tokenization.shards import TokenIds, TokenShard, read_shards

EXACT = "fp32"
# The flags of the binary that ask for each, by the names of the config: parity.bits_per_byte.
ROUNDED = {
    "fp16": ("--weights", "fp16"),
    "bf16": ("--precision", "bf16"),
    "int8": ("--precision", "int8"),
    "int4": ("--precision", "int4"),
}
PRECISIONS = (EXACT, *ROUNDED)


@dataclass(frozen=True)
class RoundingCheck:
    """The text on which the precisions are measured, and what is allowed.

    Attributes:
        tokens: folder with the token shards of the split, whose name it has.
        parts: the parts of the corpus, as source/part.
        max_bytes: about how many UTF-8 bytes of text at most; of a larger split every k-th
            document is read.
        bounds: for each of ROUNDED, how far its bits per byte may be from those of fp32, as a
            share of these.
        threads: of the binary.
    """

    tokens: Path
    parts: Sequence[str]
    max_bytes: int
    bounds: Mapping[str, float]
    threads: int


@dataclass(frozen=True)
class Measurement:
    """One precision: its bits per byte, how far from those of fp32 as a share, what is allowed."""

    precision: str
    bits_per_byte: float
    difference: float
    allowed: float


def check_rounding(
    check: RoundingCheck,
    binary: Path,
    deploy: Path,
    tokenizer: Tokenizer,
    progress: StepProgress,
) -> dict[str, Any]:
    """Measure every precision of the engine on the split; return what parity.json says of it.

    Each of PRECISIONS is a step of the progress.

    Raises:
        UserError: a precision is beyond its bound, or the binary fails, or it makes other tokens
            of the texts.
    """
    split = list(documents(check))
    texts = [tokenizer.decode(ids.tolist(), skip_special_tokens=False) for ids in split]
    tokens = sum(len(ids) + 1 for ids in split)  # with the end of each text
    size = sum(len(text.encode()) for text in texts)
    reads = f"reads {size / 1e6:,.1f} MB of the {check.tokens.name} split"
    with TemporaryDirectory() as folder:
        path = Path(folder) / "split.jsonl"
        path.write_text(
            "".join(json.dumps({"text": text}) + "\n" for text in texts), encoding="utf-8"
        )
        scores = _Scores(check, binary, deploy, path, tokens)
        progress.begin(f"{EXACT} {reads}")
        exact = scores.bits_per_byte(("--precision", EXACT))
        found = [Measurement(EXACT, exact, 0.0, 0.0)]
        for name, flags in ROUNDED.items():
            progress.begin(f"{name} {reads}")
            bits = scores.bits_per_byte(flags)
            difference = round(bits / exact - 1, 6)
            found.append(Measurement(name, bits, difference, check.bounds[name]))
            _require_within(found[-1], exact, check.tokens.name)
    return {
        "split": check.tokens.name,
        "split_documents": len(texts),
        "split_bytes": size,
        "precisions": [asdict(measurement) for measurement in found],
    }


def documents(check: RoundingCheck) -> Iterator[TokenIds]:
    """Yield the tokens of each text of the split, or of every k-th, which gives about `max_bytes`.

    Raises:
        UserError: the split is empty.
    """
    shards = read_shards(check.tokens, list(check.parts))
    total = sum(shard.bytes for shard in shards)
    if total == 0:
        name = check.tokens.name
        raise UserError(f"{check.tokens}: no text in the {name} split; raise split.{name}.")
    step = -(-total // check.max_bytes)
    number = 0
    for shard in shards:
        for ids in _documents_of(shard):
            if number % step == 0:
                yield ids
            number += 1


def _documents_of(shard: TokenShard) -> Iterator[TokenIds]:
    start = 0
    for end in np.flatnonzero(shard.tokens == shard.end_of_text):
        yield shard.tokens[start:end]
        start = int(end) + 1


@dataclass(frozen=True)
class _Scores:
    """What the binary says of the texts in a file, which are so many tokens."""

    check: RoundingCheck
    binary: Path
    deploy: Path
    path: Path
    tokens: int

    def bits_per_byte(self, flags: Sequence[str]) -> float:
        arguments = [
            "score", "--model", str(self.deploy), str(self.path), "--jsonl", "--json",
            "--backend", "engine", "--threads", str(self.check.threads), *flags,
        ]  # fmt: skip
        said = run_binary(self.binary, arguments)
        try:
            score = json.loads(said)
            bits, tokens = float(score["bits_per_byte"]), int(score["tokens"])
        except (ValueError, KeyError, TypeError):
            raise UserError(
                f"{self.binary}: its score is {said.strip()!r}; expected a JSON object with "
                "bits_per_byte and tokens; it is another version: build it again."
            ) from None
        if tokens != self.tokens:
            raise UserError(
                f"parity: the {self.check.tokens.name} split is {self.tokens} tokens in Python and "
                f"{tokens} in the binary, with the same tokenizer.json: build the binary again."
            )
        return bits


def _require_within(found: Measurement, exact: float, split: str) -> None:
    # Written so that what is not a number is beyond every bound.
    if not abs(found.difference) <= found.allowed:
        raise UserError(
            f"parity: {found.precision} predicts the {split} split at {found.bits_per_byte:.4f} "
            f"bits per byte and fp32 at {exact:.4f}: {found.difference:+.2%}, allowed is "
            f"{found.allowed:.2%}; do not deploy {found.precision}: train on, or set "
            f"parity.bits_per_byte.{found.precision} to what you accept."
        )
