"""Probes at every evaluation of a training, and what it means to change them."""

import json
from dataclasses import replace

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from world import World

from gpt2ro.errors import UserError
from gpt2ro.training.config import load_experiment
from gpt2ro.training.probes import CURVE
from gpt2ro.training.run import train

NAMES = {CURVE, f"{CURVE}/order", f"{CURVE}/verbs"}


def run(world: World, **paths) -> dict:
    train(load_experiment(world.experiment, []), replace(world.paths, **paths), threads=1)
    return json.loads(world.paths.metrics.read_text())


def accuracies(entry: dict) -> dict[str, float]:
    return {name: value for name, value in entry.items() if name.startswith(CURVE)}


def test_every_evaluation_tells_the_accuracy_of_every_phenomenon(world: World) -> None:
    metrics = run(world)
    assert [set(accuracies(entry)) for entry in metrics["curve"]] == [NAMES] * 4
    (folder,) = world.paths.runs.iterdir()
    entries = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
    logged = [accuracies(entry) for entry in entries if "valid" in entry]
    assert logged == [accuracies(entry) for entry in metrics["curve"]]
    board = EventAccumulator(str(folder / "tensorboard")).Reload()
    for name in NAMES:
        values = [event.value for event in board.Scalars(name)]
        assert values == pytest.approx([entry[name] for entry in metrics["curve"]])


def test_the_finished_model_is_measured_by_phenomenon(world: World) -> None:
    found = run(world)["probes"]
    assert found["pairs"] == 3
    assert {name: facts["pairs"] for name, facts in found["phenomena"].items()} == {
        "order": 1,
        "verbs": 2,
    }
    points = sum(facts["pairs"] * facts["accuracy"] for facts in found["phenomena"].values())
    assert found["accuracy"] == pytest.approx(points / 3, abs=1e-4)


def test_probes_do_not_change_the_weights(world: World, make_other) -> None:
    with_probes = run(world)
    other = make_other("other")
    without = run(other, probes=None)
    weights = [one.paths.model / "model.safetensors" for one in (world, other)]
    assert weights[0].read_bytes() == weights[1].read_bytes()
    assert with_probes["probes"] is not None
    assert without["probes"] is None
    assert not any(accuracies(entry) for entry in without["curve"])


def test_other_probes_are_measured_without_another_training(world: World) -> None:
    before = run(world)
    (log,) = world.paths.runs.glob("*/log.jsonl")
    told = log.read_text()
    (world.paths.probes / "order.tsv").unlink()
    after = run(world)
    assert log.read_text() == told
    assert after["probes"]["phenomena"] == {"verbs": before["probes"]["phenomena"]["verbs"]}
    # What is known of the old probes is not told as if it were of the new ones.
    assert not any(accuracies(entry) for entry in after["curve"])
    kept = [{**entry} for entry in before["curve"]]
    for entry in kept:
        for name in NAMES:
            del entry[name]
    assert after["curve"] == kept


def test_probes_that_do_not_fit_are_told_before_the_training(world: World) -> None:
    path = world.paths.probes / "long.tsv"
    path.write_text("correct\twrong\n" + "a " * 40 + "\t" + "b " * 40 + "\n")
    with pytest.raises(UserError, match=r"long.tsv, line 2: .* the model's context is 32;"):
        run(world)
    assert not list(world.paths.runs.glob("*/checkpoints/*"))


def test_a_folder_of_probes_that_is_not_there_is_told(world: World, tmp_path) -> None:
    with pytest.raises(UserError, match=r"nowhere: no probes"):
        run(world, probes=tmp_path / "nowhere")
