"""Many small files become few parts."""

import gzip
import os
from pathlib import Path

import pytest

from gpt2ro.documents import read_documents
from gpt2ro.errors import UserError
from gpt2ro.sources import bundles, extract
from gpt2ro.sources.catalogue import folder_source
from gpt2ro.sources.extract import extract_part, told_apart
from gpt2ro.sources.part import Part
from gpt2ro.sources.settings import ExtractionSettings


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Eight files of 100 bytes; more than four are bundled, by 200 bytes."""
    monkeypatch.setattr(bundles, "MAX_SINGLE_FILES", 4)
    monkeypatch.setattr(bundles, "BUNDLE_BYTES", 200)
    for number in range(8):
        (tmp_path / f"{number}.txt").write_text(f"{number}" * 100)
    return tmp_path


def parts(folder: Path) -> list[Part]:
    return folder_source(folder).parts(Path())


def names(part: Part) -> set[str]:
    return {path.name for path in part.paths}


def test_every_file_is_in_one_bundle(folder: Path) -> None:
    found = parts(folder)
    assert all(part.name.endswith("_of_4") for part in found)
    assert sorted(name for part in found for name in names(part)) == [f"{n}.txt" for n in range(8)]


def test_few_files_stay_parts_of_their_own(folder: Path) -> None:
    for number in range(4, 8):
        (folder / f"{number}.txt").unlink()
    assert [part.name for part in parts(folder)] == ["0.txt", "1.txt", "2.txt", "3.txt"]


def test_a_large_file_stays_a_part_of_its_own(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundles, "SMALL_BYTES", 150)
    (folder / "carte.txt").write_text("x" * 150)
    single = [part for part in parts(folder) if len(part.paths) == 1 and "bundle" not in part.name]
    assert [part.name for part in single] == ["carte.txt"]


def test_a_compressed_file_counts_as_the_text_inside(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundles, "SMALL_BYTES", 150)
    (folder / "carte.txt.gz").write_bytes(gzip.compress(bytes(range(60))))
    assert (folder / "carte.txt.gz").stat().st_size < 150
    assert "carte.txt.gz" in [part.name for part in parts(folder)]


def test_seventeen_small_files_are_one_part_beside_the_large_one(tmp_path: Path) -> None:
    sizes = {f"{number}.txt.xz": 400_000 for number in range(17)} | {"romane.txt.xz": 10_000_000}
    for name, size in sizes.items():
        with (tmp_path / name).open("wb") as file:
            file.truncate(size)
    assert [part.name for part in parts(tmp_path)] == ["bundle_1_of_1", "romane.txt.xz"]


def test_a_new_file_changes_one_bundle(folder: Path) -> None:
    before = {part.name: names(part) for part in parts(folder)}
    (folder / "8.txt").write_text("")
    after = {part.name: names(part) for part in parts(folder)}
    assert sum(after[name] != before.get(name) for name in after) == 1


def test_there_are_never_more_bundles_than_allowed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundles, "MAX_BUNDLES", 2)
    assert {part.name for part in parts(folder)} <= {"bundle_1_of_2", "bundle_2_of_2"}


def test_the_names_of_a_bundle_are_no_more_than_a_command_takes(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundles, "BUNDLE_BYTES", 1_000_000)
    assert len(parts(folder)) == 1
    monkeypatch.setattr(bundles, "MAX_ARGUMENT_BYTES", 4 * len(str(folder / "0.txt")))
    assert {part.name.rpartition("_")[2] for part in parts(folder)} == {"4"}


def test_documents_of_a_bundle_say_which_file_they_come_from(folder: Path) -> None:
    paths = [folder / "0.txt", folder / "1.txt"]
    output, stats = folder / "out.zst", folder / "out.json"
    extract_part(paths, "s", "p", "auto", ExtractionSettings(), output, stats)
    found = [(document.id, document.meta) for document in read_documents(output)]
    assert found == [("s/p/0", {"file": "0.txt"}), ("s/p/1", {"file": "1.txt"})]


def test_files_of_one_name_in_several_folders_are_told_apart(tmp_path: Path) -> None:
    paths = [tmp_path / year / "ziar.txt" for year in ("2019", "2020")]
    for path in paths:
        path.parent.mkdir()
        path.write_text(f"Anul {path.parent.name}.")
    output, stats = tmp_path / "out.zst", tmp_path / "out.json"
    extract_part(paths, "s", "p", "auto", ExtractionSettings(), output, stats)
    found = [document.meta["file"] for document in read_documents(output)]
    assert found == ["2019/ziar.txt", "2020/ziar.txt"]


def test_a_name_has_no_more_folders_than_tell_it_apart() -> None:
    paths = ["/a/x/1.txt", "b/x/1.txt", "b/y/1.txt", "/a/x/2.txt", "1.txt"]
    assert told_apart([Path(path) for path in paths]) == [
        *("a/x/1.txt", "b/x/1.txt", "y/1.txt", "2.txt", "1.txt"),
    ]
    assert told_apart([Path("/a.txt"), Path("a.txt")])[1] == "a.txt"


def test_a_name_that_is_not_utf_8_is_written_as_far_as_it_is(tmp_path: Path) -> None:
    paths = [tmp_path / os.fsdecode(b"\xfe\xe3ri.txt"), tmp_path / "b.txt"]
    for path in paths:
        path.write_text("Un text.")
    output, stats = tmp_path / "out.zst", tmp_path / "out.json"
    extract_part(paths, "s", "p", "auto", ExtractionSettings(), output, stats)
    files = [document.meta["file"] for document in read_documents(output)]
    assert files == ["\ufffd\ufffdri.txt", "b.txt"]


@pytest.mark.parametrize(("limit", "told"), [(30, "all"), (2, "the first 2")])
def test_all_files_of_a_bundle_that_cannot_be_read_are_told(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    limit: int,
    told: str,
) -> None:
    monkeypatch.setattr(extract, "FAULTS_TOLD", limit)
    bad = [folder / f"{number}.txt" for number in (1, 4, 6)]
    for path in bad:
        path.write_bytes(b"\xfe\xe3ri")
    paths = [folder / f"{number}.txt" for number in range(8)]
    output, stats = folder / "out.zst", folder / "out.json"
    with pytest.raises(UserError) as error:
        extract_part(paths, "s", "p", "auto", ExtractionSettings(), output, stats)
    lines = capsys.readouterr().err.splitlines()
    faults = [line.removeprefix("gpt2ro: ") for line in lines if line.startswith("gpt2ro: ")]
    assert [fault.split(":")[0] for fault in faults] == [str(path) for path in bad[:limit]]
    assert str(error.value) == f"{faults[0]} 3 of 8 files failed, {told} told above."
    assert not output.exists() and not stats.exists()
