r"""Collect the n-grams of held-out text: of one part, or of all parts and benchmarks as an index.

    python workflow/scripts/held_out.py part --input results/cleaned/demo/a.jsonl.zst \
        --decisions results/clusters/demo/a.parquet --output results/held_out/demo/a.bin
    python workflow/scripts/held_out.py index --input results/held_out/demo/a.bin \
        --output results/held_out/index.bin --benchmarks questions.txt

The work is in gpt2ro/decontamination.
"""

import argparse
from pathlib import Path

from gpt2ro.decontamination.settings import DecontaminationSettings
from gpt2ro.errors import run
from gpt2ro.settings import add_arguments, from_arguments


def main() -> None:
    """Read the arguments and write the n-grams."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    part = commands.add_parser("part", help="the valid and test documents of one part")
    part.add_argument("--input", type=Path, required=True, help="shard of cleaned documents")
    part.add_argument("--decisions", type=Path, required=True, help="decisions of this part")
    index = commands.add_parser("index", help="all parts, and the benchmarks")
    index.add_argument("--input", type=Path, nargs="*", required=True, help="n-grams of the parts")
    for command in (part, index):
        command.add_argument("--output", type=Path, required=True, help="file of n-grams")
        add_arguments(command, DecontaminationSettings)
    arguments = parser.parse_args()
    settings = from_arguments(DecontaminationSettings, arguments)
    if not settings.words:
        parser.error("--words is 0: nothing is held out; give 1 or more")

    from gpt2ro.decontamination.held_out import write_held_out, write_index

    if arguments.command == "part":
        write_held_out(arguments.input, arguments.decisions, arguments.output, settings.words)
    else:
        benchmarks = [Path(path) for path in settings.benchmark_files]
        write_index(arguments.input, benchmarks, arguments.output, settings.words)


if __name__ == "__main__":
    run(main, blas_threads=1, keeps_memory=True, leaves_at_once=True)
