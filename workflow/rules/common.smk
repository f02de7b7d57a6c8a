"""The checked configuration, the parts of the corpus, and the names rules share."""

import json
import shlex
import sys
from functools import cache
from pathlib import Path

from snakemake.utils import update_config

from gpt2ro.cleaning.settings import CleaningSettings
from gpt2ro.code_closure import code_closure
from gpt2ro.configuration import check, typed, with_defaults
from gpt2ro.decontamination.settings import DecontaminationSettings
from gpt2ro.dedupe.settings import DeduplicationSettings, SplitSettings, preferred_sources
from gpt2ro.errors import UserError, nearest
from gpt2ro.lines.settings import LineSettings
from gpt2ro.settings import flags, json_schema
from gpt2ro.sources.catalogue import Source, folder_source, load_catalogue
from gpt2ro.sources.part import Part
from gpt2ro.sources.settings import ExtractionSettings
from gpt2ro.tokenization.settings import TokenizerSettings
from gpt2ro.training.config import flat, load_experiment
from gpt2ro.yaml_file import read_yaml

STAGES = {
    "extraction": ExtractionSettings,
    "cleaning": CleaningSettings,
    "deduplication": DeduplicationSettings,
    "split": SplitSettings,
    "lines": LineSettings,
    "decontamination": DecontaminationSettings,
    "tokenizer": TokenizerSettings,
}

# The files of the config, for messages.
CONFIG = ", ".join(map(str, workflow.overwrite_configfiles or workflow.configfiles))

# Standard error of a job goes to the terminal, for its progress and errors, and into its log. Signals
# reach the whole process group; tee outlives them, so that a job's last words are still written.
LOGGED = " 2> >(trap '' TERM INT; exec tee {log} >&2)"


def checked_config() -> dict:
    schema = read_yaml(Path("workflow/schemas/config.schema.yaml"))
    schema["properties"] |= {name: json_schema(stage) for name, stage in STAGES.items()}
    update_config(config, typed(workflow.config_settings.config, schema))
    check(config, schema, CONFIG)
    found = with_defaults(config, schema)
    if found["training"]["baseline"] and found["training"]["initial_weights"] == "random":
        raise UserError(
            f"{CONFIG}: training.baseline is true, and training.initial_weights is random, so the "
            "training is its own baseline; set baseline: false, or name initial weights."
        )
    return found


def selected_sources(settings: dict) -> dict[str, Source]:
    catalogue = load_catalogue(Path(settings["catalogue"]))
    if settings["corpus"]:
        catalogue["folder"] = folder_source(Path(settings["corpus"]))
    for name in settings["sources"]:
        if name == "folder" and not settings["corpus"]:
            raise UserError(
                f'{CONFIG}: source "folder" needs corpus, the folder of your text; set it, or give '
                "--config corpus=FOLDER (with make: CORPUS=FOLDER)."
            )
        if name not in catalogue:
            raise UserError(
                f'{CONFIG}: unknown source "{name}" in sources; {nearest(name, list(catalogue))}'
            )
    return {name: catalogue[name] for name in settings["sources"]}


def override_words(overrides: dict) -> list[str]:
    """KEY VALUE pairs of an experiment, as the command line of the training takes them."""
    return [str(word) for pair in flat(overrides).items() for word in pair]


def check_names(settings: dict) -> None:
    """Hold what the config names, and later steps read, against what is there."""
    preferred_sources(settings["deduplication"]["prefer_sources"], settings["sources"])
    named = {
        "parity.prompts": [settings["parity"]["prompts"]],
        "samples.prompts": [settings["samples"]["prompts"]],
        "decontamination.benchmarks": DecontaminationSettings(
            **settings["decontamination"]
        ).benchmark_files,
    }
    for key, paths in named.items():
        for path in paths:
            if not Path(path).is_file():
                raise UserError(f"{CONFIG}: {key} is {path}: no such file; correct the name.")
    # Read for its faults only.
    load_experiment(
        Path(settings["training"]["experiment"]), override_words(settings["training"]["overrides"])
    )


def parts_of(sources: dict[str, Source]) -> dict[tuple[str, str], Part]:
    """All parts, sorted: the order in which the config names its sources decides nothing."""
    parts = {
        (name, part.name): part
        for name, source in sorted(sources.items())
        for part in source.parts(Path("."))
    }
    if not parts:
        raise UserError(
            f"{CONFIG}: no file of a known kind in any of the sources ({', '.join(sources)}); "
            "docs/data.md says which are read."
        )
    for path in (path for part in parts.values() for path in part.paths):
        if "{" in str(path):
            raise UserError(
                f"{path}: has a brace in its name, which Snakemake takes for a wildcard; rename it."
            )
    return parts


try:
    SETTINGS = checked_config()
    SOURCES = selected_sources(SETTINGS)
    PARTS = parts_of(SOURCES)
    # They should not come to light after days of work on the corpus.
    check_names(SETTINGS)
except UserError as error:
    sys.exit(f"gpt2ro: {' '.join(str(error).split())}")

RESULTS = SETTINGS["results"]
SHARD = "{source}/{part}"


wildcard_constraints:
    source="[^/]+",
    part="[^/]+",


def every_part(patterns) -> list[str]:
    """Fill a pattern, or each of several, with every source and part of the corpus."""
    names, parts = zip(*PARTS)
    return expand(patterns, zip, source=names, part=parts)


def part_of(wildcards) -> Part:
    return PARTS[wildcards.source, wildcards.part]


def raw_files(wildcards) -> list[str]:
    """Where the part lies: local files are read in place, the others are downloaded."""
    local = [str(path) for path in part_of(wildcards).paths]
    return local or [rules.download.output.raw.format(**wildcards)]


def stage_flags(section: str) -> str:
    """The settings of a stage as command-line flags."""
    return flags(STAGES[section], SETTINGS[section])


@cache
def code(script: str) -> list[str]:
    """A script and every module it imports: Snakemake follows no imports by itself."""
    paths = code_closure(Path("workflow/scripts") / script, Path("."))
    return [str(path) for path in paths]


def rust_sources(*folders: str) -> list[str]:
    """What cargo reads in these folders of the workspace to build what is used."""
    paths = (path for folder in folders for path in Path("rust", folder).rglob("*"))
    kinds, others = (".rs", ".toml", ".h"), {"tests", "examples"}
    return sorted(
        str(path) for path in paths if path.suffix in kinds and not others & set(path.parts)
    )
