"""Fetch initial weights: config.json, model.safetensors and tokenizer.json of a GPT-2.

    python workflow/scripts/pretrained.py --model openai-community/gpt2 --output results/pretrained

A local folder is copied. The work is in gpt2ro/sources/hub.py.
"""

import argparse
from pathlib import Path

from gpt2ro.errors import run


def main() -> None:
    """Read the arguments and fetch the weights."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", required=True, help="name on the Hugging Face hub, or a folder")
    parser.add_argument(
        "--revision", default="main", help="commit on the hub (default: %(default)s)"
    )
    parser.add_argument("--output", type=Path, required=True, help="folder")
    parser.add_argument("--tokenizer-only", action="store_true", help="fetch no weights")
    parser.add_argument(
        "--sha256",
        action="append",
        default=[],
        metavar="FILE=DIGEST",
        help="what a file must be; may be given for each (default: not checked)",
    )
    arguments = parser.parse_args()

    from gpt2ro.sources.hub import WEIGHTS, fetch_weights

    expected = dict(word.split("=", 1) for word in arguments.sha256 if "=" in word)
    if len(expected) < len(arguments.sha256):
        parser.error("--sha256 takes FILE=DIGEST, each file once")
    files = ("tokenizer.json",) if arguments.tokenizer_only else WEIGHTS
    fetch_weights(arguments.model, arguments.revision, arguments.output, expected, files)


if __name__ == "__main__":
    run(main)
