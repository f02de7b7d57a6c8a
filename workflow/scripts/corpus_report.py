"""Write the page on the corpus: what was kept, repaired and dropped, with examples.

    python workflow/scripts/corpus_report.py --results results --output results/corpus.html

The work is in gpt2ro/report/corpus_page.py.
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
    parser.add_argument(
        "--left-out", action="append", default=[], metavar="JSON",
        help='files that a source leaves out: {source: {reason: {"files": N, "names": [...]}}}',
    )  # fmt: skip
    arguments = parser.parse_args()

    from gpt2ro.report.corpus_page import write_corpus_page

    write_corpus_page(
        arguments.results, arguments.output, arguments.parts, left_out=arguments.left_out
    )


if __name__ == "__main__":
    run(main)
