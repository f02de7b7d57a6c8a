"""The settings of a run of the workflow, held against what is there before anything is planned."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gpt2ro.cleaning.settings import CleaningSettings
from gpt2ro.configuration import check, with_defaults
from gpt2ro.decontamination.settings import DecontaminationSettings
from gpt2ro.dedupe.settings import DeduplicationSettings, SplitSettings, preferred_sources
from gpt2ro.errors import UserError, nearest
from gpt2ro.lines.settings import LineSettings
from gpt2ro.prompts import read_prompts
from gpt2ro.settings import json_schema
from gpt2ro.sources.catalogue import Found, Source, folder_source, load_catalogue
from gpt2ro.sources.part import Part
from gpt2ro.sources.settings import ExtractionSettings
from gpt2ro.tokenization.settings import TokenizerSettings
from gpt2ro.training.config import flat, load_experiment
from gpt2ro.yaml_file import read_yaml

SCHEMA = Path(__file__).parents[1] / "workflow" / "schemas" / "config.schema.yaml"

# Of a model on the Hugging Face hub: gpt2, or owner/name.
HUB_NAME = re.compile(r"\w[\w.-]*(/\w[\w.-]*)?")

# The sections of the config that are a stage's settings.
STAGES = {
    "extraction": ExtractionSettings,
    "cleaning": CleaningSettings,
    "deduplication": DeduplicationSettings,
    "split": SplitSettings,
    "lines": LineSettings,
    "decontamination": DecontaminationSettings,
    "tokenizer": TokenizerSettings,
}


def config_schema() -> dict[str, Any]:
    """Return the JSON schema of the config, with the sections of the stages."""
    schema: dict[str, Any] = read_yaml(SCHEMA)
    schema["properties"] |= {name: json_schema(stage) for name, stage in STAGES.items()}
    return schema


def checked_settings(
    values: Mapping[str, Any], schema: Mapping[str, Any], where: str
) -> dict[str, Any]:
    """Return the values of a config, completed by the defaults.

    What later steps read is looked at too, the experiment say: its faults should not come to light
    after days of work on the corpus.

    Args:
        where: the files of the config, for messages.

    Raises:
        UserError: a key is unknown, a value not allowed, or what it names not there.
    """
    check(values, schema, where)
    settings = with_defaults(values, schema)
    training = settings["training"]
    if training["baseline"] and training["initial_weights"] == "random":
        raise UserError(
            f"{where}: training.baseline is true, and training.initial_weights is random, so the "
            "training is its own baseline; set baseline: false, or name initial weights."
        )
    _check_results(Path(settings["results"]), training["initial_weights"], where)
    _check_initial_weights(training["initial_weights"], where)
    preferred_sources(settings["deduplication"]["prefer_sources"], settings["sources"])
    for path in DecontaminationSettings(**settings["decontamination"]).benchmark_files:
        _require_file(Path(path), f"{where}: decontamination.benchmarks")
    for stage in ("parity", "samples"):
        _require_prompts(Path(settings[stage]["prompts"]), f"{where}: {stage}.prompts")
    load_experiment(
        Path(training["experiment"]),
        override_words(training["overrides"]),
        max(1, training["gpus"]),
    )
    return settings


def _check_results(results: Path, initial_weights: str, where: str) -> None:
    """Refuse a folder that cannot be made, or whose model is what the training begins with."""
    for place in (results, *results.parents):
        if place.exists() and not place.is_dir():
            raise UserError(
                f"{where}: results is {results}, and {place} is no folder; name another."
            )
    if Path(initial_weights).resolve() == (results / "model").resolve():
        raise UserError(
            f"{where}: training.initial_weights is {initial_weights}, the model that this training "
            "writes; set results to another folder."
        )


def _check_initial_weights(name: str, where: str) -> None:
    """Refuse what is neither a folder of weights nor could be a name on the hub."""
    if not HUB_NAME.fullmatch(name) and not Path(name, "config.json").is_file():
        raise UserError(
            f"{where}: training.initial_weights is {name}: no folder with a config.json, and no "
            "name on the hub; correct it."
        )


def _require_file(path: Path, key: str) -> None:
    if not path.is_file():
        raise UserError(f"{key} is {path}: no such file; correct the name.")


def _require_prompts(path: Path, key: str) -> None:
    _require_file(path, key)
    try:
        read_prompts(path)
    except UserError as error:
        raise UserError(f"{key}: {error}") from None


def check_for_training(settings: Mapping[str, Any], where: str) -> None:
    """Refuse what a corpus may do without, but a training of it may not.

    Raises:
        UserError: no validation split is asked for.
    """
    if settings["split"]["valid"] == 0:
        raise UserError(
            f"{where}: split.valid is 0, and a training keeps the weights that are best on the "
            "validation split; set a share over 0, or make the corpus only (snakemake corpus)."
        )


def check_gpus(asked: int, allowed: int, where: str) -> None:
    """Refuse a training on more GPUs than jobs may use: it would be given fewer, and start on all.

    Args:
        asked: `training.gpus`.
        allowed: the resource `gpu`, which all jobs share.

    Raises:
        UserError: fewer are allowed than asked for.
    """
    if asked > allowed:
        raise UserError(
            f"{where}: training.gpus is {asked}, and jobs may use {allowed} (the resource gpu); "
            f"add --resources gpu={asked} downloads=2, or set training.gpus: {allowed}."
        )


def override_words(overrides: Mapping[str, Any]) -> list[str]:
    """Return KEY VALUE pairs of an experiment, as the command line of the training takes them."""
    return [word for key, value in flat(overrides).items() for word in (key, _yaml_word(value))]


def _yaml_word(value: Any) -> str:
    """Return a value as YAML in one line; JSON is YAML, and str would write a list as Python does.

    A text stays as it is, so that 1e-3, a text for YAML, is taken for the number that it is.
    """
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def selected_sources(settings: Mapping[str, Any], where: str) -> dict[str, Source]:
    """Return the sources that a config names, from its catalogue and its folder of text.

    Raises:
        UserError: a name is in neither, or the catalogue is at fault.
    """
    catalogue = load_catalogue(Path(settings["catalogue"]))
    if corpus := settings["corpus"]:
        if "folder" not in settings["sources"]:
            raise UserError(
                f'{where}: corpus is {corpus}, and no source reads it; add "folder" to sources, or '
                "take --configfile config/folder.yaml (with make: CONFIG=config/folder.yaml)."
            )
        catalogue["folder"] = folder_source(Path(corpus).expanduser())
    for name in settings["sources"]:
        if name == "folder" and not settings["corpus"]:
            raise UserError(
                f'{where}: source "folder" needs corpus, the folder of your text; set it, or give '
                "--config corpus=FOLDER (with make: CORPUS=FOLDER)."
            )
        if name not in catalogue:
            raise UserError(
                f'{where}: unknown source "{name}" in sources; {nearest(name, list(catalogue))}'
            )
    return {name: catalogue[name] for name in settings["sources"]}


def parts_of(sources: Mapping[str, Found], where: str) -> dict[tuple[str, str], Part]:
    """Return the parts of what the sources consist of, by names of source and part, sorted.

    So the order in which a config names its sources decides nothing.

    Raises:
        UserError: there is none, or Snakemake cannot take the name of a file.
    """
    parts = {
        (name, part.name): part for name, found in sorted(sources.items()) for part in found.parts
    }
    if not parts:
        raise UserError(
            f"{where}: no file of a known kind in any of the sources ({', '.join(sources)}); "
            "docs/data.md says which are read."
        )
    for path in (path for part in parts.values() for path in part.paths):
        if fault := _fault_of_name(str(path)):
            raise UserError(f"{path}: has {fault}; rename it.")
    return parts


def _fault_of_name(path: str) -> str | None:
    """Return why Snakemake cannot take the name of a file; None if it can."""
    if "{" in path:
        return "a brace in its name, which Snakemake takes for a wildcard"
    try:
        path.encode()
    except UnicodeEncodeError:
        return "a name that is not UTF-8, as Snakemake expects (convmv -f windows-1250 -t utf-8)"
    return None
