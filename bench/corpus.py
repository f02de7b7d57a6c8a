r"""The corpus half, extract to tokens: speed and memory of every step, and the half as a whole.

    python bench/corpus.py text/*.txt.xz                        # the steps, then the whole half
    python bench/corpus.py text/*.txt.xz --copies 10            # of ten times the text
    python bench/corpus.py text/*.txt.xz --large-megabytes 2000 # a part of one file besides
    python bench/corpus.py text/*.txt.xz --dump rowiki.xml.bz2  # and extract beside wikiextractor
    python bench/corpus.py text/*.txt.xz --peer-megabytes 10    # and datatrove's own chain

datatrove is installed nowhere else than in an environment to be thrown away:

    python3 -m venv bench-env && bench-env/bin/pip install 'datatrove[io,processing]' spacy
    python bench/corpus.py text/*.txt.xz --peer-megabytes 10 --peer-python bench-env/bin/python

A blank line ends a document. MB are of the UTF-8 text that goes into a step (for extract, that
comes out), seconds are CPU seconds of its processes, their start included, memory is that of the
largest. The last line is JSON.
"""

import argparse
import bz2
import json
import multiprocessing
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from statistics import median

import yaml
from corpus_copies import write_copies

from gpt2ro.documents import read_documents, write_documents
from gpt2ro.files import read_json
from gpt2ro.sources.catalogue import folder_source
from gpt2ro.sources.readers.wiki_extractor import command
from gpt2ro.sources.text import whole_text

ROOT = Path(__file__).parents[1]
SCRIPTS = ROOT / "workflow" / "scripts"
VOCABULARY = 4096
EXTRACTOR_TURNS = 7
WORDS = 13  # of a held-out n-gram, as decontamination.words
Argument = str | int | Path
Job = tuple[str, float, float, float]  # script, begin and end (s from the start), CPU seconds


@dataclass
class Cost:
    """What some processes took: CPU seconds together, memory in MB of the largest."""

    seconds: float = 0.0
    memory: float = 0.0

    def __iadd__(self, other: "Cost") -> "Cost":
        self.seconds += other.seconds
        self.memory = max(self.memory, other.memory)
        return self


# Stands for `python` while the half runs, and notes in a file of its own when a job begins and ends
# and the CPU time of its processes. A shell, as another Python would start for each job.
TIMED_PYTHON = """#!/bin/sh
begin=$(date +%s.%N)
{python} "$@"
status=$?
{{ echo "${{1##*/}} $begin $(date +%s.%N)"; times; }} > {log}/$$
exit $status
"""


def cost_of(
    words: Sequence[Argument], stdout: Path = Path(os.devnull), path: str = os.environ["PATH"]
) -> Cost:
    """Run a command with its output in a file; its children count too."""
    with stdout.open("wb") as out, tempfile.TemporaryFile() as errors:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PATH": path}
        # Python keeps what it compiles, unless the shell that runs this bench forbids it.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        process = subprocess.Popen(
            list(map(str, words)), cwd=ROOT, env=environment, stdout=out, stderr=errors
        )
        _, status, usage = os.wait4(process.pid, 0)
        if status:
            errors.seek(0)
            sys.exit(f"{' '.join(map(str, words))[:200]}\n{errors.read().decode()[-2000:]}")
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1000)


class Half:
    """The steps of the corpus half on some parts, one process after the other.

    Attributes:
        costs: what each step took, over all parts.
    """

    def __init__(self, parts: dict[str, Sequence[Path]], folder: Path, near: bool) -> None:
        self._parts = parts
        self._folder = folder
        self._near = "--near" if near else "--no-near"
        self.costs: dict[str, Cost] = {}

    def path(self, stage: str, part: str, ending: str = "jsonl.zst") -> Path:
        """Return the file of a part, where the workflow would have it below `results`."""
        return self._folder / stage / "folder" / f"{part}.{ending}"

    def paths(self, stage: str, ending: str = "jsonl.zst") -> list[Path]:
        return [self.path(stage, part, ending) for part in self._parts]

    def run(self, step: str, *words: Argument, script: str = "") -> None:
        """Run a script and add to the costs of the step."""
        cost = cost_of([sys.executable, SCRIPTS / f"{script or step}.py", *words])
        self.costs.setdefault(step, Cost())
        self.costs[step] += cost

    def all_steps(self) -> None:
        """Run every step on every part."""
        for part, files in self._parts.items():
            self.extract(part, files)
            self.clean(part)
            self.sign(part)
        self.cluster()
        for part in self._parts:
            self.hold_out(part)
        self.index()
        for part in self._parts:
            self.dedupe(part)
        self.train_tokenizer()
        for part in self._parts:
            self.encode(part)

    def extract(self, part: str, files: Sequence[Path]) -> None:
        output, stats = self.path("extracted", part), self.path("extracted", part, "stats.json")
        self.run(
            "extract", "--source", "folder", "--part", part, "--input", *files, "--output", output,
            "--stats", stats, "--text-documents", "blank-line",
        )  # fmt: skip

    def clean(self, part: str) -> None:
        self.run("clean", "--input", self.path("extracted", part), *self._books("cleaned", part))

    def _books(self, stage: str, part: str) -> list[Argument]:
        endings = {
            "--output": "jsonl.zst",
            "--dropped": "dropped.jsonl.zst",
            "--stats": "stats.json",
        }
        flags = [(flag, self.path(stage, part, ending)) for flag, ending in endings.items()]
        return [word for pair in flags for word in pair]

    def sign(self, part: str) -> None:
        output = self.path("signatures", part, "parquet")
        self.run(
            "signatures", "--input", self.path("cleaned", part), "--output", output, self._near
        )

    def cluster(self) -> None:
        signatures, decisions = (
            self.paths("signatures", "parquet"),
            self.paths("clusters", "parquet"),
        )
        documents = self.paths("cleaned") if self._near == "--near" else []
        self.run(
            "clusters", "--signatures", *signatures, "--documents", *documents, "--outputs",
            *decisions, self._near, "--valid", "0.01", "--test", "0.01",
        )  # fmt: skip

    def hold_out(self, part: str) -> None:
        self.run(
            "held_out", "part", "--input", self.path("cleaned", part), "--decisions",
            self.path("clusters", part, "parquet"), "--output", self.path("held_out", part, "bin"),
            "--words", WORDS,
        )  # fmt: skip

    def index(self) -> None:
        parts, index = self.paths("held_out", "bin"), self._folder / "held_out" / "index.bin"
        words = ["index", "--input", *parts, "--output", index, "--words", WORDS]
        self.run("held_out index", *words, script="held_out")

    def dedupe(self, part: str, decontaminate: bool = True) -> None:
        index = self._folder / "held_out" / "index.bin"
        self.run(
            "dedupe", "--input", self.path("cleaned", part), "--decisions",
            self.path("clusters", part, "parquet"), *self._books("deduped", part),
            *(["--held-out", index] if decontaminate else []),
        )  # fmt: skip

    def train_tokenizer(self) -> None:
        documents, stats = self.paths("deduped"), self.paths("deduped", "stats.json")
        self.run(
            "tokenizer", "--input", *documents, "--stats", *stats,
            "--output", self._folder / "tokenizer", "--vocabulary", VOCABULARY,
        )  # fmt: skip

    def encode(self, part: str) -> None:
        outputs = [
            word
            for split in ("train", "valid", "test")
            for word in (f"--{split}", self.path(f"tokens/{split}", part, "bin"))
        ]
        tokenizer = self._folder / "tokenizer" / "tokenizer.json"
        self.run(
            "encode", "--input", self.path("deduped", part), "--tokenizer", tokenizer, *outputs
        )

    def megabytes(self, stage: str) -> float:
        return sum(read_json(path)["bytes_out"] for path in self.paths(stage, "stats.json")) / 1e6

    def figures(self) -> dict[str, dict[str, float]]:
        """Return MB of text, MB per CPU second and MB of memory of every step."""
        before = {"extract": "extracted", "clean": "extracted", "tokenizer": "deduped"}
        before["encode"] = "deduped"
        table = {}
        for step, cost in self.costs.items():
            size = self.megabytes(before.get(step, "cleaned"))
            table[step] = {
                "megabytes": round(size, 1),
                "seconds": round(cost.seconds, 2),
                "mb_per_s": round(size / cost.seconds, 1),
                "memory_mb": round(cost.memory),
            }
        return table


def parts_of(files: Sequence[Path], folder: Path) -> dict[str, Sequence[Path]]:
    """Return the parts that the workflow makes of a folder with these files."""
    folder.mkdir()
    for path in files:
        (folder / path.name).symlink_to(path.absolute())
    return {part.name: part.paths for part in folder_source(folder).parts(folder)}


def whole_half(corpus: Path, folder: Path) -> dict[str, object]:
    """Run extract to encode by Snakemake from nothing; return MB, wall and CPU s, and jobs."""
    config = yaml.safe_load((ROOT / "config" / "folder.yaml").read_text(encoding="utf-8"))
    config |= {"results": str(folder / "half"), "corpus": str(corpus)}
    config["extraction"] = {"text_documents": "blank-line"}
    config["tokenizer"] = {"vocabulary": VOCABULARY}
    file = folder / "half.yaml"
    file.write_text(yaml.safe_dump(config), encoding="utf-8")
    log, python = folder / "jobs", folder / "bin" / "python"
    log.mkdir()
    python.parent.mkdir()
    python.write_text(TIMED_PYTHON.format(python=sys.executable, log=log))
    python.chmod(0o755)
    path = f"{python.parent}{os.pathsep}{os.environ['PATH']}"
    load = round(os.getloadavg()[0], 1)
    start = time.time()
    cost = cost_of(["snakemake", "--quiet", "--configfile", file, "--until", "encode"], path=path)
    wall = time.time() - start
    jobs = sorted((read_job(path, start) for path in log.iterdir()), key=itemgetter(1))
    stats = (folder / "half" / "extracted").glob("*/*.stats.json")
    size = sum(read_json(path)["bytes_out"] for path in stats) / 1e6
    return {
        "megabytes": round(size, 1),
        "wall_seconds": round(wall, 1),
        "cpu_seconds": round(cost.seconds, 1),
        "snakemake_cpu_seconds": round(cost.seconds - sum(cpu for *_, cpu in jobs), 1),
        "memory_mb": round(cost.memory),
        "mb_per_wall_s": round(size / wall, 1),
        "load_before": load,
        "idle_core_seconds": round((os.cpu_count() or 1) * wall - cost.seconds, 1),
        "jobs": jobs,
    }


def read_job(path: Path, start: float) -> Job:
    """Return what TIMED_PYTHON noted of a job; the shell gives CPU times as 0m1.23s."""
    first, _, children = path.read_text().splitlines()
    script, *times = first.split()
    begin, end = (round(float(time) - start, 2) for time in times)
    minutes_and_seconds = (time.rstrip("s").split("m") for time in children.split())
    cpu = sum(60 * int(minutes) + float(seconds) for minutes, seconds in minutes_and_seconds)
    return script, begin, end, round(cpu, 2)


def print_jobs(jobs: Sequence[Job]) -> None:
    """Print the jobs of the half, a bar for the time each takes."""
    scale = 60 / max(end for _, _, end, _ in jobs)
    for script, begin, end, cpu in jobs:
        bar = " " * round(begin * scale) + "=" * max(1, round((end - begin) * scale))
        print(f"{script:14} {begin:6.2f} {end:6.2f} {cpu:5.2f} CPU s |{bar}", flush=True)


def exact(parts: dict[str, Sequence[Path]], done: Half, folder: Path) -> dict[str, float]:
    """Sign and cluster for exact copies only; return MB per CPU second and memory of the two."""
    half = Half(parts, folder, near=False)
    (folder / "cleaned").parent.mkdir(exist_ok=True)
    (folder / "cleaned").symlink_to(done.path("cleaned", "x").parents[1])
    for part in parts:
        half.sign(part)
    half.cluster()
    both = Cost()
    for cost in half.costs.values():
        both += cost
    size = half.megabytes("cleaned")
    return {
        "megabytes": round(size, 1),
        "seconds": round(both.seconds, 2),
        "mb_per_s": round(size / both.seconds, 1),
        "memory_mb": round(both.memory),
    }


def large_file(files: Sequence[Path], megabytes: float, path: Path) -> None:
    """Write a file of so many MB: the documents again and again, each time with other numbers."""
    paragraphs = [text for file in files for text in whole_text(file).split("\n\n") if text.strip()]
    left = megabytes * 1e6
    with path.open("wb") as file:
        for number in range(1_000_000):
            for text in paragraphs:
                left -= file.write(f"{text.strip()}\nNumărul {number}.\n\n".encode())
                if left < 0:
                    return


def large_part(files: Sequence[Path], megabytes: float, folder: Path) -> dict[str, object]:
    """Run the steps of a part on one large file; return their speed and memory.

    Its documents are near copies of each other, so near copies are not looked for, and what is
    encoded are the documents before those are dropped that share sentences with held-out ones.
    """
    folder.mkdir()
    # In a process of its own: what this one has in memory counts as its children's.
    writer = multiprocessing.Process(
        target=large_file, args=(files, megabytes, folder / "large.txt")
    )
    writer.start()
    writer.join()
    if writer.exitcode:
        sys.exit("the large file could not be written")
    half = Half({"large": [folder / "large.txt"]}, folder, near=False)
    half.extract("large", [folder / "large.txt"])
    half.clean("large")
    half.sign("large")
    half.cluster()
    half.hold_out("large")
    half.index()
    half.dedupe("large")
    decontaminating = half.costs.pop("dedupe")
    half.dedupe("large", decontaminate=False)
    half.train_tokenizer()
    half.encode("large")
    half.costs["dedupe"] = decontaminating
    return dict(half.figures())


def enlarged_dump(dump: Path, copies: int, output: Path) -> None:
    """Write a dump with every page several times, each with an id of its own."""
    text = bz2.decompress(dump.read_bytes())
    first, last = text.index(b"<page>"), text.rindex(b"</page>") + len(b"</page>")
    pages = text[first:last]

    def copy(number: int) -> bytes:
        pattern = re.compile(rb"(<page>.*?<id>)(\d+)", re.DOTALL)
        return pattern.sub(lambda match: match[1] + b"%d%s" % (number + 1, match[2]), pages)

    body = b"\n".join(map(copy, range(copies)))
    output.write_bytes(bz2.compress(text[:first] + body + text[last:]))


def beside_wikiextractor(dump: Path, copies: int, folder: Path) -> dict[str, float]:
    """Return CPU seconds of extract and of wikiextractor alone on a dump, the least of some turns.

    The overhead is the median of those of the turns, as a machine is not as quick in each.
    """
    large = folder / "pages-articles.xml.bz2"
    enlarged_dump(dump, copies, large)
    words = [sys.executable, SCRIPTS / "extract.py", "--source", "w", "--part", "p"]
    words += ["--input", large, "--output", folder / "w.jsonl.zst", "--stats", folder / "w.json"]
    alone = [str(large) if word == "/dev/stdin" else word for word in command()]
    turns = [
        (cost_of(words).seconds, cost_of(alone, folder / "w.jsonl").seconds)
        for _ in range(EXTRACTOR_TURNS)
    ]
    ours, theirs = map(min, zip(*turns, strict=True))
    return {
        "extract_seconds": round(ours, 2),
        "wikiextractor_seconds": round(theirs, 2),
        "overhead_percent": round(100 * (median(one / other for one, other in turns) - 1), 1),
    }


def some_documents(half: Half, megabytes: float) -> Iterator[object]:
    """Yield extracted documents, the same number of MB of each part."""
    paths = half.paths("extracted")
    for path in paths:
        left = megabytes * 1e6 / len(paths)
        for document in read_documents(path):
            left -= len(document.text.encode())
            if left < 0:
                break
            yield document


def beside_datatrove(half: Half, megabytes: float, python: Path, folder: Path) -> dict[str, object]:
    """Run our steps from clean on, and datatrove's, on the same extracted documents."""
    ours = Half({"peer": []}, folder, near=True)
    write_documents(ours.path("extracted", "peer"), some_documents(half, megabytes))  # type: ignore[arg-type]
    ours.clean("peer")
    ours.sign("peer")
    ours.cluster()
    ours.hold_out("peer")
    ours.index()
    ours.dedupe("peer")
    tokenizer = half.path("tokens", "x").parents[2] / "tokenizer"
    (folder / "tokenizer").symlink_to(tokenizer)
    ours.encode("peer")
    lines = folder / "input" / "documents.jsonl"
    lines.parent.mkdir()
    with lines.open("wb") as file:
        file.writelines(
            document.to_json() + b"\n"
            for document in read_documents(ours.path("extracted", "peer"))
        )
    output = folder / "datatrove.json"
    program = Path(__file__).parent / "corpus_peer.py"
    words = [python, program, lines.parent, tokenizer / "tokenizer.json", folder / "datatrove"]
    theirs = cost_of(words, output)
    return {
        "megabytes": megabytes,
        "gpt2ro_seconds": {step: round(cost.seconds, 2) for step, cost in ours.costs.items()},
        "gpt2ro_mb_per_s": round(megabytes / sum(c.seconds for c in ours.costs.values()), 2),
        "datatrove_seconds": json.loads(output.read_text(encoding="utf-8").splitlines()[-1]),
        "datatrove_mb_per_s": round(megabytes / theirs.seconds, 2),
        "datatrove_memory_mb": round(theirs.memory),
    }


def print_steps(title: str, figures: dict[str, dict[str, float]]) -> None:
    print(f"{title:16} {'MB':>8} {'CPU s':>8} {'MB/CPU s':>9} {'memory, MB':>11}")
    for step, row in figures.items():
        size, seconds, rate, memory = row.values()
        print(f"{step:16} {size:8,.1f} {seconds:8.2f} {rate:9.1f} {memory:11,.0f}", flush=True)


def arguments_of() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", type=Path, nargs="+", help="text files, compressed or not")
    parser.add_argument("--skip-half", action="store_true", help="leave out the run by Snakemake")
    parser.add_argument("--copies", type=int, default=1, help="each text so often")
    parser.add_argument("--large-megabytes", type=float, default=0, help="of a part of one file")
    parser.add_argument("--dump", type=Path, help="MediaWiki dump, .xml.bz2")
    parser.add_argument("--dump-copies", type=int, default=20, help="each page so often")
    parser.add_argument("--peer-megabytes", type=float, default=0, help="text for datatrove")
    parser.add_argument("--peer-python", type=Path, default=ROOT / "bench-env" / "bin" / "python")
    return parser.parse_args()


def main() -> None:
    arguments = arguments_of()
    results: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = arguments.files
        if arguments.copies > 1:
            files = write_copies(files, arguments.copies, folder / "copies")
        parts = parts_of(files, folder / "corpus")
        half = Half(parts, folder / "steps", near=True)
        half.all_steps()
        steps = half.figures() | {"exact": exact(parts, half, folder / "exact")}
        print_steps("step", steps)
        results["steps"] = steps
        if not arguments.skip_half:
            results["half"] = half_run = whole_half(folder / "corpus", folder)
            print_jobs(half_run["jobs"])  # type: ignore[arg-type]
        if arguments.dump:
            results["wikiextractor"] = beside_wikiextractor(
                arguments.dump, arguments.dump_copies, folder
            )
        if arguments.peer_megabytes:
            results["datatrove"] = beside_datatrove(
                half, arguments.peer_megabytes, arguments.peer_python, folder / "peer"
            )
        for title in ("half", "wikiextractor", "datatrove"):
            if title in results:
                print(f"{title}: {results[title]}", flush=True)
        if arguments.large_megabytes:
            large = large_part(arguments.files, arguments.large_megabytes, folder / "large")
            print_steps("large part", large)  # type: ignore[arg-type]
            results["large"] = large
    print(json.dumps(results))


if __name__ == "__main__":
    main()
