"""What of a user's folder is not read, as it is told and as it is kept for the page."""

import os
from pathlib import Path

import pytest
from extraction import ROMANIAN, write

from gpt2ro.files import read_json
from gpt2ro.sources.catalogue import folder_source
from gpt2ro.sources.extract import extract_part
from gpt2ro.sources.left_out import LeftOut, by_reason, first_names
from gpt2ro.sources.settings import ExtractionSettings


def test_what_lies_in_a_folder_and_is_not_read_is_kept_with_its_place_and_why(
    tmp_path: Path,
) -> None:
    (tmp_path / "sub").mkdir()
    for name in ("a.txt", "sub/b.pdf", "sub/c.jpg", "sub/.ascuns.pdf"):
        (tmp_path / name).write_text("x")
    (tmp_path / "sub" / "bucla").symlink_to(tmp_path)
    (tmp_path / ".ascuns").symlink_to(tmp_path)
    (tmp_path / "rupt.txt").symlink_to(tmp_path / "nimic.txt")
    found = folder_source(tmp_path).found(Path())
    assert [part.name for part in found.parts] == ["a.txt"]
    assert found.left_out == [
        LeftOut("rupt.txt", "not a readable file"),
        LeftOut("sub/b.pdf", "not a known kind of text; convert it: pdftotext"),
        LeftOut("sub/bucla", "a link to a folder"),
        LeftOut("sub/c.jpg", "not a known kind of text"),
    ]


def test_of_files_with_one_reason_the_first_ten_are_named_and_all_counted() -> None:
    files = [LeftOut(f"{number:02}.jpg", "poze") for number in reversed(range(30))]
    told = by_reason([*files, LeftOut("z.tar", "arhive")])
    assert list(told) == ["arhive", "poze"]
    assert told["arhive"] == {"files": 1, "names": ["z.tar"]}
    assert told["poze"] == {"files": 30, "names": [f"{number:02}.jpg" for number in range(10)]}


def test_of_many_links_the_first_are_told_and_the_others_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.txt").write_text("x")
    for number in range(300):
        (tmp_path / f"{number:03}").symlink_to(tmp_path)
    folder_source(tmp_path).parts(Path())
    *_, counted = told = capsys.readouterr().err.splitlines()
    assert len(told) == 11
    assert counted == f"gpt2ro: {tmp_path}: 290 more files left out"


def test_a_name_is_told_in_one_line_without_what_a_terminal_would_obey(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in (b"doua\nlinii.pdf", b"\xe3.pdf", b"\x1b[2Jsters.pdf"):
        (tmp_path / os.fsdecode(name)).write_text("x")
    found = folder_source(tmp_path).found(Path())
    told = capsys.readouterr().err.splitlines()
    assert [line.split(": left out")[0].rpartition("/")[2] for line in told] == [
        "\ufffd[2Jsters.pdf", "doua\ufffdlinii.pdf", "\ufffd.pdf",
    ]  # fmt: skip
    (facts,) = by_reason(found.left_out).values()
    assert facts["names"] == ["\ufffd[2Jsters.pdf", "doua\ufffdlinii.pdf", "\ufffd.pdf"]


def test_letters_of_any_script_and_blanks_of_any_width_stay_in_a_name() -> None:
    name = "Captură\u00a0de ecran 3.04\u202fPM – țărăncuța \u0219i книга.png"
    assert first_names([name])["names"] == [name]
    assert first_names(["a\u2028b\u202ec"])["names"] == ["a\ufffdb\ufffdc"]


def test_of_a_very_long_name_the_end_is_kept() -> None:
    (name,) = first_names(["dosar/" * 600 + "carte.pdf"])["names"]
    assert len(name) == 201
    assert name.startswith("…") and name.endswith("/dosar/carte.pdf")


def test_files_without_text_are_told_and_named_in_the_stats(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = [write(tmp_path / "plin.txt", ROMANIAN), write(tmp_path / "gol.txt", "")]
    paths += [write(tmp_path / "alb.txt", " \n\n"), write(tmp_path / "rau.jsonl", "[]\n")]
    settings = ExtractionSettings(max_broken_lines=1.0)
    stats = tmp_path / "s.json"
    extract_part(paths, "s", "bundle", "auto", settings, tmp_path / "out.jsonl.zst", stats)
    # Of a broken line something was there, and it is counted.
    assert read_json(stats)["files_without_text"] == {"files": 2, "names": ["gol.txt", "alb.txt"]}
    told = capsys.readouterr().err
    assert f"gpt2ro: {tmp_path}/gol.txt: no text in it\n" in told
    assert f"{tmp_path}/rau.jsonl: no" not in told


def test_of_many_files_without_text_the_first_are_told_and_the_others_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = [write(tmp_path / f"{number:02}.txt", "") for number in range(12)]
    output, stats = tmp_path / "out.jsonl.zst", tmp_path / "s.json"
    extract_part(paths, "s", "bundle", "auto", ExtractionSettings(), output, stats)
    told = capsys.readouterr().err
    assert told.count(": no text in it\n") == 10
    assert "gpt2ro: s/bundle: 2 more files without text\n" in told
    assert read_json(stats)["files_without_text"]["files"] == 12
