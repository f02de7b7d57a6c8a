"""Fixtures and options of all tests."""

from pathlib import Path

import pytest
from hypothesis import settings

# How long an example takes is a matter of the machine; bench/ is where time is measured.
# Otherwise as hypothesis has it: the same examples each time under CI, others each time at a desk.
settings.register_profile("untimed", settings.default, deadline=None)
settings.load_profile("untimed")

ROOT = Path(__file__).resolve().parents[1]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In one of several processes (pytest-xdist), keep the tests of a file together.

    Those of the workflow are one group, for they share a workspace in which everything was built.
    They take longest and come first: groups are handed out in the order of their tests.
    """
    if not hasattr(config, "workerinput"):
        return
    workflow = ROOT / "tests" / "workflow"
    items.sort(key=lambda item: not item.path.is_relative_to(workflow))
    for item in items:
        group = workflow if item.path.is_relative_to(workflow) else item.path
        item.add_marker(pytest.mark.xdist_group(str(group.relative_to(ROOT))))


@pytest.fixture(scope="session")
def shared_corpora() -> Path:
    """Real corpora that lie beside some checkouts; tests that need them are skipped elsewhere."""
    folder = ROOT.parent / "shared" / "corpora"
    if not folder.is_dir():
        pytest.skip("needs the real corpora in ../shared/corpora")
    return folder
