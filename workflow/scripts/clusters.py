r"""Cluster the copies of all parts, choose the one that stays, and assign the splits.

    python workflow/scripts/clusters.py \
        --signatures results/signatures/demo/a.parquet results/signatures/demo/b.parquet \
        --outputs results/clusters/demo/a.parquet results/clusters/demo/b.parquet \
        --valid 0.01 --test 0.01

The work is in gpt2ro/dedupe.
"""

import argparse
from pathlib import Path

from gpt2ro.dedupe.settings import DeduplicationSettings, SplitSettings
from gpt2ro.errors import run
from gpt2ro.settings import add_arguments, from_arguments


def main() -> None:
    """Read the arguments and write the decisions of every part."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--signatures", type=Path, nargs="+", required=True, help="signatures of all parts"
    )
    parser.add_argument(
        "--outputs", type=Path, nargs="+", required=True, help="decisions, in the same order"
    )
    add_arguments(parser, DeduplicationSettings)
    add_arguments(parser, SplitSettings)
    arguments = parser.parse_args()
    if len(arguments.outputs) != len(arguments.signatures):
        parser.error(
            f"--outputs names {len(arguments.outputs)} files, --signatures "
            f"{len(arguments.signatures)}; expected one for each"
        )
    deduplication = from_arguments(DeduplicationSettings, arguments)
    split = from_arguments(SplitSettings, arguments)

    from gpt2ro.dedupe.clusters import write_decisions

    write_decisions(arguments.signatures, arguments.outputs, deduplication, split)


if __name__ == "__main__":
    run(main)
