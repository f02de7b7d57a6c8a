r"""Write the card of a trained model: README.md in its folder, from the files of its training.

    python workflow/scripts/card.py --model results/model --metrics results/metrics.json \
        --catalogue config/sources.yaml --output results/model/README.md

The work is in gpt2ro/report/card.py.
"""

import argparse
from pathlib import Path

from gpt2ro.errors import run


def main() -> None:
    """Read the arguments and write the card."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", type=Path, required=True, help="model folder")
    parser.add_argument("--metrics", type=Path, required=True, help="metrics.json of the training")
    parser.add_argument("--catalogue", type=Path, required=True, help="catalogue of the sources")
    parser.add_argument(
        "--initial-weights", default="random", help="what it began with (default: %(default)s)"
    )
    parser.add_argument("--baseline", type=Path, help="metrics.json of one from random weights")
    parser.add_argument("--output", type=Path, required=True, help="the Markdown file")
    arguments = parser.parse_args()

    from gpt2ro.report.card import write_card

    write_card(
        arguments.model,
        arguments.metrics,
        arguments.catalogue,
        arguments.initial_weights,
        arguments.output,
        arguments.baseline,
    )


if __name__ == "__main__":
    run(main)
