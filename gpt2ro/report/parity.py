"""How far the Rust binary is from PyTorch.

Every single value of parity.json is shown, as those of metrics.json are.
"""

from dataclasses import dataclass
from pathlib import Path

from gpt2ro.report.records import Scalar, read_record


@dataclass(frozen=True)
class Rounded:
    """How a precision of the binary predicts a held-out split.

    Attributes:
        precision: its name.
        bits_per_byte: as measured.
        difference: how far that is from fp32, as a share of it.
        allowed: the largest such share.
    """

    precision: str
    bits_per_byte: float
    difference: float
    allowed: float


@dataclass(frozen=True)
class Parity:
    """How far the Rust binary is from PyTorch.

    Attributes:
        largest: the largest difference of a logit.
        tolerance: what was allowed.
        facts: every single value of parity.json.
        columns, rows: what was measured on each prompt, which is the first column.
        split: what the precisions were measured on: test, or valid where there is no test split.
        precisions: bits per byte of each precision on it, and how far from fp32.
    """

    largest: float
    tolerance: float
    facts: dict[str, Scalar]
    columns: list[str]
    rows: list[dict[str, Scalar]]
    split: str
    precisions: list[Rounded]


def read_parity(results: Path) -> Parity:
    """Read parity.json: `max_logit_difference`, `tolerance`, two lists of objects, and more.

    The lists are `prompts` and `precisions`.

    Raises:
        UserError: it is missing or damaged.
    """
    parity = read_record(results / "parity.json")
    rows = [prompt.scalars() for prompt in parity.records("prompts")]
    return Parity(
        largest=parity.number("max_logit_difference"),
        tolerance=parity.number("tolerance"),
        facts=parity.scalars(),
        columns=list(dict.fromkeys(["prompt", *(key for row in rows for key in row)])),
        rows=rows,
        split=parity.text("split"),
        precisions=[
            Rounded(
                row.text("precision"),
                *(row.number(key) for key in ("bits_per_byte", "difference", "allowed")),
            )
            for row in parity.records("precisions")
        ],
    )
