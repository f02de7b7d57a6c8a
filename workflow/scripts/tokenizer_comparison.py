r"""Compare the tokenizer with that of the model named as initial weights, on held-out text.

    python workflow/scripts/tokenizer_comparison.py --input results/deduped/demo/a.jsonl.zst \
        --tokenizer results/tokenizer/tokenizer.json --other results/pretrained/tokenizer.json \
        --name openai-community/gpt2 --output results/tokenizer_comparison.json

The work is in gpt2ro/tokenization.
"""

import argparse
from pathlib import Path

from gpt2ro.errors import run


def main() -> None:
    """Read the arguments and write the comparison."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--input", type=Path, nargs="+", required=True, help="shards of deduplicated documents"
    )
    parser.add_argument("--tokenizer", type=Path, required=True, help="tokenizer.json")
    parser.add_argument("--other", type=Path, required=True, help="tokenizer.json to compare with")
    parser.add_argument("--name", required=True, help="the model that has it")
    parser.add_argument("--output", type=Path, required=True, help="JSON file")
    arguments = parser.parse_args()

    from gpt2ro.tokenization.comparison import write_comparison

    write_comparison(
        arguments.input, arguments.tokenizer, arguments.other, arguments.name, arguments.output
    )


if __name__ == "__main__":
    run(main)
