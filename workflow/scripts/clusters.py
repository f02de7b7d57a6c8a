r"""Cluster the copies of all parts, choose the one that stays, and assign the splits.

    python workflow/scripts/clusters.py \
        --signatures results/signatures/demo/a.parquet results/signatures/demo/b.parquet \
        --documents results/cleaned/demo/a.jsonl.zst results/cleaned/demo/b.jsonl.zst \
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
        "--documents",
        type=Path,
        nargs="*",
        default=[],
        help="cleaned documents, in the same order; not needed with --no-near",
    )
    parser.add_argument(
        "--outputs", type=Path, nargs="+", required=True, help="decisions, in the same order"
    )
    add_arguments(parser, DeduplicationSettings)
    add_arguments(parser, SplitSettings)
    arguments = parser.parse_args()
    deduplication = from_arguments(DeduplicationSettings, arguments)
    split = from_arguments(SplitSettings, arguments)
    for name in ("documents", "outputs") if deduplication.near else ("outputs",):
        files, expected = len(getattr(arguments, name)), len(arguments.signatures)
        if files != expected:
            parser.error(f"--{name} names {files} files, --signatures {expected}; one for each")

    from gpt2ro.dedupe.clusters import write_decisions

    write_decisions(
        arguments.signatures, arguments.documents, arguments.outputs, deduplication, split
    )


if __name__ == "__main__":
    run(main, blas_threads=1, leaves_at_once=True)
