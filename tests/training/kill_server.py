"""Starts trainings of which each is killed at some moment, without importing PyTorch for each.

Run as a script, with the folder of a world: it imports once, and for each line of JSON that it
reads, forks a child that trains there. A line holds `delay`, the seconds after which the child gets
SIGKILL (null: never), and `in_checkpoint`, the number of the checkpoint in whose writing the child
kills itself (null: none). It answers with the child's exit status and its seconds.
"""

import json
import os
import signal
import sys
import time
from pathlib import Path

import torch
from world import World, opened_world

from gpt2ro.training import checkpoint_files
from gpt2ro.training.config import load_experiment
from gpt2ro.training.run import train


def die_in_checkpoint(number: int) -> None:
    """Kill this process when it has written a checkpoint and not yet renamed it."""
    original, calls = checkpoint_files.fsync, []

    def fsync(path: Path) -> None:
        if path.name == checkpoint_files.MANIFEST and path.parent.name.startswith(".step"):
            calls.append(path)
            if len(calls) == number:
                os.kill(os.getpid(), signal.SIGKILL)
        original(path)

    checkpoint_files.fsync = fsync


def child(world: World, overrides: list[str], in_checkpoint: int | None) -> None:
    """Train in this process, and end it."""
    status = 1
    try:
        if in_checkpoint is not None:
            die_in_checkpoint(in_checkpoint)
        train(load_experiment(world.experiment, overrides), world.paths, threads=1)
        status = 0
    finally:
        os._exit(status)


def wait(process: int, delay: float | None) -> int:
    """Wait for a process, kill it after the delay, and return its status: -9 if it was killed."""
    end = None if delay is None else time.monotonic() + delay
    while True:
        found, status = os.waitpid(process, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)
        if end is not None and time.monotonic() >= end:
            os.kill(process, signal.SIGKILL)
            return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
        time.sleep(0.001)


def main() -> None:
    world, overrides = opened_world(Path(sys.argv[1])), sys.argv[2:]
    # A thread that exists would be missing in the children.
    torch.set_num_threads(1)
    for line in sys.stdin:
        request = json.loads(line)
        start = time.monotonic()
        process = os.fork()
        if not process:
            child(world, overrides, request["in_checkpoint"])
        status = wait(process, request["delay"])
        print(json.dumps({"status": status, "seconds": time.monotonic() - start}), flush=True)


if __name__ == "__main__":
    main()
