"""What the Rust binary wrote for each prompt with each strategy.

samples.json is an object: `samples` is a list of `{"prompt", "continuations"}`, a continuation is
`{"strategy", "parameters", "text"}` with the text after the prompt; all other single values are
settings of the whole file and are shown as such.
"""

from dataclasses import dataclass
from pathlib import Path

from gpt2ro.report.records import Record, Scalar, read_record


@dataclass(frozen=True)
class Continuation:
    """What one strategy wrote after a prompt.

    Attributes:
        strategy: its name on the command line.
        parameters: those it uses; one that is null or false is off.
        text: without the prompt.
    """

    strategy: str
    parameters: dict[str, Scalar]
    text: str


@dataclass(frozen=True)
class Sample:
    """A prompt and its continuations, in the binary's order."""

    prompt: str
    continuations: list[Continuation]


@dataclass(frozen=True)
class Samples:
    """All samples, and the settings they share (seed, length)."""

    settings: dict[str, Scalar]
    samples: list[Sample]


def read_samples(results: Path) -> Samples:
    """Read samples.json.

    Raises:
        UserError: it is missing or damaged.
    """
    file = read_record(results / "samples.json")
    return Samples(file.scalars(), [sample(item) for item in file.records("samples")])


def sample(record: Record) -> Sample:
    """Return one prompt with its continuations."""
    return Sample(
        record.text("prompt"), [continuation(item) for item in record.records("continuations")]
    )


def continuation(record: Record) -> Continuation:
    """Return one continuation."""
    chosen = record.record("parameters").scalars()
    parameters: dict[str, Scalar] = {
        key: value
        for key, value in chosen.items()
        if key != "name" and value is not None and value is not False
    }
    return Continuation(record.text("strategy"), parameters, record.text("text"))
