r"""Train the byte-level BPE tokenizer on the train split of all parts.

    python workflow/scripts/tokenizer.py --input results/deduped/demo/a.jsonl.zst \
        --stats results/deduped/demo/a.stats.json --output results/tokenizer --vocabulary 4096

The work is in gpt2ro/tokenization.
"""

import argparse
import os
from pathlib import Path

from gpt2ro.errors import run
from gpt2ro.settings import add_arguments, from_arguments
from gpt2ro.tokenization.settings import TokenizerSettings


def main() -> None:
    """Read the arguments and write the tokenizer's files."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--input", type=Path, nargs="+", required=True, help="shards of deduplicated documents"
    )
    parser.add_argument(
        "--stats", type=Path, nargs="+", required=True, help="their stats, in the same order"
    )
    parser.add_argument("--output", type=Path, required=True, help="folder of the tokenizer")
    parser.add_argument(
        "--threads",
        type=int,
        default=os.cpu_count() or 1,
        help="parts that are read side by side (default: %(default)s)",
    )
    add_arguments(parser, TokenizerSettings)
    arguments = parser.parse_args()
    settings = from_arguments(TokenizerSettings, arguments)
    if len(arguments.stats) != len(arguments.input):
        parser.error(
            f"--stats names {len(arguments.stats)} files, --input {len(arguments.input)}; "
            "one for each"
        )

    from gpt2ro.tokenization.tokenizer import write_tokenizer

    write_tokenizer(arguments.input, arguments.stats, arguments.output, settings, arguments.threads)


if __name__ == "__main__":
    run(main, blas_threads=1, leaves_at_once=True)
