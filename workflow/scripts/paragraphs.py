r"""Count the documents that have each paragraph: of one part, or of all parts as an index.

    python workflow/scripts/paragraphs.py part --input results/cleaned/demo/a.jsonl.zst \
        --decisions results/clusters/demo/a.parquet --held-out results/held_out/index.bin \
        --lines results/lines/index.bin --output results/paragraphs/demo/a.train.bin \
        --held-out-output results/paragraphs/demo/a.held_out.bin
    python workflow/scripts/paragraphs.py index --input results/paragraphs/demo/a.train.bin \
        --held-out-input results/paragraphs/demo/a.held_out.bin \
        --output results/paragraphs/index.bin

A part is counted as dedupe would leave it, so with the same indexes and settings. Beside
index.bin, index.json names the parts in the order in which a paragraph stays. The work is in
gpt2ro/lines.
"""

import argparse
from pathlib import Path

from gpt2ro.dedupe.arguments import add_removal_arguments, removals
from gpt2ro.dedupe.settings import DeduplicationSettings
from gpt2ro.errors import run
from gpt2ro.lines.settings import ParagraphSettings
from gpt2ro.settings import add_arguments, from_arguments


def main() -> None:
    """Read the arguments and write the tables."""
    arguments = parsed_arguments()
    if arguments.command == "index":
        from gpt2ro.lines.paragraph_counting import write_paragraph_index

        write_paragraph_index(
            arguments.input,
            arguments.held_out_input,
            arguments.output,
            arguments.prefer_sources,
        )
        return
    min_words = from_arguments(ParagraphSettings, arguments).paragraph_min_words
    decontaminator, repeated_lines = removals(arguments)

    from gpt2ro.lines.paragraph_counting import count_paragraphs

    count_paragraphs(
        arguments.input,
        arguments.decisions,
        arguments.output,
        arguments.held_out_output,
        min_words,
        decontaminator,
        repeated_lines,
    )


def parsed_arguments() -> argparse.Namespace:
    """Return the arguments of the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    part = commands.add_parser("part", help="the documents of one part that stay")
    part.add_argument("--input", type=Path, required=True, help="shard of cleaned documents")
    part.add_argument("--decisions", type=Path, required=True, help="decisions of this part")
    part.add_argument("--output", type=Path, required=True, help="table of train documents")
    part.add_argument(
        "--held-out-output", type=Path, required=True, help="table of valid and test documents"
    )
    add_arguments(part, ParagraphSettings)
    add_removal_arguments(part)
    index = commands.add_parser("index", help="all parts")
    index.add_argument(
        "--input", type=Path, nargs="+", required=True, help="tables of train documents"
    )
    index.add_argument(
        "--held-out-input", type=Path, nargs="+", required=True, help="of valid and test documents"
    )
    index.add_argument("--output", type=Path, required=True, help="index of all parts")
    index.add_argument(
        "--prefer-sources",
        default=DeduplicationSettings.prefer_sources,
        help="sources whose paragraph stays first, comma-separated (default: by name)",
    )
    return parser.parse_args()


if __name__ == "__main__":
    run(main, blas_threads=1, keeps_memory=True, leaves_at_once=True)
