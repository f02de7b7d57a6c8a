r"""Turn the file of one part, or the files of a bundle, into documents.

    python workflow/scripts/extract.py --source rowiki --part articles --format mediawiki \
        --input rowiki.xml.bz2 --output results/extracted/rowiki/articles.jsonl.zst \
        --stats results/extracted/rowiki/articles.stats.json

The work is in gpt2ro/sources.
"""

import argparse
from pathlib import Path

from gpt2ro.errors import run
from gpt2ro.settings import add_arguments, from_arguments
from gpt2ro.sources.formats import AUTO, FORMATS
from gpt2ro.sources.settings import ExtractionSettings


def main() -> None:
    """Read the arguments and extract the part."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--source", required=True, help="name of the source, for the ids")
    parser.add_argument("--part", required=True, help="name of the part, for the ids")
    parser.add_argument(
        "--format",
        choices=[AUTO, *FORMATS],
        default=AUTO,
        help="how to read it (default: %(default)s)",
    )
    parser.add_argument("--sha256", help="expected SHA-256 of the only file")
    parser.add_argument(
        "--input", type=Path, nargs="+", required=True, help="the file, or those of a bundle"
    )
    parser.add_argument(
        "--wikipedia", action="store_true", help="articles as text: no lists, stubs, disambiguation"
    )
    parser.add_argument("--output", type=Path, required=True, help="shard of documents")
    parser.add_argument("--stats", type=Path, required=True, help="JSON file of counts")
    add_arguments(parser, ExtractionSettings)
    arguments = parser.parse_args()
    settings = from_arguments(ExtractionSettings, arguments)

    from gpt2ro.sources.extract import extract_part, verify

    verify(arguments.input[0], arguments.sha256)
    extract_part(
        arguments.input,
        arguments.source,
        arguments.part,
        arguments.format,
        settings,
        arguments.output,
        arguments.stats,
        arguments.wikipedia,
    )


if __name__ == "__main__":
    run(main, keeps_memory=True, leaves_at_once=True)
