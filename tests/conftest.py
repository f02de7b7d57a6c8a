"""Fixtures and options of all tests."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# How long an example takes is a matter of the machine; bench/ is where time is measured.
# Otherwise as hypothesis has it: the same examples each time under CI, others each time at a desk.
settings.register_profile("untimed", settings.default, deadline=None)
settings.load_profile("untimed")

ROOT = Path(__file__).resolve().parents[1]


WORKFLOW = "tests/workflow/"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In one of several processes, put the tests of the workflow first: they take longest."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: not item.nodeid.startswith(WORKFLOW))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give each of several processes (pytest-xdist) the tests of a file at a time.

    Those of the workflow are one process's, for they share a workspace in which everything was
    built. `--dist loadgroup` would be for that; pytest-xdist 3.8 groups nothing under pytest 9.2.
    """
    from xdist.scheduler import LoadFileScheduling

    class ByFileOrWorkflow(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return WORKFLOW if nodeid.startswith(WORKFLOW) else super()._split_scope(nodeid)

    return ByFileOrWorkflow(config, log)


@pytest.fixture(scope="session")
def shared_corpora() -> Path:
    """Real corpora that lie beside some checkouts; tests that need them are skipped elsewhere."""
    folder = ROOT.parent / "shared" / "corpora"
    if not folder.is_dir():
        pytest.skip("needs the real corpora in ../shared/corpora")
    return folder
