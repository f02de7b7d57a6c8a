"""A setting that does not concern a format changes nothing of what is read in it."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from extraction import ROMANIAN, archive, dump, extract, page, write

from gpt2ro.sources.formats import FORMATS
from gpt2ro.sources.part import Part
from gpt2ro.sources.settings import CONCERNED, ExtractionSettings, concerning

# Each has another effect on files of the formats that it concerns.
OTHERWISE: dict[str, Any] = {
    "text_documents": "blank-line",
    "max_document_characters": 1000,
    "lines_per_document": 1,
    "text_column": "title",
    "keep_headings": False,
    "keep_lists": True,
    "min_article_characters": 100_000,
    "max_broken_lines": 1,
    "invalid_utf8": "replace",
}
ARTICLE = f"{ROMANIAN}\n== Istorie ==\n{ROMANIAN}"
RIVERS = f"Râuri:\n{ROMANIAN}" + "* [[Olt]]\n* [[Mureș]]\n" * 9


def sample(folder: Path, format_name: str) -> Path:
    """Write a file of a format with all that a setting could change."""
    lines = (ROMANIAN + "\n") * 3
    rows = [{"title": f"Titlul {n}", "text": lines} for n in range(3)]
    path = folder / "sample"
    match format_name:
        case "mediawiki":
            return dump(path, page(1, "Urs", ARTICLE), page(2, "Listă de râuri", RIVERS))
        case "parquet":
            pq.write_table(pa.Table.from_pylist(rows), path)
            return path
        case "csv":
            return write(path, "title,text\n" + f'Titlul,"{lines}"\n' * 3)
        case "jsonl" | "oscar-jsonl":
            return write(path, "".join(json.dumps(row) + "\n" for row in rows))
        case "opus-moses":
            return archive(path, {"a.ro": lines})
        case "opus-xml":
            return archive(path, {"a.xml": f"<text><s>{lines}</s></text>"})
    return write(path, lines)


@pytest.mark.parametrize("format_name", FORMATS)
def test_a_setting_changes_only_the_formats_that_it_concerns(
    tmp_path: Path, format_name: str
) -> None:
    path = sample(tmp_path, format_name)
    found = extract(path, format_name)
    assert found
    # These two change what is no fault into one, and so nothing of a sound file.
    silent = {"max_broken_lines", "invalid_utf8"}
    changing = {
        name
        for name, value in OTHERWISE.items()
        if extract(path, format_name, **{name: value}) != found
    }
    assert changing == {name for name in CONCERNED if format_name in CONCERNED[name]} - silent


def test_every_setting_that_concerns_some_formats_is_one_and_is_tried() -> None:
    assert CONCERNED.keys() == OTHERWISE.keys()
    assert CONCERNED.keys() <= ExtractionSettings.__annotations__.keys()
    assert set().union(*CONCERNED.values()) <= set(FORMATS)


def test_what_concerns_a_part_is_what_concerns_the_formats_of_its_files() -> None:
    section = {"keep_lists": True, "text_column": "t", "max_expansion": 9}
    both = Part("p", "auto", paths=(Path("a.txt"), Path("b.parquet")))
    assert concerning(section, both.formats) == {"text_column": "t", "max_expansion": 9}
    assert concerning(section, Part("p", "mediawiki", url="u").formats) == {
        "keep_lists": True,
        "max_expansion": 9,
    }
    # What a download is called tells nothing yet.
    assert concerning(section, Part("p", "auto", url="u").formats) == section
