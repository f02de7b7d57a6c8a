"""What a step frees is there for the next one."""

import os
import subprocess
import sys

import pytest

# 80 MB, 20,000 pages, in tensors as small models have them.
PROGRAM = """
import resource, sys, torch
from gpt2ro.memory import keep_freed_memory
if sys.argv[1] == "kept":
    keep_freed_memory()
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
def step():
    return len([torch.ones(1_000_000) for _ in range(20)])
step()
before = faults()
for _ in range(5):
    step()
print(faults() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="malloc of glibc")
def test_memory_that_was_freed_is_not_fetched_from_the_system_again() -> None:
    def faults(how: str) -> int:
        command = [sys.executable, "-c", PROGRAM, how]
        # glibc's default before it adapts to what a program does, which is left to chance.
        environment = {**os.environ, "MALLOC_MMAP_THRESHOLD_": "131072"}
        done = subprocess.run(command, capture_output=True, check=True, env=environment)
        return int(done.stdout)

    assert faults("kept") < 10_000
    # Else the test says nothing.
    assert faults("given back") > 50_000
