"""Convert a trained model to the folder that the Rust binary reads.

    python workflow/scripts/convert.py --model results/model --output results/deploy

The work is in gpt2ro/export.
"""

import argparse
from pathlib import Path

from gpt2ro.errors import run


def main() -> None:
    """Read the arguments and convert."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", type=Path, required=True, help="Hugging Face folder")
    parser.add_argument("--output", type=Path, required=True, help="deploy folder")
    arguments = parser.parse_args()

    from gpt2ro.export.deploy import convert

    convert(arguments.model, arguments.output)


if __name__ == "__main__":
    run(main)
