r"""Count the lines of documents by site: of one part, or of all parts as an index.

    python workflow/scripts/lines.py part --input results/cleaned/demo/a.jsonl.zst \
        --decisions results/clusters/demo/a.parquet --output results/lines/demo/a.bin
    python workflow/scripts/lines.py index --input results/lines/demo/a.bin \
        --output results/lines/index.bin --min-documents 10

The work is in gpt2ro/lines.
"""

import argparse
from pathlib import Path

from gpt2ro.errors import run
from gpt2ro.lines.settings import LineIndexSettings
from gpt2ro.settings import add_arguments, from_arguments


def main() -> None:
    """Read the arguments and write the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    part = commands.add_parser("part", help="the documents of one part that stay")
    part.add_argument("--input", type=Path, required=True, help="shard of cleaned documents")
    part.add_argument("--decisions", type=Path, required=True, help="decisions of this part")
    index = commands.add_parser("index", help="all parts")
    index.add_argument("--input", type=Path, nargs="+", required=True, help="tables of the parts")
    add_arguments(index, LineIndexSettings)
    for command in (part, index):
        command.add_argument("--output", type=Path, required=True, help="table of documents by key")
    arguments = parser.parse_args()

    from gpt2ro.lines.counting import count_lines, write_line_index

    if arguments.command == "part":
        count_lines(arguments.input, arguments.decisions, arguments.output)
    else:
        settings = from_arguments(LineIndexSettings, arguments)
        write_line_index(arguments.input, arguments.output, settings.min_documents)


if __name__ == "__main__":
    run(main, blas_threads=1, keeps_memory=True, leaves_at_once=True)
