"""The pages of documentation: their tables are whole, and their links lead somewhere."""

import re
from itertools import groupby
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = [
    *sorted(ROOT.glob("*.md")),
    *sorted(ROOT.glob("docs/*.md")),
    *sorted(ROOT.glob("data/*/README.md")),
    ROOT / "rust" / "README.md",
]
HEAD_ENDS = re.compile(r"\|(:?-+:?\|)+")
CELL_ENDS = re.compile(r"(?<!\\)\|")
LINK = re.compile(r"\]\(([^()\s]+)\)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)


def prose(page: Path) -> list[str]:
    """The lines that are no code: neither indented as such nor between fences."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    return [line.strip() for line in text.splitlines() if not line.startswith("    ")]


def anchors(page: Path) -> set[str]:
    """The anchors of the headings, as GitHub makes them."""
    titles = HEADING.findall(page.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_row_of_a_table_has_the_cells_of_its_head(page: Path) -> None:
    for is_table, lines in groupby(prose(page), lambda line: line.startswith("|")):
        table = list(lines)
        if is_table:
            assert len(table) > 2 and HEAD_ENDS.fullmatch(table[1]), table[:2]
            assert len({len(CELL_ENDS.findall(row)) for row in table}) == 1, table
        else:
            assert not [line for line in table if "|--" in line]


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_within_the_project_leads_to_a_file_and_a_heading(page: Path) -> None:
    links = [link for line in prose(page) for link in LINK.findall(line) if "://" not in link]
    for link in links:
        place, _, anchor = link.partition("#")
        target = page.parent / place if place else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link
