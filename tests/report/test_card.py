import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from gpt2ro.errors import UserError
from gpt2ro.report.card import write_card

SCRIPT = Path(__file__).resolve().parents[2] / "workflow" / "scripts" / "card.py"
CATALOGUE = """
tales:
  title: Tales of animals
  format: text
  licence: CC0-1.0
  local: [tales.txt]
wiki:
  title: An encyclopaedia
  format: text
  licence: CC-BY-SA-4.0
  homepage: https://wiki.invalid/
  local: [wiki.txt]
"""


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    path = tmp_path / "sources.yaml"
    path.write_text(CATALOGUE)
    return path


def card(results: Path, model: Path, catalogue: Path, weights: str = "random") -> str:
    output = model / "README.md"
    write_card(model, results / "metrics.json", catalogue, weights, output)
    return output.read_text(encoding="utf-8")


def change(results: Path, key: str, value: object) -> None:
    path = results / "metrics.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {key: value}))


def test_begins_with_metadata_that_the_hub_reads(results, model, catalogue) -> None:
    _, metadata, text = card(results, model, catalogue).split("---\n", 2)
    assert yaml.safe_load(metadata)["language"] == "ro"
    assert text.startswith("\n# A Romanian GPT-2\n")


def test_has_its_sections_in_order(results, model, catalogue) -> None:
    text = card(results, model, catalogue)
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == [
        "Data", "Training", "Figures", "Grammar", "Samples", "Use", "Limits", "Licence",
    ]  # fmt: skip
    assert "\n\n\n" not in text
    assert text.endswith(".\n")


def test_tells_the_sources_with_their_licences_and_sizes(results, model, catalogue) -> None:
    text = card(results, model, catalogue)
    assert "| Tales of animals (`tales`) | CC0-1.0 | 18 | 6,000 | 12,000 |" in text
    wiki = "[An encyclopaedia](https://wiki.invalid/) (`wiki`) | CC-BY-SA-4.0 | 9 |"
    assert wiki in text
    assert "| all | | 27 | 12,000 | 24,000 |" in text


def test_tells_the_figures_by_split_and_source(results, model, catalogue) -> None:
    text = card(results, model, catalogue)
    assert "| valid | all | 1.234 | 15.5 | 321.0 | 800 |" in text
    assert "| valid | wiki | 2.500 |" in text
    assert "| test | tales | 1.234 |" in text
    assert "| test | wiki" not in text


def test_tells_the_probes_by_phenomenon(results, model, catalogue) -> None:
    text = card(results, model, catalogue)
    assert "| subject verb | 30 | 50.0 % |" in text
    assert "| articles | 60 | 66.7 % |" in text
    assert "| all | 90 | 61.1 % |" in text


def test_a_training_without_probes_has_no_grammar(results, model, catalogue) -> None:
    change(results, "probes", None)
    text = card(results, model, catalogue)
    assert "## Grammar" not in text
    assert "\n\n\n" not in text


def test_tells_architecture_and_training(results, model, catalogue) -> None:
    text = card(results, model, catalogue)
    for words in (
        "3,284,224 parameters: 4 layers, width 192, 6 heads, context 256 tokens, vocabulary 2,048",
        "from random weights",
        "200 steps of 1,024 tokens in contexts of 128: 204,800 tokens read, 2 steps skipped",
        "Optimiser muon, learning rate\n0.005, float32",
        "of step 150",
    ):
        assert words in text, words


def test_names_the_initial_weights_and_their_part(results, model, catalogue) -> None:
    text = card(results, model, catalogue, "openai-community/gpt2")
    assert "from the weights of `openai-community/gpt2`, with a new vocabulary" in text
    assert "and on that of the initial weights" in text


def test_does_not_tell_where_initial_weights_lay(results, model, catalogue, tmp_path) -> None:
    (tmp_path / "mine").mkdir()
    text = card(results, model, catalogue, str(tmp_path / "mine"))
    assert "from the weights of `mine`," in text
    assert str(tmp_path) not in text


def test_samples_are_quotations_without_html(results, model, catalogue) -> None:
    text = card(results, model, catalogue)
    assert "\n> Bunica a zis: &lt;script>alert('ș')&lt;/script> &amp; \"ghilimele\"\n" in text
    assert "\n> Într-o zi,\n>\n> a nins.\n" in text
    assert "<script" not in text


def test_text_of_a_folder_is_told_without_a_licence(results, model, catalogue) -> None:
    change(results, "data", {"folder": {"documents": 1, "tokens": 2, "bytes": 3}})
    assert "(`folder`) | not stated | 1 | 2 | 3 |" in card(results, model, catalogue)


def test_a_source_that_the_catalogue_lacks_is_told(results, model, catalogue) -> None:
    change(results, "data", {"gone": {"documents": 1, "tokens": 2, "bytes": 3}})
    with pytest.raises(UserError, match=r'sources.yaml: no source "gone", and the model was tra'):
        card(results, model, catalogue)


@pytest.mark.parametrize("key", ["data", "probes", "samples", "valid"])
def test_a_missing_key_is_named(results, model, catalogue, key: str) -> None:
    path = results / "metrics.json"
    metrics = json.loads(path.read_text())
    del metrics[key]
    path.write_text(json.dumps(metrics))
    with pytest.raises(UserError, match=f"metrics.json: no key {key}"):
        card(results, model, catalogue)
    assert not (model / "README.md").exists()


def test_a_setting_that_the_experiment_lacks_is_named(results, model, catalogue) -> None:
    (model / "experiment.yaml").write_text("PRECISION: float32\n")
    with pytest.raises(UserError, match=r"experiment.yaml: .*BATCH"):
        card(results, model, catalogue)


def test_equal_inputs_give_equal_bytes(results, model, catalogue) -> None:
    cards = set()
    for seed in ("0", "1"):
        arguments = {
            "--model": model, "--metrics": results / "metrics.json",
            "--catalogue": catalogue, "--output": model / "README.md",
        }  # fmt: skip
        words = [str(word) for pair in arguments.items() for word in pair]
        environment = os.environ | {"PYTHONHASHSEED": seed}
        subprocess.run([sys.executable, SCRIPT, *words], env=environment, check=True)
        cards.add((model / "README.md").read_bytes())
    assert len(cards) == 1


def test_without_a_test_split_tells_what_the_figures_are(results, model, catalogue) -> None:
    change(results, "test", None)
    text = card(results, model, catalogue)
    assert "there was no test split" in text
    assert "| valid | all | 1.234 |" in text
    assert "| test |" not in text
    assert "\n\n\n" not in text


def test_is_compared_with_its_baseline(results, model, catalogue) -> None:
    output = model / "README.md"
    metrics = results / "metrics.json"
    write_card(model, metrics, catalogue, "openai-community/gpt2", output, baseline=metrics)
    text = output.read_text(encoding="utf-8")
    assert "## Compared with random weights" in text
    assert "| validation: bits per byte | 1.234 | 1.234 |" in text
    assert "\n\n\n" not in text


def test_tells_rollbacks_and_that_samples_stopped_being_fluent(results, model, catalogue) -> None:
    change(results, "alarms", [])
    change(results, "rollbacks", 0)
    text = card(results, model, catalogue)
    assert "began to repeat" not in text
    assert "back to a checkpoint" not in text
    change(results, "alarms", [{"step": 1200, "reason": "repeated 4-grams 31 % (alarm over 20 %)"}])
    change(results, "rollbacks", 2)
    text = card(results, model, catalogue)
    assert "\n- Step 1,200: repeated 4-grams 31 % (alarm over 20 %)\n" in text
    assert ", 2 times back to a checkpoint. Optimiser" in text
