"""Fixtures and options of all tests."""

from pathlib import Path

import pytest
from hypothesis import settings

# How long an example takes is a matter of the machine; bench/ is where time is measured.
# Otherwise as hypothesis has it: the same examples each time under CI, others each time at a desk.
settings.register_profile("untimed", settings.default, deadline=None)
settings.load_profile("untimed")

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared_corpora() -> Path:
    """Real corpora that lie beside some checkouts; tests that need them are skipped elsewhere."""
    folder = ROOT.parent / "shared" / "corpora"
    if not folder.is_dir():
        pytest.skip("needs the real corpora in ../shared/corpora")
    return folder
