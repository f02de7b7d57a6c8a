"""Look for what set-up needs before it downloads anything: Python, Rust, a C++ compiler.

PYTHONPATH=. python3 tools/check_setup.py --workspace rust

It runs before there is an environment, in whatever Python there is: so it imports ours late.
"""

import argparse
import sys
from pathlib import Path

# Those for which PyTorch and numpy of requirements.lock have files.
OLDEST, NEWEST = (3, 11), (3, 14)


def main() -> None:
    """Read the arguments and end with one line if something is missing."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--workspace", type=Path, required=True, help="folder of the workspace")
    arguments = parser.parse_args()
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        versions = (sys.version_info[:2], OLDEST, NEWEST)
        found, oldest, newest = (f"{major}.{minor}" for major, minor in versions)
        sys.exit(
            f"gpt2ro: {sys.executable} is Python {found}, expected {oldest} to {newest}; name "
            "another: make PYTHON=python3.12, say."
        )

    from gpt2ro.errors import run
    from gpt2ro.rust_build import require_tools

    run(lambda: require_tools(arguments.workspace))


if __name__ == "__main__":
    main()
