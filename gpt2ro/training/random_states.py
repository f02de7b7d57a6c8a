"""The random states of a process: of PyTorch, of its GPU, of NumPy and of Python.

The training itself draws from PyTorch's only. The others are kept so that what is added to it one
day, or used by a library, continues as well.
"""

import math
import random

import numpy as np
import torch
from torch import Tensor

VERSION_OF_PYTHON = 3  # of random.getstate(); its only one since Python 3.2


def random_states() -> dict[str, Tensor]:
    """Return the states by name; each kind has the same shape in every process.

    `python` is `(625)` int64 and `numpy` `(626)` int64: the words of the generator, the place in
    them, and NumPy's mark of a second normal number that waits in `numpy.normal`; that of Python is
    in `python.normal`, NaN if none waits.
    """
    _, words, normal = random.getstate()
    found = np.random.get_state(legacy=False)
    assert isinstance(found, dict)  # not the old form
    twister = found["state"]
    states = {
        "cpu": torch.get_rng_state(),
        "python": torch.tensor(words, dtype=torch.int64),
        "python.normal": _number(math.nan if normal is None else normal),
        "numpy": torch.tensor([*twister["key"].tolist(), twister["pos"], found["has_gauss"]]),
        "numpy.normal": _number(found["gauss"]),
    }
    if _uses_gpu():
        states["cuda"] = torch.cuda.get_rng_state()
    return states


def set_random_states(states: dict[str, Tensor]) -> None:
    """Set the states that are given; the others stay as they are."""
    if "cpu" in states:
        torch.set_rng_state(states["cpu"])
    if "cuda" in states and _uses_gpu():
        torch.cuda.set_rng_state(states["cuda"])
    if "python" in states:
        normal = float(states["python.normal"])
        words = tuple(states["python"].tolist())
        random.setstate((VERSION_OF_PYTHON, words, None if math.isnan(normal) else normal))
    if "numpy" in states:
        *key, place, waits = states["numpy"].tolist()
        key_words = np.array(key, dtype=np.uint32)
        normal = float(states["numpy.normal"])
        np.random.set_state(("MT19937", key_words, place, waits, normal))


def _uses_gpu() -> bool:
    """Return whether this process uses a GPU; to ask for the state of one would begin to."""
    return bool(torch.cuda.is_initialized())  # type: ignore[no-untyped-call]


def _number(value: float) -> Tensor:
    return torch.tensor([value], dtype=torch.float64)
