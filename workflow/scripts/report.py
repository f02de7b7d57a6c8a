"""Write the report of a run: one HTML page with the corpus, the training and the samples.

    python workflow/scripts/report.py --results results --output results/report.html

The work is in gpt2ro/report.
"""

import argparse
from pathlib import Path

from gpt2ro.errors import run


def main() -> None:
    """Read the arguments and write the page."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--results", type=Path, required=True, help="folder of all outputs")
    parser.add_argument("--parts", nargs="+", help="only these, source/part (default: all)")
    parser.add_argument("--output", type=Path, required=True, help="the HTML page")
    parser.add_argument("--comparison", type=Path, help="JSON of the tokenizer beside another")
    parser.add_argument("--baseline", type=Path, help="metrics.json of one from random weights")
    parser.add_argument(
        "--left-out", action="append", default=[], metavar="JSON",
        help='files that a source leaves out: {source: {reason: {"files": N, "names": [...]}}}',
    )  # fmt: skip
    arguments = parser.parse_args()

    from gpt2ro.report.report import write_report

    write_report(
        arguments.results,
        arguments.output,
        arguments.parts,
        arguments.comparison,
        arguments.baseline,
        arguments.left_out,
    )


if __name__ == "__main__":
    run(main)
