"""Build the embedded demo corpus from its texts: formats, planted faults, manifest.

python tools/build_demo_corpus.py            # writes data/demo; equal texts give equal bytes
"""

import argparse
from pathlib import Path

from demo_corpus.build import build

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--source", type=Path, default=ROOT / "data" / "demo" / "source")
    parser.add_argument("--output", type=Path, default=ROOT / "data" / "demo")
    arguments = parser.parse_args()
    build(arguments.source, arguments.output)


if __name__ == "__main__":
    main()
