"""Every random stream of a process continues where a checkpoint was written."""

import random
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from gpt2ro.training.checkpoint_files import load_random, random_tensors
from gpt2ro.training.processes import ALONE
from gpt2ro.training.random_states import random_states


@pytest.fixture(autouse=True)
def restored():
    """The states of the process that runs the tests."""
    states = random.getstate(), np.random.get_state(), torch.get_rng_state()
    yield
    random.setstate(states[0])
    np.random.set_state(states[1])
    torch.set_rng_state(states[2])


def drawn() -> list[float]:
    """Numbers of all streams; after one normal number another waits in Python and in NumPy."""
    python = [random.random(), random.gauss(0, 1)]
    numpy = [np.random.rand(), np.random.randn()]
    return [*python, *numpy, *torch.rand(2).tolist()]


@pytest.mark.parametrize("before", range(4))
def test_all_streams_continue_from_a_file(tmp_path: Path, before: int) -> None:
    for _ in range(before):
        drawn()
    save_file(random_tensors(ALONE), tmp_path / "random.safetensors")
    expected = [drawn() for _ in range(3)]
    assert expected[0] != expected[1]
    load_random(tmp_path / "random.safetensors", rank=0)
    assert [drawn() for _ in range(3)] == expected


def test_a_process_that_did_not_exist_keeps_its_states(tmp_path: Path) -> None:
    save_file(random_tensors(ALONE), tmp_path / "random.safetensors")
    drawn()
    states = random.getstate(), torch.get_rng_state()
    load_random(tmp_path / "random.safetensors", rank=1)
    assert random.getstate() == states[0]
    assert torch.equal(torch.get_rng_state(), states[1])


def test_a_gpu_that_is_not_used_is_left_alone(monkeypatch) -> None:
    def used() -> None:
        raise AssertionError("asked for the state of a GPU, which begins to use it")

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_initialized", lambda: False)
    monkeypatch.setattr(torch.cuda, "get_rng_state", used)
    assert "cuda" not in random_states()
