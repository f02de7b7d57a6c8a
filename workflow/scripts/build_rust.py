"""Build the Rust binaries: beside OUTPUT, another one that has libtorch.

python workflow/scripts/build_rust.py --workspace rust --jobs 2 --output results/bin/gpt2ro
python workflow/scripts/build_rust.py --workspace rust --static --output results/bin/gpt2ro-static
"""

import argparse
from pathlib import Path

from gpt2ro.errors import run
from gpt2ro.rust_build import build, build_static


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workspace", type=Path, required=True, help="folder of the workspace")
    parser.add_argument(
        "--jobs", type=int, default=2, help="parallel compiler processes (default: %(default)s)"
    )
    parser.add_argument("--output", type=Path, help="the binary; without it, cargo's folder only")
    parser.add_argument(
        "--static", action="store_true", help="without PyTorch and any shared library"
    )
    arguments = parser.parse_args()
    if arguments.static:
        if not arguments.output:
            parser.error("--static needs --output")
        build_static(arguments.workspace, arguments.output, arguments.jobs)
        return
    build(arguments.workspace, arguments.output, arguments.jobs)


run(main)
