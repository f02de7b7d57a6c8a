"""What set-up needs is told alike everywhere, and before anything is downloaded."""

import os
import re
import runpy
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ["requirements.lock", "requirements-slurm.lock"]


def locked(name: str) -> dict[str, str]:
    """Versions of the packages in a lock."""
    text = (ROOT / name).read_text()
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", text, re.MULTILINE))


LOCKED = locked("requirements.lock")


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


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_has_a_hash_for_every_package_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text()
    assert "://" not in text
    for entry in re.split(r"\n(?=[a-z0-9-]+==)", text):
        assert "--hash=sha256:" in entry, entry.splitlines()[0]


def test_a_cluster_needs_other_packages_and_no_other_versions() -> None:
    asked = re.findall(r"^([a-z-]+)==(\S+)", (ROOT / "requirements-slurm.in").read_text(), re.M)
    cluster = locked("requirements-slurm.lock")
    assert [(name, cluster[name]) for name, _ in asked] == asked != []
    assert not {name for name, _ in asked} & LOCKED.keys()
    shared = cluster.keys() & LOCKED.keys()
    assert "snakemake-interface-executor-plugins" in shared
    assert {name: cluster[name] for name in shared} == {name: LOCKED[name] for name in shared}


def test_every_dependency_has_its_reason_in_the_architecture() -> None:
    table = (ROOT / "docs" / "architecture.md").read_text().split("## Dependencies")[1]
    unexplained = {
        name
        for name in declared()
        if name not in table and not name.startswith("types-") and name != "numpy"
    }
    assert unexplained == set()


@pytest.mark.parametrize(
    "crate", ["app", "checks", "corpus", "engine", "pretokenizer", "tokenizer"]
)
def test_the_lock_of_the_fuzz_targets_has_what_our_crates_need(crate: str) -> None:
    manifest = tomllib.loads((ROOT / "rust" / crate / "Cargo.toml").read_text())
    needed = {
        name
        for name, wanted in manifest["dependencies"].items()
        if not (isinstance(wanted, dict) and wanted.get("optional"))
    }
    lock = tomllib.loads((ROOT / "rust" / "fuzz" / "Cargo.lock").read_text())
    packages = {package["name"]: package for package in lock["package"]}
    locked = packages[manifest["package"]["name"]]["dependencies"]
    # A version follows where there are several.
    assert needed <= {words.split()[0] for words in locked}


def cache_of_make(home: Path) -> str:
    """What Snakemake would find in XDG_CACHE_HOME when make starts it."""
    command = ["make", "--eval", 'told: ; @echo "$$XDG_CACHE_HOME"', "told"]
    environment = {"PATH": os.environ["PATH"], "HOME": str(home)}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_make_gives_snakemake_a_cache_where_the_home_has_none(tmp_path: Path) -> None:
    assert cache_of_make(tmp_path) == ""
    assert cache_of_make(tmp_path / "none") == str(ROOT / ".cache")


def test_make_tells_a_config_that_is_not_there_before_it_sets_anything_up(tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_text((ROOT / "Makefile").read_text())
    (tmp_path / "config").mkdir()
    for name in ("full.yaml", "sources.yaml"):
        (tmp_path / "config" / name).write_text("")
    command = ["make", "CONFIG=config/fulll.yaml"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    told = "gpt2ro: CONFIG is config/fulll.yaml: no such file; there are config/full.yaml; or"
    assert told in done.stderr
    assert not (tmp_path / ".venv").exists()


def test_conda_has_the_extension_noted_as_make_has() -> None:
    note = re.search(r"^NOTE_EXTENSION = .* (snakemake .*)$", (ROOT / "Makefile").read_text(), re.M)
    assert note
    assert f"# and: {note[1]}\n" in (ROOT / "environment.yml").read_text()


CHECK = ["tools/check_setup.py", "--workspace", "rust"]


def test_the_versions_of_python_are_the_same_everywhere() -> None:
    script = runpy.run_path(str(ROOT / CHECK[0]))
    (oldest_major, oldest), (newest_major, newest) = script["OLDEST"], script["NEWEST"]
    bounds = f">={oldest_major}.{oldest},<{newest_major}.{newest + 1}"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["requires-python"] == bounds
    assert f"- python{bounds}\n" in (ROOT / "environment.yml").read_text()
    told = f"Python {oldest_major}.{oldest} to {newest_major}.{newest}"
    assert told in (ROOT / "README.md").read_text()


def test_the_version_of_rust_is_the_same_everywhere() -> None:
    workspace = tomllib.loads((ROOT / "rust" / "Cargo.toml").read_text())["workspace"]
    needed = workspace["package"]["rust-version"]
    assert f"- rust>={needed}\n" in (ROOT / "environment.yml").read_text()
    assert f"Rust {needed} or newer" in (ROOT / "README.md").read_text()


def test_set_up_looks_for_what_it_needs_before_it_downloads() -> None:
    command = ["make", "--dry-run", "--always-make", ".venv/.complete"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert " ".join(CHECK) in done.stdout.partition(" -m venv ")[0]
    assert "pip install" in done.stdout.partition(" -m venv ")[2]


@pytest.mark.parametrize(("version", "name"), [((3, 10, 13), "3.10"), ((3, 15, 0), "3.15")])
def test_another_python_is_told_in_one_line(
    monkeypatch: pytest.MonkeyPatch, version: tuple[int, ...], name: str
) -> None:
    monkeypatch.setattr(sys, "version_info", version)
    monkeypatch.setattr(sys, "argv", CHECK)
    with pytest.raises(SystemExit, match=f"is Python {name}, expected 3.11 to 3.14; name another"):
        runpy.run_path(str(ROOT / CHECK[0]), run_name="__main__")


def test_a_missing_rust_is_told_in_one_line(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, *CHECK],
        cwd=ROOT,
        env={"PATH": str(tmp_path), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert (
        done.stderr.startswith("gpt2ro: cargo: not found on PATH") and done.stderr.count("\n") == 1
    )
