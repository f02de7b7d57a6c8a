r"""Compute the signatures by which the copies of the texts of one part are found.

    python workflow/scripts/signatures.py --input results/cleaned/demo/a.jsonl.zst \
        --output results/signatures/demo/a.parquet

The work is in gpt2ro/dedupe.
"""

import argparse
from pathlib import Path

from gpt2ro.dedupe.settings import SignatureSettings
from gpt2ro.errors import run
from gpt2ro.settings import add_arguments, from_arguments


def main() -> None:
    """Read the arguments and write the signatures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--input", type=Path, required=True, help="shard of cleaned documents")
    parser.add_argument("--output", type=Path, required=True, help="Parquet file of signatures")
    add_arguments(parser, SignatureSettings)
    arguments = parser.parse_args()
    settings = from_arguments(SignatureSettings, arguments)

    from gpt2ro.dedupe.signatures import write_signatures

    write_signatures(arguments.input, arguments.output, settings)


if __name__ == "__main__":
    run(main, blas_threads=1, keeps_memory=True, leaves_at_once=True)
