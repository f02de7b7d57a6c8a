"""The log of a run holds every step once, however often the run was stopped."""

import json
import shutil
from pathlib import Path

import pytest

from gpt2ro.training import reporting
from gpt2ro.training.config import load_experiment
from gpt2ro.training.run import train
from gpt2ro.training.step_log import StepLog


def written(folder: Path, *entries: dict) -> StepLog:
    log = StepLog(folder / "log.jsonl")
    for entry in entries:
        log.write(entry)
    return log


def entries(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]


def test_rewinding_removes_what_is_after_the_step_and_keeps_what_is_up_to_it(tmp_path) -> None:
    log = written(tmp_path, *({"step": step} for step in range(1, 8)))
    assert log.rewind(4)
    log.write({"step": 5, "again": True})
    assert entries(tmp_path) == [*({"step": step} for step in range(1, 5)), {"step": 5, "again": 1}]


def test_rewinding_to_the_last_step_removes_nothing(tmp_path) -> None:
    assert not written(tmp_path, {"step": 1}, {"step": 2}).rewind(2)
    assert len(entries(tmp_path)) == 2


def test_an_unfinished_last_line_is_removed(tmp_path) -> None:
    written(tmp_path, {"step": 1}).close()
    with (tmp_path / "log.jsonl").open("a") as file:
        file.write('{"step": 1, "lo')
    assert StepLog(tmp_path / "log.jsonl").rewind(2)
    assert entries(tmp_path) == [{"step": 1}]


def test_a_rollback_before_the_checkpoint_stays_with_what_led_to_it(tmp_path) -> None:
    before = [{"step": 9}, {"step": 12}, {"step": 12, "restored": 8}]
    log = written(tmp_path, *before, {"step": 11})
    assert log.rewind(10)
    assert entries(tmp_path) == before


def test_a_rollback_after_the_checkpoint_goes_as_it_comes_again(tmp_path) -> None:
    log = written(tmp_path, {"step": 8}, {"step": 12}, {"step": 12, "restored": 8}, {"step": 9})
    assert log.rewind(8)
    assert entries(tmp_path) == [{"step": 8}]


@pytest.mark.parametrize("lost", ["step-00000024", "*"])
def test_a_run_that_continues_has_every_step_once(world, monkeypatch, lost) -> None:
    monkeypatch.setattr(reporting, "INTERVAL", 0.0)
    for _ in range(2):
        train(load_experiment(world.experiment, []), world.paths, threads=1)
        (log,) = world.paths.runs.glob("*/log.jsonl")
        found = entries(log.parent)
        assert [entry["step"] for entry in found if "loss" in entry] == list(range(1, 25))
        assert [entry["step"] for entry in found if "valid" in entry] == [6, 12, 18, 24]
        for folder in list((log.parent / "checkpoints").glob(lost)):
            shutil.rmtree(folder)


def test_a_sample_with_a_line_separator_is_one_entry(tmp_path) -> None:
    log = written(tmp_path, {"step": 6, "sample": "un\u2028rând\x85nou"}, {"step": 7})
    assert log.rewind(6)
    text = (tmp_path / "log.jsonl").read_text(encoding="utf-8")
    assert [json.loads(line)["sample"] for line in text.split("\n")[:-1]] == ["un\u2028rând\x85nou"]


def test_what_is_not_finite_is_null_as_json_has_no_number_for_it(tmp_path) -> None:
    written(tmp_path, {"step": 1, "loss": 2.5, "gradient_norm": float("inf")})
    assert (tmp_path / "log.jsonl").read_text() == (
        '{"step": 1, "loss": 2.5, "gradient_norm": null}\n'
    )
