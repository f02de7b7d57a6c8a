r"""How fast the whole step clean is, by kind of text: reading, repairing, judging, writing.

    python bench/clean.py --texts ../shared/corpora/text

The folder holds .txt.xz files, a blank line between documents. Speed is the median of several
rounds, in megabytes of text for each second of CPU (user and system); starting Python and building
the tables is left out of it. Each kind has a process of its own, as a part has in the workflow, and
the kinds take turns: so other work on the machine does not fall on one kind alone. `web` masks
personal data too. The last line is JSON.
"""

import argparse
import json
import lzma
import multiprocessing
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from statistics import median

from gpt2ro.cleaning.clean import clean_part
from gpt2ro.cleaning.settings import CleaningSettings
from gpt2ro.documents import Document, document_id, write_documents
from gpt2ro.memory import keep_freed_memory

KINDS = {
    "novels": ("eltec_rom_novels",),
    "laws": ("law_procurement_rolegal",),
    "poems": ("poetry_api_poezii",),
    "sentences": ("ronec_sentences",),
    "glosses": ("rowordnet_glosses",),
}


def write_part(folder: Path, names: tuple[str, ...], path: Path) -> int:
    """Write the documents of some files as a part, and return the bytes of their texts."""
    texts: list[str] = []
    for name in names:
        with lzma.open(folder / f"{name}.txt.xz", "rt", encoding="utf-8") as file:
            texts += file.read().split("\n\n")
    documents = (Document(document_id("s", "p", n), text, "s") for n, text in enumerate(texts))
    write_documents(path, documents)
    return sum(len(text.encode()) for text in texts)


def seconds(path: Path, web: bool) -> float:
    """Clean a part and return the seconds of CPU."""
    outputs = [path.with_suffix(suffix) for suffix in (".kept", ".dropped", ".stats")]
    start = time.process_time()
    clean_part(path, outputs[0], outputs[1], outputs[2], CleaningSettings(), web)
    return time.process_time() - start


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--texts", type=Path, required=True, help="folder of .txt.xz files")
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        speeds = speeds_of(arguments.texts, Path(folder), arguments.rounds)
    for kind, found in speeds.items():
        cells = ", ".join(f"{name} {value:.0f} MB/s" for name, value in found.items())
        print(f"{kind:10} {cells}")
    print(json.dumps(speeds))


def speeds_of(texts: Path, folder: Path, rounds: int) -> dict[str, dict[str, float]]:
    """Return megabytes for each second of CPU, by kind and by whether personal data is masked."""
    paths = {kind: folder / f"{kind}.jsonl.zst" for kind in KINDS}
    megabytes = {kind: write_part(texts, KINDS[kind], paths[kind]) / 1e6 for kind in KINDS}
    context = multiprocessing.get_context("spawn")
    processes = {
        # As workflow/scripts/clean.py does.
        kind: ProcessPoolExecutor(1, context, initializer=keep_freed_memory)
        for kind in KINDS
    }
    found: dict[str, dict[str, list[float]]] = {kind: {"plain": [], "web": []} for kind in KINDS}
    for _ in range(rounds):
        for kind, process in processes.items():
            for name, times in found[kind].items():
                times.append(process.submit(seconds, paths[kind], name == "web").result())
    for process in processes.values():
        process.shutdown()
    return {
        kind: {name: megabytes[kind] / median(times) for name, times in found[kind].items()}
        for kind in KINDS
    }


if __name__ == "__main__":
    main()
