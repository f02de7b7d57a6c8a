r"""Time and memory of the step extract, and of clean where it has documents, on hostile files.

    python bench/adversarial.py [--scale 1.0]

The files are made here, in a folder that is deleted: the ones of docs/data.md, "Bad input", that
are too large for a test. Each is read by the real script in a process of its own. The last line is
JSON.
"""

import argparse
import bz2
import gzip
import json
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import zstandard

SCRIPTS = Path(__file__).resolve().parents[1] / "workflow" / "scripts"
SENTENCE = "Fata împăratului a găsit o cheie de aur lângă fântâna din sat, sub o piatră. "
BLOCK = 1 << 20
SITEINFO = "<mediawiki><siteinfo><base>https://exemplu.invalid/wiki/Pagină</base></siteinfo>"


@dataclass(frozen=True)
class Case:
    """A hostile file: how it is written, how it is read."""

    name: str
    file: str
    format: str
    write: Callable[[Path, float], None]
    flags: tuple[str, ...] = ()


def long_line(path: Path, scale: float) -> None:
    """50 MB of different sentences in one line."""
    with path.open("w", encoding="utf-8") as file:
        size = number = 0
        while size < 50e6 * scale:
            size += file.write(f"{number * number} {SENTENCE}")
            number += 1


def long_json_line(path: Path, scale: float) -> None:
    """The same as the text of one JSON line."""
    long_line(path, scale)
    text = path.read_text(encoding="utf-8")
    path.write_text(json.dumps({"text": text}), encoding="utf-8")


def blank_lines(path: Path, scale: float) -> None:
    """A billion line ends as a gzip stream."""
    with gzip.open(path, "wb", compresslevel=6) as file:
        for _ in range(int(1000 * scale)):
            file.write(b"\n" * 1_000_000)


def bomb(path: Path, scale: float) -> None:
    """10 GB of zeros as a zstd stream of a megabyte."""
    with path.open("wb") as file, zstandard.ZstdCompressor().stream_writer(file) as stream:
        for _ in range(int(10_000 * scale)):
            stream.write(bytes(BLOCK))


def zip_bomb(path: Path, scale: float) -> None:
    """A gigabyte of blanks in each of ten members, in an XML element."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(10):
            with archive.open(f"{number}.xml", "w", force_zip64=True) as member:
                member.write(b"<text>")
                for _ in range(int(1000 * scale)):
                    member.write(b" " * BLOCK)
                member.write(b"</text>")


def parquet_bomb(path: Path, scale: float) -> None:
    """A million rows of one text of 100 KB."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = pa.DictionaryArray.from_arrays(
        pa.array([0] * int(1_000_000 * scale), pa.int32()), pa.array([SENTENCE * 1200])
    )
    pq.write_table(pa.table({"text": rows}), path)


def deep_json(path: Path, scale: float) -> None:
    """1,000 lines nested 100,000 deep among 200,000 good ones."""
    good = json.dumps({"text": SENTENCE}) + "\n"
    with path.open("w", encoding="utf-8") as file:
        for _ in range(int(1000 * scale)):
            file.write(good * 200 + '{"a":' * 100_000 + "\n")


def deep_wiki(path: Path, scale: float) -> None:
    """A million elements in one another, as a dump."""
    depth = int(1_000_000 * scale)
    text = f"{SITEINFO}{'<a>' * depth}{'</a>' * depth}</mediawiki>"
    path.write_bytes(bz2.compress(text.encode()))


def deep_opus(path: Path, scale: float) -> None:
    """A million sentences in one another, in a member of an archive."""
    depth = int(1_000_000 * scale)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("1.xml", f"<text>{'<s>a ' * depth}{'</s>' * depth}</text>")


def nuls(path: Path, scale: float) -> None:
    """A text behind which a crash left 100 MB of NULs."""
    text = (SENTENCE + "\n") * 2000
    path.write_bytes(text.encode() + bytes(int(100e6 * scale)))


CASES = (
    Case("a line of 50 MB", "a.txt", "text", long_line),
    Case("a JSON line of 50 MB", "a.jsonl", "jsonl", long_json_line),
    Case("a billion blank lines", "a.txt.gz", "text", blank_lines),
    Case("the same, allowed to expand", "a.txt.gz", "text", blank_lines, ("--max-expansion=2000",)),
    Case("zstd bomb", "a.txt.zst", "text", bomb),
    Case("zip bomb", "a.zip", "opus-xml", zip_bomb),
    Case("Parquet bomb", "a.parquet", "parquet", parquet_bomb),
    Case("JSON 100,000 deep", "a.jsonl", "jsonl", deep_json),
    Case("MediaWiki 1,000,000 deep", "a.xml.bz2", "mediawiki", deep_wiki),
    Case("OPUS 1,000,000 deep", "b.zip", "opus-xml", deep_opus),
    Case("100 MB of NULs behind a text", "a.txt", "text", nuls),
)


def run(script: str, *arguments: str) -> dict[str, object]:
    """Run a script of the workflow; return its exit code, error, CPU seconds and peak memory."""
    start = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, str(SCRIPTS / script), *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr
    error = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return {
        "code": process.returncode,
        "error": next((x for x in error.splitlines() if x.startswith("gpt2ro: ")), ""),
        "cpu_seconds": round(usage.ru_utime + usage.ru_stime, 1),
        "seconds": round(time.monotonic() - start, 1),
        "peak_mb": round(usage.ru_maxrss / 1024),
    }


def measured(case: Case, folder: Path, scale: float) -> dict[str, object]:
    """Write the file of a case, extract it and clean what comes of it."""
    path = folder / case.file
    # In a process of its own: the peak of a process counts what its parent held when it started it.
    writer = get_context("spawn").Process(target=case.write, args=(path, scale))
    writer.start()
    writer.join()
    assert writer.exitcode == 0, case.name
    output, stats = folder / "out.jsonl.zst", folder / "out.stats.json"
    names = [f"--source=s --part=p --format={case.format}", f"--output={output} --stats={stats}"]
    arguments = [*" ".join(names).split(), *case.flags]
    found: dict[str, object] = {"case": case.name, "megabytes": path.stat().st_size / 1e6}
    found["extract"] = run("extract.py", f"--input={path}", *arguments)
    if output.exists():
        found["documents"] = json.loads(stats.read_text())["documents_out"]
        kept, dropped = folder / "kept.jsonl.zst", folder / "dropped.jsonl.zst"
        places = [f"--output={kept}", f"--dropped={dropped}", f"--stats={folder / 'c.json'}"]
        found["clean"] = run("clean.py", f"--input={output}", *places)
    for file in folder.iterdir():
        file.unlink()
    return found


def line(found: dict[str, object]) -> str:
    """Return a case as a row of a table."""
    steps = {step: found.get(step) for step in ("extract", "clean")}
    costs = [
        f"{cost['cpu_seconds']} s, {cost['peak_mb']} MB" if isinstance(cost, dict) else "-"
        for cost in steps.values()
    ]
    extract = found["extract"]
    assert isinstance(extract, dict)
    result = str(extract["error"]).rpartition("/")[2] or f"{found.get('documents')} documents"
    return f"| {found['case']} | {found['megabytes']:.1f} | {' | '.join(costs)} | {result} |"


def main() -> None:
    """Measure every case and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--scale", type=float, default=1.0, help="size of the files, of the full")
    parser.add_argument("--only", default="", help="cases whose name has this in it")
    arguments = parser.parse_args()
    results = []
    print("| input | MB | extract | clean | result |\n|---|---|---|---|---|")
    for case in CASES:
        if arguments.only in case.name:
            with TemporaryDirectory() as folder:
                results.append(measured(case, Path(folder), arguments.scale))
            print(line(results[-1]), flush=True)
    print(json.dumps(results))


if __name__ == "__main__":
    main()
