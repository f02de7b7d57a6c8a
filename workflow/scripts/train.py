r"""Train a model, or continue a training that was stopped.

    python workflow/scripts/train.py --experiment config/experiments/demo.yaml \
        --tokens results/tokens --tokenizer results/tokenizer --probes data/probes \
        --runs results/training --output results/model --metrics results/metrics.json \
        SCHEDULE.STEPS 200

`torchrun --standalone --shutdown-timeout 3600 --nproc-per-node N` in place of `python` trains on N
GPUs. The work is in gpt2ro/training.
"""

import argparse
from pathlib import Path

from gpt2ro.errors import SharedArgumentParser, run


def main() -> None:
    """Read the arguments and train."""
    parser = SharedArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--experiment", type=Path, required=True, help="yacs file")
    parser.add_argument("--tokens", type=Path, required=True, help="folder of token shards")
    parser.add_argument("--parts", nargs="+", help="only these, source/part (default: all)")
    parser.add_argument("--tokenizer", type=Path, required=True, help="folder of the tokenizer")
    begun = parser.add_mutually_exclusive_group()
    begun.add_argument("--pretrained", type=Path, help="folder of initial weights")
    begun.add_argument("--shape", type=Path, help="folder of weights; random ones of their shape")
    parser.add_argument(
        "--checkpoint", type=Path, help="of another run, to go on from with another schedule"
    )
    parser.add_argument("--probes", type=Path, help="folder of agreement probes (default: none)")
    parser.add_argument("--runs", type=Path, required=True, help="folder of checkpoints")
    parser.add_argument("--output", type=Path, required=True, help="model folder")
    parser.add_argument("--metrics", type=Path, required=True, help="JSON file of metrics")
    parser.add_argument("--threads", type=int, default=2, help="CPU threads (default: %(default)s)")
    parser.add_argument("overrides", nargs="*", metavar="KEY VALUE", help="keys of the experiment")
    arguments = parser.parse_intermixed_args()

    from gpt2ro.training.config import load_experiment
    from gpt2ro.training.paths import Paths
    from gpt2ro.training.processes import joined_processes
    from gpt2ro.training.run import train

    paths = Paths(
        tokens=arguments.tokens,
        parts=arguments.parts,
        tokenizer=arguments.tokenizer,
        pretrained=arguments.pretrained,
        probes=arguments.probes,
        runs=arguments.runs,
        model=arguments.output,
        metrics=arguments.metrics,
        shape=arguments.shape,
        checkpoint=arguments.checkpoint,
    )
    with joined_processes() as processes:
        config = load_experiment(arguments.experiment, arguments.overrides, processes.count)
        train(config, paths, arguments.threads, processes)


if __name__ == "__main__":
    run(main)
