r"""What the filters drop of real Romanian, by kind of text, and how fast a text is judged.

    python bench/filters.py --texts ../shared/corpora/text

The folder holds .txt.xz files, a blank line between documents. Documents are repaired first, and
only those of 100 characters and more count. Shares are in per cent of the documents: with
FineWeb-2's bounds for Romanian, and with the defaults. Speed is the best of several rounds, in
megabytes for each second of CPU. The last line is JSON.
"""

import argparse
import json
import lzma
import re
import time
from collections.abc import Callable
from pathlib import Path

from gpt2ro.cleaning.boilerplate import without_boilerplate
from gpt2ro.cleaning.filter_settings import FilterSettings, with_fineweb_2
from gpt2ro.cleaning.filters import FILTERS, drop_reason
from gpt2ro.cleaning.language import METER
from gpt2ro.cleaning.pii import masked
from gpt2ro.cleaning.repairs import repaired, repairs
from gpt2ro.cleaning.settings import CleaningSettings

KINDS = {
    "prose": ("prose_api_proza", "eltec_rom_novels"),
    "poems": ("poetry_api_poezii", "eminescu_3nigma"),
    "laws": ("law_constitutia_2003", "law_procurement_rolegal", "law_constructii_md"),
    "manuals": (
        "docs_gimp_help_ro",
        "docs_php_ro",
        "docs_python_ro",
        "docs_frontend_ro",
        "docs_gnome_help_ro",
    ),
    "sentences": ("ronec_sentences", "ro_sts_sentences", "rowordnet_glosses"),
    "old": ("ud_nonstandard", "ud_rrt"),
    "wikitext": ("wikitravel_ro_wikitext",),
}
# min_romanian has no counterpart in them.
FINEWEB_2 = with_fineweb_2(FilterSettings())
MIN_CHARACTERS = 100
# Filters of one kind are one row: "of 2 words" and "of 3 words".
LENGTHS = {"run": "2 to 4", "runs": "5 to 10"}


def read_texts(folder: Path) -> dict[str, list[str]]:
    """Return the repaired documents of each kind."""
    steps = repairs(CleaningSettings())
    texts: dict[str, list[str]] = {}
    for kind, names in KINDS.items():
        found = []
        for name in names:
            with lzma.open(folder / f"{name}.txt.xz", "rt", encoding="utf-8") as file:
                found += [repaired(text, steps)[0] for text in file.read().split("\n\n")]
        texts[kind] = [text for text in found if len(text) >= MIN_CHARACTERS]
    return texts


def row(reason: str) -> str:
    """Return the row of the table for a reason."""
    return re.sub(r"(runs?) of \d+", lambda run: f"{run[1]} of {LENGTHS[run[1]]}", reason)


def shares_at_fault(texts: list[str], settings: FilterSettings) -> dict[str, float]:
    """Return the per cent of texts with each fault, other faults or not, and with any."""
    faults = dict.fromkeys([*(row(one.reason) for one in FILTERS), "any"], 0)
    for text in texts:
        statistics = METER.measure(text)
        found = set()
        for one in FILTERS:
            low, high = one.bounds(settings)
            if not low <= getattr(statistics, one.measure) <= high:
                found |= {row(one.reason), "any"}
        for reason in found:
            faults[reason] += 1
    return {reason: 100 * count / len(texts) for reason, count in faults.items()}


def speed(function: Callable[[str], object], texts: list[str], rounds: int) -> float:
    """Return megabytes of text for each second of CPU in the best round."""
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        for text in texts:
            function(text)
        best = min(best, time.process_time() - start)
    return sum(len(text.encode()) for text in texts) / best / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--texts", type=Path, required=True, help="folder of .txt.xz files")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    texts = read_texts(arguments.texts)
    settings = FilterSettings()
    print(f"{'':32}", *(f"{f'{kind} ({len(found):,})':>18}" for kind, found in texts.items()))
    fineweb = {kind: shares_at_fault(found, FINEWEB_2) for kind, found in texts.items()}
    default = {kind: shares_at_fault(found, settings) for kind, found in texts.items()}
    for reason in default["prose"]:
        cells = (f"{fineweb[kind][reason]:.1f}, {default[kind][reason]:.1f}" for kind in texts)
        print(f"{reason:32}", *(f"{cell:>18}" for cell in cells))
    steps: dict[str, Callable[[str], object]] = {
        "boilerplate lines": without_boilerplate,
        "personal data": masked,
        "drop reason": lambda text: drop_reason(text, settings),
    }
    speeds = {
        name: {kind: speed(step, found, arguments.rounds) for kind, found in texts.items()}
        for name, step in steps.items()
    }
    for name, by_kind in speeds.items():
        print(f"{name + ', MB/s of CPU':32}", *(f"{value:18.0f}" for value in by_kind.values()))
    print(json.dumps({"fineweb_2": fineweb, "default": default, "megabytes_per_second": speeds}))


if __name__ == "__main__":
    main()
