"""What the failed jobs said stands once more at the end of a run.

Snakemake prints the command and every file of a failed job below the line that says what to do: of
a folder of many files that is more than a screen.
"""

import re
import sys
from pathlib import Path

# As Snakemake 9 writes it to its log.
FAILED_JOB = re.compile(
    r"(?ms)^Error in rule (?P<rule>\w+).*?^ +log: (?P<log>[^\n]+) \(check log file"
)


def last_words(snakemake_logs) -> list[str]:
    """Return a line for each failed job: its rule, the last line of its log, and where that is."""
    words = {}
    for path in snakemake_logs:
        for job in FAILED_JOB.finditer(Path(path).read_text(encoding="utf-8", errors="replace")):
            words[job["log"]] = f"  {job['rule']}: {last_line(Path(job['log']))} ({job['log']})"
    return list(words.values())


def last_line(log: Path) -> str:
    """Return the last line of a log that is not blank."""
    text = log.read_text(encoding="utf-8", errors="replace") if log.is_file() else ""
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1].removeprefix("gpt2ro: ") if lines else "nothing"


onerror:
    if words := last_words(log):
        print("\nWhat the failed jobs said last:", *words, "", sep="\n", file=sys.stderr)
