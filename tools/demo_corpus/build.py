"""Which text goes where, and which fault is planted on it."""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from demo_corpus import faults
from demo_corpus.faults import Fault
from demo_corpus.formats import write_opus, write_oscar_2019, write_oscar_2301, write_wikipedia
from demo_corpus.texts import Text, read_texts

TALES, LETTERS, WIKI, OPUS = "demo-oscar-2301", "demo-oscar-2019", "demo-wikipedia", "demo-opus"
TALE_PARTS = ("ro_meta_part_1.jsonl.zst", "ro_meta_part_2.jsonl.zst")
LETTER_PART = "ro_part_1.txt.gz"
WIKI_PART = "rowiki-demo-pages-articles.xml.bz2"

# Every 5th tale of the first part from the 3rd on has the next of these.
REPAIRS: dict[str, Callable[[str], str]] = {
    "mojibake": faults.mojibake,
    "cedilla": faults.cedilla,
    "decomposed": faults.decomposed,
    "invisible": faults.invisible,
    "entities": faults.entities,
    "windows-lines": faults.windows_lines,
    "boilerplate": faults.boilerplate,
}
FIRST_REPAIR, REPAIR_EVERY = 3, 5
# Documents appended to the first part of the tales that must not stay: text and reason.
UNWANTED = {
    "turkish": (faults.TURKISH, "not Romanian"),
    "english": (faults.ENGLISH, "not Romanian"),
    "french": (faults.FRENCH, "not Romanian"),
    "too-short": (faults.TOO_SHORT, "too short"),
    "no-letters": (faults.NO_LETTERS, "too few letters"),
}


def build(source: Path, output: Path) -> None:
    """Write the four formats and manifest.json."""
    animals = read_texts(source, "tales_animals_*.txt")
    family = read_texts(source, "tales_family_*.txt")
    letters = read_texts(source, "letters_*.txt")
    wiki = read_texts(source, "wiki_*.txt")
    planted = [
        *plant_repairs(animals),
        *plant_unwanted(animals),
        *plant_duplicates(family, letters),
        *left_out_pages(wiki),
    ]
    write_oscar_2301(output / "oscar-2301" / TALE_PARTS[0], animals)
    write_oscar_2301(output / "oscar-2301" / TALE_PARTS[1], family)
    write_oscar_2019(output / "oscar-2019" / LETTER_PART, letters)
    write_opus(output / "opus" / "ro.txt.gz", read_texts(source, "dialogues_*.txt"))
    write_wikipedia(output / "wikipedia" / WIKI_PART, wiki)
    manifest = json.dumps([asdict(fault) for fault in planted], ensure_ascii=False, indent=1)
    (output / "manifest.json").write_text(manifest + "\n", encoding="utf-8")


def plant_repairs(tales: list[Text]) -> list[Fault]:
    """Damage some tales in ways that clean must undo."""
    planted = []
    for turn, (kind, damage) in enumerate(REPAIRS.items()):
        place = FIRST_REPAIR + turn * REPAIR_EVERY
        line = telling_line(tales[place].body)
        damaged = damage(line).split("\n")[0]
        tales[place].body = damage(tales[place].body)
        planted.append(
            Fault(
                kind,
                TALES,
                TALE_PARTS[0],
                place,
                "repaired",
                "clean",
                before=damaged,
                after=line,
            )
        )
    return planted


def telling_line(text: str) -> str:
    """Return the line with the most Romanian letters: where damage shows."""
    return max(text.split("\n"), key=lambda line: sum(letter in "șțăîâ„" for letter in line))


def plant_unwanted(tales: list[Text]) -> list[Fault]:
    """Append documents that clean must drop."""
    planted = []
    for kind, (body, reason) in UNWANTED.items():
        place = len(tales)
        planted.append(Fault(kind, TALES, TALE_PARTS[0], place, "dropped", "clean", reason=reason))
        tales.append(Text(kind, body))
    return planted


def plant_duplicates(family: list[Text], letters: list[Text]) -> list[Fault]:
    """Append copies to the second part of the tales: exact, folded, and near ones."""
    part = TALE_PARTS[1]
    copies = {
        "exact-duplicate": (family[4].body, f"{TALES}/{part}/4"),
        "case-duplicate": (family[9].body.upper(), f"{TALES}/{part}/9"),
        "diacritics-duplicate": (
            faults.without_diacritics(letters[6].body),
            f"{LETTERS}/{LETTER_PART}/6",
        ),
        "cedilla-duplicate": (faults.cedilla(letters[12].body), f"{LETTERS}/{LETTER_PART}/12"),
        "near-duplicate": (faults.slightly_edited(family[14].body), f"{TALES}/{part}/14"),
    }
    planted = []
    for kind, (body, original) in copies.items():
        place = len(family)
        fate = "kept" if kind == "near-duplicate" else "dropped"
        planted.append(Fault(kind, TALES, part, place, fate, "dedupe", copy_of=original))
        family.append(Text(kind, body))
    return planted


def left_out_pages(wiki: list[Text]) -> list[Fault]:
    """List the pages that no article comes from."""
    planted = []
    for text in wiki:
        if kind := page_kind(text):
            planted.append(
                Fault(kind, WIKI, WIKI_PART, text.title, "dropped", "extract", reason=kind)
            )
    return planted


def page_kind(text: Text) -> str | None:
    """Return redirect, disambiguation page or talk page; None for an article."""
    if text.body.startswith("#REDIRECTEAZA"):
        return "redirect"
    if "{{dezambiguizare}}" in text.body:
        return "disambiguation page"
    return "talk page" if text.title.startswith("Discuție:") else None
