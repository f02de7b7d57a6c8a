import runpy
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from snakemake.scheduling.job_scheduler import JobScheduler

RULES = Path(__file__).parents[2] / "workflow" / "rules" / "reevaluation.smk"
WORKFLOW = f"""
include: "{RULES}"


rule all:
    input:
        "a",
        "b",
        "c",


rule one:
    output:
        "{{name}}",
    shell:
        "date +%s.%N > {{output}}"
"""


def snakemake(folder: Path, limit: str) -> list[float]:
    """Run the workflow above with a limit of jobs; return when each began, in order."""
    (folder / "Snakefile").write_text(WORKFLOW)
    words = [sys.executable, "-m", "snakemake", "--cores", "1", "--quiet", "all"]
    words += ["--max-jobs-per-timespan", limit]
    subprocess.run(words, cwd=folder, check=True, capture_output=True, timeout=120)
    return sorted(float((folder / name).read_text()) for name in "abc")


def test_a_run_does_not_wait_for_the_timer_of_its_limit_of_jobs(tmp_path: Path) -> None:
    snakemake(tmp_path, "100/1h")


def test_the_limit_of_jobs_holds(tmp_path: Path) -> None:
    first, _, third = snakemake(tmp_path, "1/1s")
    assert third - first > 1.2


@pytest.fixture
def wake_later(monkeypatch: pytest.MonkeyPatch) -> Any:
    method = JobScheduler._schedule_reevalutation
    monkeypatch.setattr(JobScheduler, "_schedule_reevalutation", method)  # is put back afterwards
    return runpy.run_path(str(RULES))["wake_later"]


def test_a_scheduler_has_one_timer_at_a_time(wake_later: Any) -> None:
    scheduler = SimpleNamespace(_open_jobs=threading.Semaphore(0))
    for _ in range(2):
        wake_later(scheduler, 0.01)
        wake_later(scheduler, 0.01)
        assert scheduler._open_jobs.acquire(timeout=60)
        assert not scheduler._open_jobs.acquire(timeout=0.1)
