r"""Compare what PyTorch and the Rust binary make of the same prompts; fail when they differ.

    python workflow/scripts/parity.py --model results/model --deploy results/deploy \
        --binary results/bin/gpt2ro --prompts config/parity_prompts.txt \
        --test results/tokens/test --parts SOURCE/PART ... --output results/parity.json

The rounded precisions are held against float32 on the test split, or another. The work is in
gpt2ro/export/parity.py and rounding.py.
"""

import argparse
from pathlib import Path

from gpt2ro.errors import run

DEFAULT_BOUNDS = {"fp16": 0.0005, "bf16": 0.002, "int8": 0.005, "int4": 0.01}


def bound(text: str) -> tuple[str, float]:
    """Return name and number of NAME=NUMBER, of a precision that is compared."""
    name, _, number = text.partition("=")
    if name not in DEFAULT_BOUNDS:
        raise ValueError(name)
    return name, float(number)


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", type=Path, required=True, help="Hugging Face folder")
    parser.add_argument("--deploy", type=Path, required=True, help="deploy folder")
    parser.add_argument("--binary", type=Path, required=True, help="the Rust binary")
    parser.add_argument("--prompts", type=Path, required=True, help="prompts, one a line")
    parser.add_argument(
        "--backends",
        nargs="+",
        default=["rust-bert", "engine"],
        help="of the binary (default: all)",
    )
    parser.add_argument(
        "--tolerance",
        type=float,
        default=1e-3,
        help="largest logit difference (default: %(default)s)",
    )
    parser.add_argument(
        "--greedy-tokens",
        type=int,
        default=256,
        help="tokens that must be equal (default: %(default)s)",
    )
    parser.add_argument("--test", type=Path, required=True, help="token shards of a held-out split")
    parser.add_argument("--parts", nargs="+", required=True, help="its parts, as source/part")
    parser.add_argument(
        "--test-megabytes", type=float, default=1.0, help="text read at most (default: %(default)s)"
    )
    parser.add_argument(
        "--bits-per-byte",
        type=bound,
        nargs="+",
        default=[],
        metavar="NAME=SHARE",
        help="for any of fp16, bf16, int8 and int4: largest difference from fp32, as a share",
    )
    parser.add_argument(
        "--threads", type=int, default=2, help="threads of the binary (default: %(default)s)"
    )
    parser.add_argument("--output", type=Path, required=True, help="JSON file")
    return parser.parse_args()


def main() -> None:
    """Read the arguments and compare."""
    arguments = read_arguments()

    from gpt2ro.export.parity import check_parity
    from gpt2ro.export.rounding import RoundingCheck

    check_parity(
        arguments.model,
        arguments.deploy,
        arguments.binary,
        arguments.prompts,
        arguments.output,
        backends=arguments.backends,
        tolerance=arguments.tolerance,
        greedy_tokens=arguments.greedy_tokens,
        rounding=RoundingCheck(
            tokens=arguments.test,
            parts=arguments.parts,
            max_bytes=round(arguments.test_megabytes * 1_000_000),
            bounds=DEFAULT_BOUNDS | dict(arguments.bits_per_byte),
            threads=arguments.threads,
        ),
    )


if __name__ == "__main__":
    run(main)
