r"""Drop the duplicates of one part, and what its train documents share with held-out text.

    python workflow/scripts/dedupe.py --input results/cleaned/demo/a.jsonl.zst \
        --decisions results/clusters/demo/a.parquet --output results/deduped/demo/a.jsonl.zst \
        --dropped results/deduped/demo/a.dropped.jsonl.zst \
        --stats results/deduped/demo/a.stats.json --held-out results/held_out/index.bin

Every document that stays has its split in meta. The work is in gpt2ro/dedupe and
gpt2ro/decontamination.
"""

import argparse
from pathlib import Path

from gpt2ro.decontamination.settings import DecontaminationSettings
from gpt2ro.errors import run
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
    arguments = parser.parse_args()
    settings = from_arguments(DecontaminationSettings, arguments)

    from gpt2ro.decontamination.decontaminator import Decontaminator
    from gpt2ro.decontamination.held_out import Index, read_ngrams
    from gpt2ro.decontamination.sentences import SentenceFilter
    from gpt2ro.dedupe.dedupe import dedupe_part

    decontaminator = None
    if arguments.held_out:
        sentences = SentenceFilter(Index(read_ngrams(arguments.held_out)), settings.words)
        decontaminator = Decontaminator(sentences, settings.max_removed)
    dedupe_part(
        arguments.input,
        arguments.decisions,
        arguments.output,
        arguments.dropped,
        arguments.stats,
        decontaminator,
    )


if __name__ == "__main__":
    run(main)
