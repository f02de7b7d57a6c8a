"""The checked configuration, the parts of the corpus, and the names rules share."""

import shlex
from functools import cache
from pathlib import Path

from snakemake.utils import update_config

from gpt2ro.code_closure import code_closure
from gpt2ro.configuration import typed
from gpt2ro.run_settings import (
    STAGES,
    check_for_training,
    check_gpus,
    checked_settings,
    config_schema,
    override_words,
    parts_of,
    selected_sources,
)
from gpt2ro.settings import flags
from gpt2ro.sources.part import Part

# The files of the config, for messages.
CONFIG = ", ".join(map(str, workflow.overwrite_configfiles or workflow.configfiles))

with faults_told():
    SCHEMA = config_schema()
    update_config(config, typed(workflow.config_settings.config, SCHEMA))
    SETTINGS = checked_settings(config, SCHEMA, CONFIG)
    SOURCES = selected_sources(SETTINGS, CONFIG)
    FOUND = {name: source.found(Path()) for name, source in sorted(SOURCES.items())}
    PARTS = parts_of(FOUND, CONFIG)

RESULTS = SETTINGS["results"]
SHARD = "{source}/{part}"

# Standard error of a job goes to the terminal, for its progress and errors, and into its log.
# Signals reach the whole process group; tee outlives them, so that a job's last words are written.
LOGGED = " 2> >(trap '' TERM INT; exec tee {log} >&2)"


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


def stage_flags(section: str, *without: str) -> str:
    """The settings of a stage as command-line flags, without those that change no output of it."""
    return flags(STAGES[section], SETTINGS[section], without)


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
