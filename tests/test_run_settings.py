from pathlib import Path
from typing import Any

import pytest

from gpt2ro.errors import UserError
from gpt2ro.run_settings import (
    STAGES,
    checked_settings,
    config_schema,
    override_words,
    parts_of,
    selected_sources,
)
from gpt2ro.sources.catalogue import Source
from gpt2ro.training.config import load_experiment
from gpt2ro.yaml_file import read_yaml

ROOT = Path(__file__).resolve().parents[1]
WHERE = "config/config.yaml"


@pytest.fixture
def demo(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The demo's config, whose paths begin in the folder of the Snakefile."""
    monkeypatch.chdir(ROOT)
    values: dict[str, Any] = read_yaml(Path(WHERE))
    return values


def checked(values: dict[str, Any]) -> dict[str, Any]:
    return checked_settings(values, config_schema(), WHERE)


def test_every_section_of_a_stage_has_its_defaults(demo: dict[str, Any]) -> None:
    settings = checked(demo)
    for name, stage in STAGES.items():
        assert stage(**settings[name]) == stage(**demo.get(name, {}))


@pytest.mark.parametrize(
    ("section", "value", "told"),
    [
        ("samples", {"prompts": "none.txt"}, "config.yaml: samples.prompts is none.txt: no such"),
        ("parity", {"prompts": "config"}, "config.yaml: parity.prompts is config: no such file"),
        ("deduplication", {"prefer_sources": "demo-opu"}, 'did you mean "demo-opus"?'),
        ("decontamination", {"benchmarks": "a.txt, b.txt"}, "benchmarks is a.txt: no such file"),
        ("training", {"experiment": "config"}, "config: is a directory"),
        (
            "training",
            {"experiment": "config/experiments/demo.yaml", "initial_weights": "results/model/"},
            "training.initial_weights is results/model/, the model that this training writes",
        ),
        (
            "training",
            {"experiment": "config/experiments/demo.yaml", "gpus": 7},
            "config/experiments/demo.yaml: BATCH.TOKENS is 1,024, not a multiple of 7 processes x",
        ),
        (
            "training",
            {"experiment": "config/experiments/demo.yaml", "initial_weights": "./gpt2"},
            "training.initial_weights is ./gpt2: no folder with a config.json, and no name on",
        ),
        ("sources", ["demo-opus", "demo-opus"], "sources names demo-opus twice; name it once."),
        ("sources", [], "sources is empty; name at least 1."),
        ("spilt", {}, 'unknown key "spilt"; did you mean "split"?'),
        ("split", {"vaild": 0.2}, 'unknown key "split.vaild"; did you mean "valid"?'),
        ("split", {"valid": "much"}, "split.valid is 'much'; expected a number."),
        ("tokenizer", {"vocabulary": 70000}, "tokenizer.vocabulary is 70000; too large"),
        ("results", "my results", "results is 'my results'; expected letters, digits and"),
        ("results", "results/", "results is 'results/'; expected letters, digits and"),
        ("training", {"experiment": "config/none.yaml"}, "config/none.yaml: not found"),
        (
            "training",
            {"experiment": "config/experiments/demo.yaml", "overrides": {"SCHEDULE": {"STEP": 9}}},
            'did you mean "SCHEDULE.STEPS"?',
        ),
        (
            "training",
            {"experiment": "config/experiments/demo.yaml", "overrides": {"SCHEDULE.STEPS": "x"}},
            "expected a whole number",
        ),
        ("training", {"experiment": WHERE}, 'config.yaml: unknown key "results"'),
        ("samples", {"seed": 1 << 64}, "samples.seed is 18446744073709551616; too large"),
    ],
)
def test_a_fault_is_told_by_its_key(
    demo: dict[str, Any], section: str, value: object, told: str
) -> None:
    with pytest.raises(UserError) as error:
        checked(demo | {section: value})
    assert told in str(error.value)


@pytest.mark.parametrize("stage", ["parity", "samples"])
def test_prompts_in_another_encoding_are_told_before_anything_runs(
    demo: dict[str, Any], tmp_path: Path, stage: str
) -> None:
    path = tmp_path / "prompts.txt"
    path.write_bytes("Bună ziua".encode("cp1250"))
    with pytest.raises(UserError, match=rf"{stage}\.prompts: {path}: not UTF-8 at byte 3; save"):
        checked(demo | {stage: {"prompts": str(path)}})


@pytest.mark.parametrize("results", [WHERE, f"{WHERE}/results"])
def test_results_cannot_lie_where_a_file_is(demo: dict[str, Any], results: str) -> None:
    with pytest.raises(UserError) as error:
        checked(demo | {"results": results})
    assert str(error.value) == (
        f"{WHERE}: results is {results}, and {WHERE} is no folder; name another."
    )


def test_overrides_may_be_sections_or_dotted_keys() -> None:
    words = ["SCHEDULE.STEPS", "9", "SCHEDULE.WARMUP", "2", "SEED", "3"]
    assert override_words({"SCHEDULE": {"STEPS": 9, "WARMUP": 2}, "SEED": 3}) == words
    assert override_words({"SCHEDULE.STEPS": 9, "SCHEDULE.WARMUP": 2, "SEED": 3}) == words


def test_overrides_reach_the_experiment_as_they_are_written(tmp_path: Path) -> None:
    prompts = ["A zis: „da”\nși 'nu' și \"poate\".", "- unu"]
    overrides = {"EVALUATION": {"PROMPTS": prompts}, "COMPILE": True, "SEED": 3}
    (tmp_path / "experiment.yaml").write_text("")
    config = load_experiment(
        tmp_path / "experiment.yaml",
        override_words({**overrides, "OPTIMIZER.BETAS": [0.9, 0.98], "OPTIMIZER.CLIP": "1e-1"}),
    )
    assert list(config.EVALUATION.PROMPTS) == prompts
    assert (config.COMPILE, config.SEED, config.OPTIMIZER.BETAS) == (True, 3, (0.9, 0.98))
    assert config.OPTIMIZER.CLIP == 0.1


def test_the_parts_are_sorted_whatever_the_order_of_the_sources(demo: dict[str, Any]) -> None:
    sources = selected_sources(checked(demo), WHERE)
    turned = dict(reversed(sources.items()))
    assert list(turned) != list(sources)
    one, other = (
        parts_of({name: source.found(Path()) for name, source in order.items()}, WHERE)
        for order in (sources, turned)
    )
    assert list(one) == list(other) == sorted(one)


def test_a_folder_of_text_that_no_source_reads_is_told(
    demo: dict[str, Any], tmp_path: Path
) -> None:
    message = rf'corpus is {tmp_path}, and no source reads it; add "folder" to sources, or'
    with pytest.raises(UserError, match=message):
        selected_sources(checked(demo | {"corpus": str(tmp_path)}), WHERE)


@pytest.mark.parametrize("name", ["gpt2", "readerbench/RoGPT2-base", "config/../tests/none"])
def test_initial_weights_may_be_a_name_on_the_hub(demo: dict[str, Any], name: str) -> None:
    settings = demo | {"training": demo["training"] | {"initial_weights": name}}
    if "none" in name:
        with pytest.raises(UserError, match="no folder with a config"):
            checked(settings)
    else:
        assert checked(settings)["training"]["initial_weights"] == name


def test_a_corpus_without_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"x")
    folder = Source("mine", {"format": "auto", "local": [str(tmp_path)]})
    with pytest.raises(UserError, match=r"config\.yaml: no file of a known kind .* \(mine\);"):
        parts_of({"mine": folder.found(Path())}, WHERE)
