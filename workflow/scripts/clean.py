r"""Repair the documents of one part and drop those unfit for training.

    python workflow/scripts/clean.py --input results/extracted/demo/a.jsonl.zst \
        --output results/cleaned/demo/a.jsonl.zst \
        --dropped results/cleaned/demo/a.dropped.jsonl.zst \
        --stats results/cleaned/demo/a.stats.json --min-characters 200

The work is in gpt2ro/cleaning.
"""

import argparse
from pathlib import Path

from gpt2ro.cleaning.settings import CleaningSettings
from gpt2ro.errors import run
from gpt2ro.settings import add_arguments, from_arguments


def main() -> None:
    """Read the arguments and clean the part."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--input", type=Path, required=True, help="shard of extracted documents")
    parser.add_argument("--output", type=Path, required=True, help="shard of kept documents")
    parser.add_argument("--dropped", type=Path, required=True, help="shard of dropped documents")
    parser.add_argument("--stats", type=Path, required=True, help="JSON file of counts")
    parser.add_argument("--web", action="store_true", help="the source is crawled text")
    add_arguments(parser, CleaningSettings)
    arguments = parser.parse_args()
    settings = from_arguments(CleaningSettings, arguments)

    from gpt2ro.cleaning.clean import clean_part

    clean_part(
        arguments.input,
        arguments.output,
        arguments.dropped,
        arguments.stats,
        settings,
        arguments.web,
    )


if __name__ == "__main__":
    run(main, keeps_memory=True, leaves_at_once=True)
