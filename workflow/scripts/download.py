r"""Fetch the file of one part.

    python workflow/scripts/download.py --url https://example.org/ro.txt.gz --output ro.txt.gz
    python workflow/scripts/download.py --hub-repository HuggingFaceFW/fineweb-2 \
        --hub-revision main --hub-file data/ron_Latn/test/000_00000.parquet --output test.parquet

A .provenance.json appears beside it. The work is in gpt2ro/sources.
"""

import argparse
from pathlib import Path

from gpt2ro.errors import run


def main() -> None:
    """Read the arguments and fetch the file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    place = parser.add_mutually_exclusive_group(required=True)
    place.add_argument("--url", help="http or https address")
    place.add_argument("--hub-file", help="path in a data set of the Hugging Face hub")
    parser.add_argument("--hub-repository", help="the data set, owner/name")
    parser.add_argument(
        "--hub-revision", default="main", help="its commit, tag or branch (default: %(default)s)"
    )
    parser.add_argument("--gated", action="store_true", help="the data set asks for a token")
    parser.add_argument("--sha256", help="expected SHA-256")
    parser.add_argument("--size", type=int, help="expected size, bytes")
    parser.add_argument("--output", type=Path, required=True, help="the file")
    arguments = parser.parse_args()
    checks = {"expected_sha256": arguments.sha256, "expected_size": arguments.size}

    if arguments.url:
        from gpt2ro.sources.download import download

        download(arguments.url, arguments.output, **checks)
    else:
        if not arguments.hub_repository:
            parser.error("--hub-file needs --hub-repository")
        from gpt2ro.sources.hub import download_data

        download_data(
            arguments.hub_repository,
            arguments.hub_revision,
            arguments.hub_file,
            arguments.output,
            gated=arguments.gated,
            **checks,
        )


if __name__ == "__main__":
    run(main)
