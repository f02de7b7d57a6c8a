"""Fixtures of a tiny training; world.py makes it."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from world import World, make_world


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_world(tmp_path)


@pytest.fixture
def make_other(tmp_path: Path) -> Callable[[str], World]:
    """Make a second world with the same content."""

    def make(name: str) -> World:
        folder = tmp_path / name
        folder.mkdir()
        return make_world(folder)

    return make
