"""A training from given weights with its baseline, the same from random weights of their shape."""

import json
import sys
from typing import Any

import pytest
import yaml
from workspace import ROOT, Workspace

sys.path.insert(0, str(ROOT / "tests" / "export"))
from byte_model import write_model

STAGE = ["--", "baseline", "card"]
UNFREEZING = "UNFREEZING: {UNTIL: [6], BLOCKS: [0], LEARNING_RATES: [0.003]}\n"


@pytest.fixture(scope="module")
def workspace(new_workspace: Any) -> Workspace:
    """A workspace that was run to the cards of a model whose blocks were frozen for some steps."""
    found: Workspace = new_workspace("baseline")
    write_model(found.folder / "english", context=64)
    training = "training:\n  initial_weights: english\n  baseline: true\n"
    found.replace("config/config.yaml", "training:\n", training)
    found.replace("miniature/experiment.yaml", "MODEL:", UNFREEZING + "MODEL:")
    found.build(*STAGE)
    return found


def metrics(workspace: Workspace, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((workspace.folder / "results" / name).read_text())
    return found


def test_is_of_the_shape_of_the_given_weights_and_reads_as_many_tokens(workspace) -> None:
    model, baseline = (
        metrics(workspace, "metrics.json"),
        metrics(workspace, "baseline/metrics.json"),
    )
    for key in ("parameters", "tokens_read", "data"):
        assert model[key] == baseline[key]
    config = json.loads((workspace.folder / "results/baseline/model/config.json").read_text())
    assert config["n_embd"] == 16  # the experiment says 32


def test_freezes_nothing_and_keeps_the_rest_of_the_experiment(workspace) -> None:
    results = workspace.folder / "results"
    model, baseline = (
        yaml.safe_load((results / folder / "experiment.yaml").read_text())
        for folder in ("model", "baseline/model")
    )
    assert baseline.pop("UNFREEZING")["UNTIL"] == []
    assert model.pop("UNFREEZING")["UNTIL"] == [6]
    assert model == baseline


def test_initial_weights_that_changed_in_their_folder_are_fetched_again(workspace) -> None:
    with workspace.changed("english/config.json", "{", "{ "):
        planned = workspace.planned(*STAGE)
    assert planned == {"pretrained", "train", "baseline", "card"}


def test_stands_beside_the_model_in_its_card(workspace) -> None:
    card = (workspace.folder / "results/model/README.md").read_text(encoding="utf-8")
    assert "## Compared with random weights" in card
    assert "| validation after 30 steps: bits per byte |" in card


def test_the_report_waits_for_it_and_shows_it(workspace) -> None:
    result = workspace.snakemake("-n", "-p", "--", "report")
    assert "--baseline results/baseline/metrics.json" in result.stdout + result.stderr


def test_is_trained_only_where_it_is_asked_for(workspace) -> None:
    with workspace.changed("config/config.yaml", "  baseline: true\n", ""):
        result = workspace.snakemake("-n", "-p", "--", "report", "card")
    lines = (result.stdout + result.stderr).splitlines()
    commands = [line for line in lines if line.startswith("Shell command: ")]
    assert any("card.py" in command for command in commands)
    assert not any("baseline" in command for command in commands)


def test_a_training_from_random_weights_has_none(workspace) -> None:
    with workspace.changed("config/config.yaml", "  initial_weights: english\n", ""):
        result = workspace.snakemake("-n")
    (line,) = [one for one in result.stderr.splitlines() if one.startswith("gpt2ro: ")]
    assert "config.yaml: training.baseline is true, and training.initial_weights is random" in line
    assert result.status == 1
