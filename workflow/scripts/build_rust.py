"""Build the Rust binary.

python workflow/scripts/build_rust.py --workspace rust --jobs 2 --output results/bin/gpt2ro
"""

import argparse
from pathlib import Path

from gpt2ro.errors import run
from gpt2ro.rust_build import build


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workspace", type=Path, required=True, help="folder of the workspace")
    parser.add_argument("--jobs", type=int, default=2, help="parallel compiler processes")
    parser.add_argument("--output", type=Path, help="the binary; without it, cargo's folder only")
    arguments = parser.parse_args()
    build(arguments.workspace, arguments.output, arguments.jobs)


run(main)
