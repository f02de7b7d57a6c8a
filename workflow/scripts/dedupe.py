r"""Drop the duplicates of one part, repeated lines, and what train shares with held-out text.

    python workflow/scripts/dedupe.py --input results/cleaned/demo/a.jsonl.zst \
        --decisions results/clusters/demo/a.parquet --output results/deduped/demo/a.jsonl.zst \
        --dropped results/deduped/demo/a.dropped.jsonl.zst \
        --stats results/deduped/demo/a.stats.json --held-out results/held_out/index.bin \
        --lines results/lines/index.bin --paragraphs results/paragraphs/index.bin

Every document that stays has its split in meta. The work is in gpt2ro/dedupe,
gpt2ro/lines and gpt2ro/decontamination.
"""

import argparse
from pathlib import Path

from gpt2ro.dedupe.arguments import add_removal_arguments, removals
from gpt2ro.errors import run
from gpt2ro.lines.settings import ParagraphSettings
from gpt2ro.settings import add_arguments, from_arguments


def main() -> None:
    """Read the arguments and apply the decisions."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--input", type=Path, required=True, help="shard of cleaned documents")
    parser.add_argument("--decisions", type=Path, required=True, help="decisions of this part")
    parser.add_argument("--output", type=Path, required=True, help="shard of kept documents")
    parser.add_argument("--dropped", type=Path, required=True, help="shard of dropped documents")
    parser.add_argument("--stats", type=Path, required=True, help="JSON file of counts")
    add_removal_arguments(parser)
    parser.add_argument(
        "--paragraphs", type=Path, help="index of paragraphs; without it, none is removed"
    )
    add_arguments(parser, ParagraphSettings)
    arguments = parser.parse_args()
    min_words = from_arguments(ParagraphSettings, arguments).paragraph_min_words
    decontaminator, repeated_lines = removals(arguments)

    from gpt2ro.dedupe.dedupe import dedupe_part
    from gpt2ro.documents import part_name
    from gpt2ro.lines.paragraphs import CopiedParagraphs, ParagraphIndex

    copied_paragraphs = None
    if arguments.paragraphs:
        copied_paragraphs = CopiedParagraphs(
            ParagraphIndex(arguments.paragraphs),
            part_name(arguments.input),
            min_words,
            arguments.min_characters,
        )
    dedupe_part(
        arguments.input,
        arguments.decisions,
        arguments.output,
        arguments.dropped,
        arguments.stats,
        decontaminator,
        repeated_lines,
        copied_paragraphs,
    )


if __name__ == "__main__":
    run(main, blas_threads=1, keeps_memory=True, leaves_at_once=True)
