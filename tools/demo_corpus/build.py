"""Reads the texts, plants the faults, writes the formats and the manifest."""

import json
import re
from pathlib import Path

from demo_corpus.formats import (
    write,
    write_opus,
    write_oscar_2019,
    write_oscar_2301,
    write_wikipedia,
)
from demo_corpus.plan import ANIMALS, DIALOGUES, FAMILY, LETTERS, WIKIPEDIA
from demo_corpus.planting import Corpus, plant
from demo_corpus.texts import Text, read_texts

# As gpt2ro.sources.settings: the format has no document marks.
OPUS_LINES_PER_DOCUMENT = 40


def build(source: Path, output: Path) -> None:
    """Write the four formats and manifest.json; equal texts give equal bytes."""
    corpus: Corpus = {
        WIKIPEDIA: with_templates(read_texts(source, "wiki_*.txt")),
        ANIMALS: read_texts(source, "tales_animals_*.txt"),
        FAMILY: read_texts(source, "tales_family_*.txt"),
        LETTERS: read_texts(source, "letters_*.txt"),
        DIALOGUES: in_groups(read_texts(source, "dialogues_*.txt")),
    }
    faults = [fault.entry() for fault in plant(corpus)]
    write_wikipedia(output / "wikipedia" / WIKIPEDIA.name, corpus[WIKIPEDIA])
    for part in (ANIMALS, FAMILY):
        write_oscar_2301(output / "oscar-2301" / part.name, corpus[part])
    write_oscar_2019(output / "oscar-2019" / LETTERS.name, corpus[LETTERS])
    write_opus(output / "opus" / DIALOGUES.name, corpus[DIALOGUES])
    manifest = json.dumps(faults, ensure_ascii=False, indent=1)
    write(output / "manifest.json", (manifest + "\n").encode())


def in_groups(scenes: list[Text]) -> list[Text]:
    """Return the lines of all scenes as the documents that the reader will make of them."""
    lines = [line for scene in scenes for line in scene.body.split("\n")]
    size = OPUS_LINES_PER_DOCUMENT
    return [
        Text(str(start), "\n".join(lines[start : start + size]))
        for start in range(0, len(lines), size)
    ]


def with_templates(pages: list[Text]) -> list[Text]:
    """Return the pages after a page for each info box template that they use."""
    parameters: dict[str, dict[str, None]] = {}
    for page in pages:
        for name, fields in re.findall(r"\{\{(Infocaseta [^|]+)\|([^}]*)\}\}", page.body):
            keys = dict.fromkeys(field.split("=")[0] for field in fields.split("|"))
            parameters.setdefault(name, {}).update(keys)
    return [*(template(name, list(keys)) for name, keys in parameters.items()), *pages]


def template(name: str, parameters: list[str]) -> Text:
    """Return the page of an info box: a table with a row for each parameter."""
    rows = "".join(f"|-\n| {key} || {{{{{{{key}|}}}}}}\n" for key in parameters)
    body = f'<includeonly>{{| class="infocaseta"\n{rows}|}}</includeonly>'
    return Text(f"Format:{name}", f"{body}<noinclude>[[Categorie:Infocasete]]</noinclude>")
