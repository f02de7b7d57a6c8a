r"""Encode the documents of one part as tokens, one shard for each split.

    python workflow/scripts/encode.py --input results/deduped/demo/a.jsonl.zst \
        --tokenizer results/tokenizer/tokenizer.json --train results/tokens/train/demo/a.bin \
        --valid results/tokens/valid/demo/a.bin --test results/tokens/test/demo/a.bin

A .json file of facts appears beside each .bin file. The work is in gpt2ro/tokenization.
"""

import argparse
from pathlib import Path

from gpt2ro.errors import run


def main() -> None:
    """Read the arguments and encode the part."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--input", type=Path, required=True, help="shard of documents")
    parser.add_argument("--tokenizer", type=Path, required=True, help="tokenizer.json")
    parser.add_argument("--train", type=Path, required=True, help=".bin file of the train split")
    parser.add_argument("--valid", type=Path, required=True, help=".bin file of the valid split")
    parser.add_argument("--test", type=Path, required=True, help=".bin file of the test split")
    arguments = parser.parse_args()

    from gpt2ro.tokenization.encode import encode_part

    outputs = {"train": arguments.train, "valid": arguments.valid, "test": arguments.test}
    encode_part(arguments.input, arguments.tokenizer, outputs)


if __name__ == "__main__":
    run(main, blas_threads=1, keeps_memory=True, leaves_at_once=True)
