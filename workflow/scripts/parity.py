r"""Compare what PyTorch and the Rust binary make of the same prompts; fail when they differ.

    python workflow/scripts/parity.py --model results/model --deploy results/deploy \
        --binary results/bin/gpt2ro --prompts config/parity_prompts.txt --output results/parity.json

The work is in gpt2ro/export/parity.py.
"""

import argparse
from pathlib import Path

from gpt2ro.errors import run


def main() -> None:
    """Read the arguments and compare."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", type=Path, required=True, help="Hugging Face folder")
    parser.add_argument("--deploy", type=Path, required=True, help="deploy folder")
    parser.add_argument("--binary", type=Path, required=True, help="the Rust binary")
    parser.add_argument("--prompts", type=Path, required=True, help="prompts, one a line")
    parser.add_argument(
        "--backends", nargs="+", default=["rust-bert", "engine"], help="of the binary"
    )
    parser.add_argument("--tolerance", type=float, default=1e-3, help="largest logit difference")
    parser.add_argument("--greedy-tokens", type=int, default=64, help="tokens that must be equal")
    parser.add_argument("--output", type=Path, required=True, help="JSON file")
    arguments = parser.parse_args()

    from gpt2ro.export.parity import check_parity

    check_parity(
        arguments.model,
        arguments.deploy,
        arguments.binary,
        arguments.prompts,
        arguments.output,
        backends=arguments.backends,
        tolerance=arguments.tolerance,
        greedy_tokens=arguments.greedy_tokens,
    )


if __name__ == "__main__":
    run(main)
