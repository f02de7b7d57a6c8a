r"""Drop the duplicates of one part, repeated lines, and what train shares with held-out text.

    python workflow/scripts/dedupe.py --input results/cleaned/demo/a.jsonl.zst \
        --decisions results/clusters/demo/a.parquet --output results/deduped/demo/a.jsonl.zst \
        --dropped results/deduped/demo/a.dropped.jsonl.zst \
        --stats results/deduped/demo/a.stats.json --held-out results/held_out/index.bin \
        --lines results/lines/index.bin

Every document that stays has its split in meta. The work is in gpt2ro/dedupe,
gpt2ro/lines and gpt2ro/decontamination.
"""

import argparse
from pathlib import Path

from gpt2ro.cleaning.filter_settings import FilterSettings
from gpt2ro.decontamination.settings import DecontaminationSettings
from gpt2ro.errors import run
from gpt2ro.lines.settings import LineRemovalSettings
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
    parser.add_argument(
        "--held-out", type=Path, help="index of held-out n-grams; without it, none is looked for"
    )
    add_arguments(parser, DecontaminationSettings)
    parser.add_argument("--lines", type=Path, help="index of lines; without it, none is removed")
    add_arguments(parser, LineRemovalSettings)
    parser.add_argument(
        "--min-characters",
        type=int,
        default=FilterSettings.min_characters,
        help="drop documents that repeated lines leave with fewer (default: %(default)s)",
    )
    arguments = parser.parse_args()
    settings = from_arguments(DecontaminationSettings, arguments)
    min_share = from_arguments(LineRemovalSettings, arguments).min_share

    from gpt2ro.decontamination.decontaminator import Decontaminator
    from gpt2ro.decontamination.held_out import read_ngrams
    from gpt2ro.decontamination.sentences import SentenceFilter
    from gpt2ro.dedupe.dedupe import dedupe_part
    from gpt2ro.lines.removal import RepeatedLines
    from gpt2ro.lines.tables import LineIndex

    decontaminator = None
    if arguments.held_out:
        sentences = SentenceFilter(read_ngrams(arguments.held_out), settings.words)
        decontaminator = Decontaminator(sentences, settings.max_removed)
    repeated_lines = None
    if arguments.lines:
        index = LineIndex(arguments.lines)
        repeated_lines = RepeatedLines(index, min_share, arguments.min_characters)
    dedupe_part(
        arguments.input,
        arguments.decisions,
        arguments.output,
        arguments.dropped,
        arguments.stats,
        decontaminator,
        repeated_lines,
    )


if __name__ == "__main__":
    run(main, blas_threads=1)
