"""The Slurm profile, on a real Slurm of one node."""

import os
import subprocess
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import slurm
from workspace import Workspace

PROFILE = (
    "--profile", "profiles/slurm", "--slurm-init-seconds-before-status-checks", "2",
)  # fmt: skip

pytestmark = pytest.mark.skipif(
    not slurm.installed() or not find_spec("snakemake_executor_plugin_slurm"),
    reason="needs slurmctld, slurmd and munged, root to start them, and make slurm",
)


@pytest.fixture(scope="module")
def on_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment in which Slurm's commands find the cluster."""
    with slurm.cluster(tmp_path_factory.mktemp("slurm")) as environment:
        yield environment


def start(
    workspace: Workspace, environment: dict[str, str], *arguments: str
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        workspace.command(*PROFILE, *arguments),
        cwd=workspace.folder,
        env={**workspace.environment, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def wait_for(path: Path, text: str, process: subprocess.Popen[str]) -> None:
    for _ in range(600):
        if path.is_file() and text in path.read_text(errors="replace"):
            return
        assert process.poll() is None, process.communicate()[0]
        time.sleep(0.2)
    raise AssertionError(f"{path} did not come to hold {text!r}")


def test_jobs_of_parts_run_on_the_cluster_and_give_the_same_bytes(
    built: Workspace, on_cluster: dict[str, str]
) -> None:
    before = built.outputs()
    process = start(built, on_cluster, "--forcerun", "clean", "--until", "clean")
    output = process.communicate(timeout=300)[0]
    assert process.returncode == 0, output
    assert output.count("has been submitted with SLURM jobid") == 3
    assert built.outputs() == before


def test_a_training_whose_time_is_over_continues_from_its_checkpoint(
    built: Workspace, new_workspace: Any, on_cluster: dict[str, str]
) -> None:
    workspace = new_workspace("preempted")
    workspace.build("tokenizer")
    workspace.replace("miniature/experiment.yaml", "STEPS: 30", "STEPS: 300")
    log = workspace.folder / "results" / "logs" / "train.log"
    process = start(workspace, on_cluster, "train")
    wait_for(log, "step 1", process)
    # As when the time of a job is over: SIGTERM to its whole process group, later SIGKILL.
    subprocess.run(["scancel", "--user", "root"], env={**os.environ, **on_cluster}, check=True)
    wait_for(log, "a checkpoint is written", process)
    wait_for(log, "continuing", process)
    output = process.communicate(timeout=300)[0]
    assert process.returncode == 0, output
    assert "Trying to restart job" in output
