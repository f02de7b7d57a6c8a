"""Copied paragraphs through the real Snakefile, as a user turns them on."""

from typing import Any

import pytest
from workspace import Workspace

from gpt2ro.documents import Document, read_documents
from gpt2ro.files import read_json

COPY = (
    "Într-o dimineață de toamnă, bătrânul morar a deschis ușa și a văzut că apa râului "
    "crescuse peste noapte, iar roata cea mare se învârtea singură, fără grâu și fără stăpân."
)
TURNED_ON = ("config/config.yaml", "repeated: all", "repeated: all\n  paragraphs: true")
SHORTER = ("paragraphs: true", "paragraphs: true\n  paragraph_min_words: 5")
PARTS = ("tales/animals.txt", "tales/family.txt", "letters/letters.txt")


def kept(workspace: Workspace) -> list[Document]:
    folder = workspace.folder / "results" / "deduped"
    paths = [folder / f"{part}.jsonl.zst" for part in PARTS]
    return [document for path in paths for document in read_documents(path)]


def stats(workspace: Workspace, part: str) -> dict[str, Any]:
    found: dict[str, Any] = read_json(
        workspace.folder / "results" / "deduped" / f"{part}.stats.json"
    )
    return found


@pytest.fixture(scope="module")
def workspace(new_workspace: Any) -> Workspace:
    """A run with one paragraph planted into a text of each local part."""
    made: Workspace = new_workspace("paragraphs")
    for part in ("animals", "family"):
        path = made.folder / "miniature" / "text" / f"{part}.txt"
        texts = path.read_text(encoding="utf-8").split("\n\n")
        texts[2] += f"\n{COPY}"  # it falls into the train split in both
        path.write_text("\n\n".join(texts), encoding="utf-8")
    made.build("corpus")
    return made


def test_without_the_setting_nothing_is_counted_and_nothing_goes(workspace: Workspace) -> None:
    holders = [document for document in kept(workspace) if COPY in document.text]
    assert [document.meta["split"] for document in holders] == ["train", "train"]
    assert not (workspace.folder / "results" / "paragraphs").exists()
    assert "copied_paragraphs" not in stats(workspace, PARTS[0])


def test_with_the_setting_the_paragraph_stays_in_the_first_part(workspace: Workspace) -> None:
    before = kept(workspace)
    with workspace.changed(*TURNED_ON):
        planned = workspace.planned("corpus")
        assert not [job for job in planned if job.startswith(("clean", "signatures", "lines"))]
        workspace.build("corpus")
        assert workspace.planned("corpus") == set()
        after = kept(workspace)
        counts = {part: stats(workspace, part)["copied_paragraphs"] for part in PARTS}
        with workspace.changed("config/config.yaml", *SHORTER):
            planned = workspace.planned("corpus")
            assert {"paragraphs(tales/family.txt)", "paragraph_index"} <= planned
            assert not [job for job in planned if job.startswith(("clean", "signatures", "lines"))]
    holders = [document.id for document in after if COPY in document.text]
    assert [name.rsplit("/", 1)[0] for name in holders] == ["tales/animals.txt"]
    assert {part: count["paragraphs"] for part, count in counts.items()} == {
        "tales/animals.txt": 0, "tales/family.txt": 1, "letters/letters.txt": 0,
    }  # fmt: skip
    example = counts["tales/family.txt"]["examples"][0]
    assert (example["paragraph"], example["stays_in"]) == (COPY, "tales/animals.txt")
    loser = next(document for document in after if "copied_paragraphs" in document.meta)
    others = [document.to_json() for document in after if document is not loser]
    assert others == [d.to_json() for d in before if d.id != loser.id]


def test_turned_off_again_the_bytes_are_those_of_before(workspace: Workspace) -> None:
    workspace.build("corpus")
    before = workspace.outputs()
    assert not any("copied_paragraphs" in stats(workspace, part) for part in PARTS)
    with workspace.changed(*TURNED_ON):
        workspace.build("corpus")
    assert workspace.outputs() != before
    workspace.build("corpus")
    after = workspace.outputs()
    assert {name: after[name] for name in before} == before


def test_a_mistyped_setting_is_one_line(workspace: Workspace) -> None:
    with workspace.changed("config/config.yaml", "repeated: all", "paragraphs: 20"):
        result = workspace.snakemake("corpus")
    assert result.status != 0
    assert "lines.paragraphs" in result.stderr
    assert "true or false" in result.stderr
