"""Score texts with a GPT-2: bits per byte and perplexities, comparable between models.

    python workflow/scripts/evaluate.py results/model book.txt results/deduped/mine/part.jsonl.zst

The work is in gpt2ro/training/text_evaluation.py.
"""

import argparse
import json
from pathlib import Path

from gpt2ro.errors import run


def main() -> None:
    """Read the arguments and print a line for each text."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", type=Path, help="Hugging Face folder of a GPT-2")
    parser.add_argument("texts", type=Path, nargs="+", metavar="TEXT", help="text file or shard")
    parser.add_argument("--device", default="cpu", choices=("cpu", "cuda"))
    parser.add_argument("--json", action="store_true", help="a JSON object a line")
    arguments = parser.parse_args()

    from gpt2ro.training.text_evaluation import evaluate_texts

    found = evaluate_texts(arguments.model, arguments.texts, arguments.device)
    for path, metrics in zip(arguments.texts, found, strict=True):
        if arguments.json:
            print(json.dumps({"text": str(path), **metrics.rounded()}), flush=True)
        else:
            print(
                f"{path}: {metrics.bits_per_byte:.3f} bits a byte, perplexity "
                f"{metrics.word_perplexity:,.1f} a word, {metrics.token_perplexity:,.1f} a token, "
                f"{metrics.bytes:,} bytes",
                flush=True,
            )


if __name__ == "__main__":
    run(main)
