"""Build the extension gpt2ro._native.

python workflow/scripts/build_native.py --workspace rust --jobs 2 --output gpt2ro/_native.abi3.so
"""

import argparse
from pathlib import Path

from gpt2ro.errors import run
from gpt2ro.rust_build import build_extension


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workspace", type=Path, required=True, help="folder of the workspace")
    parser.add_argument(
        "--jobs", type=int, default=2, help="parallel compiler processes (default: %(default)s)"
    )
    parser.add_argument("--output", type=Path, required=True, help="the extension module")
    arguments = parser.parse_args()
    build_extension(arguments.workspace, arguments.output, arguments.jobs)


run(main)
