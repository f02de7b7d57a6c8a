"""The model card: README.md of the model folder, written from the files of a run."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gpt2ro.errors import UserError
from gpt2ro.files import write_text
from gpt2ro.report.baseline import baseline_rows
from gpt2ro.report.figures import alarms, probe_results, split_figures
from gpt2ro.report.records import Record, as_record, read_record
from gpt2ro.report.templates import environment
from gpt2ro.sources.catalogue import Source, load_catalogue
from gpt2ro.yaml_file import read_yaml

FOLDER = "folder"  # the source that is a folder of the user's own, in no catalogue


@dataclass(frozen=True)
class TrainedOn:
    """What the catalogue and metrics.json say of a source of the train split.

    Attributes:
        name: in the catalogue.
        title, licence: None for a folder of the user's own.
        homepage: None where it has none.
        documents, tokens, bytes: of its train split.
    """

    name: str
    title: str | None
    licence: str | None
    homepage: str | None
    documents: int
    tokens: int
    bytes: int


@dataclass(frozen=True)
class Shape:
    """The architecture; context and vocabulary in tokens."""

    parameters: int
    layers: int
    width: int
    heads: int
    context: int
    vocabulary: int


@dataclass(frozen=True)
class Recipe:
    """How the model was trained; batch and context in tokens."""

    steps: int
    best_step: int
    skipped_steps: int
    rollbacks: int
    tokens_read: int
    batch: int
    context: int
    optimizer: str
    learning_rate: float
    precision: str


def write_card(
    model: Path,
    metrics: Path,
    catalogue: Path,
    initial_weights: str,
    output: Path,
    baseline: Path | None = None,
) -> None:
    """Write the card; equal inputs give equal bytes.

    Args:
        model: the model folder, with config.json and experiment.yaml.
        metrics: metrics.json of its training.
        catalogue: YAML file with its sources and their licences.
        initial_weights: what the training began with: `random`, a name on the hub or a folder.
        output: the Markdown file.
        baseline: metrics.json of the same training from random weights, if there is one.

    Raises:
        UserError: a file is missing or damaged, or a source is not in the catalogue.
    """
    found = read_record(metrics)
    facts = card_facts(model, found, load_catalogue(catalogue), str(catalogue)) | {
        "initial_weights": weights_name(initial_weights),
        "baseline": baseline_rows(found, read_record(baseline)) if baseline else [],
    }
    write_text(output, card(facts))


def card_facts(
    model: Path, metrics: Record, catalogue: dict[str, Source], where: str
) -> dict[str, Any]:
    """Return what the template shows, by the names it uses.

    Args:
        where: the file of the catalogue, for messages.
    """
    experiment = model / "experiment.yaml"
    settings = as_record(read_yaml(experiment), str(experiment))
    data = metrics.record("data")
    sources = [trained_on(name, data.record(name), catalogue, where) for name in data.values]
    return {
        "shape": shape(read_record(model / "config.json"), metrics),
        "recipe": recipe(settings, metrics),
        "sources": sources,
        "figures": {split: split_figures(metrics, split) for split in ("valid", "test")},
        "probes": probe_results(metrics),
        "alarms": alarms(metrics),
        "samples": [str(text) for text in metrics.items("samples")],
    }


def shape(config: Record, metrics: Record) -> Shape:
    """Return the architecture in config.json, with the size in metrics.json."""
    keys = ("n_layer", "n_embd", "n_head", "n_positions", "vocab_size")
    return Shape(metrics.integer("parameters"), *(config.integer(key) for key in keys))


def recipe(experiment: Record, metrics: Record) -> Recipe:
    """Return what was set in the experiment and what came of it."""
    batch, optimizer = experiment.record("BATCH"), experiment.record("OPTIMIZER")
    return Recipe(
        steps=metrics.integer("steps"),
        best_step=metrics.integer("best_step"),
        skipped_steps=metrics.integer("skipped_steps"),
        rollbacks=metrics.integer("rollbacks"),
        tokens_read=metrics.integer("tokens_read"),
        batch=batch.integer("TOKENS"),
        context=batch.integer("CONTEXT"),
        optimizer=optimizer.text("NAME"),
        learning_rate=optimizer.number("LEARNING_RATE"),
        precision=experiment.text("PRECISION"),
    )


def trained_on(name: str, facts: Record, catalogue: dict[str, Source], where: str) -> TrainedOn:
    """Return a source, from its counts and its entry in the catalogue.

    Raises:
        UserError: it has no entry, or a count is missing.
    """
    if name not in catalogue and name != FOLDER:
        raise UserError(
            f'{where}: no source "{name}", and the model was trained on it; name the catalogue of '
            "its training."
        )
    entry = catalogue[name].entry if name in catalogue else {}
    counts = (facts.integer(key) for key in ("documents", "tokens", "bytes"))
    return TrainedOn(
        name,
        entry.get("title"),
        entry.get("licence"),
        entry.get("homepage"),
        *counts,
    )


def weights_name(initial_weights: str) -> str:
    """Return the name of initial weights; of a folder only the last part of its path."""
    folder = Path(initial_weights)
    return folder.resolve().name if folder.is_dir() else initial_weights


def quoted(text: str) -> str:
    """Return a text as a block quotation in which nothing is HTML."""
    safe = text.replace("&", "&amp;").replace("<", "&lt;")
    return "\n".join(f"> {line}".rstrip() for line in safe.splitlines())


def card(values: dict[str, Any]) -> str:
    """Fill the template. It is Markdown, so only `quoted` escapes."""
    templates = environment(autoescape=False)
    templates.filters["quoted"] = quoted
    return templates.get_template("card.md").render(values)
