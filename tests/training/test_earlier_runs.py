"""A training that does not continue says what is different from the one before."""

import json

import pytest
from world import World

from gpt2ro.training.config import load_experiment
from gpt2ro.training.earlier_runs import differences
from gpt2ro.training.run import train

FACTS = {
    "config": {"SEED": 1, "SCHEDULE.STEPS": 200},
    "tokens": {"train/a/1": "x", "train/a/2": "y"},
    "tokenizer": {"tokenizer.json": "x"},
    "pretrained": {},
    "shape": {},
    "code": {"a.py": "x"},
    "versions": {"torch": "2.12"},
}


def run(world: World, *overrides: str) -> None:
    train(load_experiment(world.experiment, list(overrides)), world.paths, threads=1)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"config": {"SEED": 1, "SCHEDULE.STEPS": 300}}, ["SCHEDULE.STEPS 200, now 300"]),
        ({"config": {"SEED": 1}}, ["SCHEDULE.STEPS 200, now None"]),
        ({"tokens": {"train/a/1": "x"}}, ["other tokens (train/a/2)"]),
        ({"tokens": {}}, ["other tokens (train/a/1 and 1 more)"]),
        ({"pretrained": {"config.json": "x"}}, ["other initial weights (config.json)"]),
        ({"code": {"a.py": "y"}}, ["other code (a.py)"]),
        ({"versions": {"torch": "2.13"}}, ["another version (torch)"]),
        ({}, []),
    ],
)
def test_what_differs_is_named(change, told) -> None:
    assert differences(FACTS, FACTS | change) == told


def test_facts_of_an_earlier_version_may_lack_some() -> None:
    older = {kind: facts for kind, facts in FACTS.items() if kind != "shape"}
    assert differences(older | {"config": {"SEED": 1}}, FACTS) == ["SCHEDULE.STEPS None, now 200"]


def test_of_many_differences_some_are_named() -> None:
    one, other = ({"config": {f"KEY{n}": value for n in range(9)}} for value in (1, 2))
    found = differences(FACTS | one, FACTS | other)
    assert found[0] == "KEY0 1, now 2"
    assert (len(found), found[-1]) == (6, "4 more differences")


def test_a_changed_setting_is_told_and_a_run_that_continues_tells_nothing(world, capsys) -> None:
    run(world)
    assert "begins anew" not in capsys.readouterr().err
    run(world, "CHECKPOINT.KEEP", "3")
    assert "(step 24) had CHECKPOINT.KEEP 2, now 3\n" in capsys.readouterr().err
    run(world, "CHECKPOINT.KEEP", "3")
    assert "begins anew" not in capsys.readouterr().err


def test_a_run_keeps_its_facts(world) -> None:
    run(world, "SCHEDULE.STEPS", "4")
    (path,) = world.paths.runs.glob("*/facts.json")
    facts = json.loads(path.read_text())
    assert facts["config"]["SCHEDULE.STEPS"] == 4
    assert "gpt2ro/training/loop.py" in facts["code"]
