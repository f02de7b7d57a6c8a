"""The two descriptions of the environment, pip's lock and conda's file, agree."""

import re
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
LOCKED = dict(
    re.findall(r"^([a-z0-9-]+)==(\S+)", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
)


def declared() -> set[str]:
    """Names of the packages that pyproject.toml asks for."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = project["dependencies"] + project["optional-dependencies"]["dev"]
    return {re.split("[=<>]", line)[0] for line in lines}


def conda_pins() -> dict[str, str]:
    dependencies = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    pip = next(entry["pip"] for entry in dependencies if isinstance(entry, dict))
    return dict(line.split("==") for line in pip)


def test_conda_holds_every_declared_package_in_its_locked_version() -> None:
    assert declared() <= conda_pins().keys()
    assert conda_pins() == {name: LOCKED[name] for name in conda_pins()}


def test_the_lock_has_a_hash_for_every_package_and_no_address() -> None:
    text = (ROOT / "requirements.lock").read_text()
    assert "://" not in text
    for entry in re.split(r"\n(?=[a-z0-9-]+==)", text):
        assert "--hash=sha256:" in entry, entry.splitlines()[0]


def test_every_dependency_has_its_reason_in_the_architecture() -> None:
    table = (ROOT / "docs" / "architecture.md").read_text().split("## Dependencies")[1]
    unexplained = {
        name
        for name in declared()
        if name not in table and not name.startswith("types-") and name != "numpy"
    }
    assert unexplained == set()
