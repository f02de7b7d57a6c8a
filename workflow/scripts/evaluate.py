r"""Score a GPT-2: bits per byte and perplexities of texts, and agreement probes.

    python workflow/scripts/evaluate.py results/model book.txt
    python workflow/scripts/evaluate.py results/model results/deduped/mine/part.jsonl.zst \
        --split test --context 128
    python workflow/scripts/evaluate.py results/model --probes

The figures compare between models, whatever their vocabulary; perplexities per token do not. The
work is in gpt2ro/training/text_evaluation.py and gpt2ro/training/probes.py.
"""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from gpt2ro.dedupe.settings import SPLITS
from gpt2ro.errors import run

if TYPE_CHECKING:
    from gpt2ro.training.evaluation import Metrics
    from gpt2ro.training.probes import ProbeResult

PROBES = Path(__file__).parents[2] / "data" / "probes"


def main() -> None:
    """Read the arguments and print a line for each text and each phenomenon."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", type=Path, help="Hugging Face folder of a GPT-2")
    parser.add_argument("texts", type=Path, nargs="*", metavar="TEXT", help="text file or shard")
    parser.add_argument(
        "--split", choices=SPLITS, help="only these documents of shards that dedupe wrote"
    )
    parser.add_argument(
        "--probes",
        type=Path,
        nargs="?",
        const=PROBES,
        metavar="FOLDER",
        help="agreement probes (default: those of the project, data/probes)",
    )
    parser.add_argument("--context", type=int, help="tokens (default: as many as it takes)")
    parser.add_argument(
        "--device",
        default="cpu",
        choices=("cpu", "cuda"),
        help="where to compute (default: %(default)s)",
    )
    parser.add_argument("--json", action="store_true", help="a JSON object a line")
    arguments = parser.parse_intermixed_args()
    if not arguments.texts and not arguments.probes:
        parser.error("name a text, or --probes")

    from gpt2ro.training.torch_faults import torch_faults_told

    with torch_faults_told("give a smaller --context"):
        evaluate(arguments)


def evaluate(arguments: argparse.Namespace) -> None:
    """Print a line for each text, one for all, and the probes."""
    from gpt2ro.training.text_evaluation import TextEvaluator

    evaluator = TextEvaluator(arguments.model, arguments.device, arguments.context)
    tallies = []
    for path in arguments.texts:
        tallies.append(evaluator.tally(path, arguments.split))
        print(text_line(str(path), tallies[-1].metrics(), arguments.json), flush=True)
    if len(tallies) > 1:
        total = sum(tallies[1:], start=tallies[0]).metrics()
        print(text_line("all", total, arguments.json), flush=True)
    if arguments.probes:
        result = evaluator.probes(arguments.probes)
        print(probe_lines(arguments.probes, result, arguments.json), flush=True)


def text_line(name: str, metrics: "Metrics", as_json: bool) -> str:
    """Return what is told of a text, or of all."""
    if as_json:
        return json.dumps({"text": name, **metrics.rounded()}, ensure_ascii=False)
    return (
        f"{name}: {metrics.bits_per_byte:.3f} bits a byte, perplexity "
        f"{perplexity(metrics.word_perplexity)} a word, {perplexity(metrics.token_perplexity)} a "
        f"token, {metrics.bytes:,} bytes"
    )


def perplexity(value: float) -> str:
    """Return a perplexity; that of a strange text may have a hundred digits."""
    return f"{value:,.1f}" if value < 1e6 else f"{value:.1e}"


def probe_lines(folder: Path, result: "ProbeResult", as_json: bool) -> str:
    """Return what is told of probes: a line a phenomenon, or one object."""
    if as_json:
        return json.dumps({"probes": str(folder), **result.rounded()})
    found = [*result.phenomena.items(), ("all", result.total)]
    return "\n".join(f"{name}: {one.accuracy:.1%} of {one.pairs:,} pairs" for name, one in found)


if __name__ == "__main__":
    run(main)
