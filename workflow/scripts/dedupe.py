r"""Drop the duplicates of one part and note the split of every document that stays.

    python workflow/scripts/dedupe.py --input results/cleaned/demo/a.jsonl.zst \
        --decisions results/clusters/demo/a.parquet --output results/deduped/demo/a.jsonl.zst \
        --dropped results/deduped/demo/a.dropped.jsonl.zst \
        --stats results/deduped/demo/a.stats.json

The work is in gpt2ro/dedupe.
"""

import argparse
from pathlib import Path

from gpt2ro.errors import run


def main() -> None:
    """Read the arguments and apply the decisions."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--input", type=Path, required=True, help="shard of cleaned documents")
    parser.add_argument("--decisions", type=Path, required=True, help="decisions of this part")
    parser.add_argument("--output", type=Path, required=True, help="shard of kept documents")
    parser.add_argument("--dropped", type=Path, required=True, help="shard of duplicates")
    parser.add_argument("--stats", type=Path, required=True, help="JSON file of counts")
    arguments = parser.parse_args()

    from gpt2ro.dedupe.dedupe import dedupe_part

    dedupe_part(
        arguments.input,
        arguments.decisions,
        arguments.output,
        arguments.dropped,
        arguments.stats,
    )


if __name__ == "__main__":
    run(main)
