"""The catalogue: what is in it, what it becomes, and how its faults are told."""

import errno
import os
import re
from pathlib import Path

import pytest

from gpt2ro.errors import UserError
from gpt2ro.sources.catalogue import RESERVED_SOURCES, folder_source, load_catalogue, safe_name
from gpt2ro.sources.formats import FORMATS, format_of

ROOT = Path(__file__).resolve().parents[2]


def catalogue(tmp_path: Path, text: str):
    path = tmp_path / "sources.yaml"
    path.write_text(text)
    return load_catalogue(path)


def test_the_shipped_catalogue_is_valid_and_its_addresses_are_complete() -> None:
    sources = load_catalogue(ROOT / "config" / "sources.yaml")
    assert {"wikipedia", "oscar-2301", "fineweb-2", "hplt-3", "opus-europarl"} <= set(sources)
    for source in sources.values():
        if "local" not in source.entry:
            for part in source.parts(ROOT):
                assert part.format in FORMATS
                assert (part.url or "").startswith("https://") or part.hub_file


def test_the_example_of_a_users_own_entry_is_one(tmp_path: Path) -> None:
    shipped = (ROOT / "config" / "sources.yaml").read_text()
    lines = re.search(r"(?m)(^#     ?.*\n)+(?=\n# The embedded demo)", shipped)
    assert lines
    example = re.sub("(?m)^#     ", "", lines[0]).replace("/where/they/are", str(tmp_path))
    (tmp_path / "a.jsonl").write_text('{"body": "Bună ziua."}\n')
    (source,) = catalogue(tmp_path, example).values()
    assert [part.name for part in source.parts(tmp_path)] == ["a.jsonl"]
    assert source.entry["text_column"] == "body"


def test_a_source_may_lie_in_the_users_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "a.txt").write_text("Bună ziua.")
    entry = "mine: {title: M, format: auto, licence: ours, local: [~/a.txt]}"
    (part,) = catalogue(tmp_path, entry)["mine"].parts(Path())
    assert part.paths == (tmp_path / "a.txt",)


def test_crawled_sources_are_known_as_such() -> None:
    catalogue = load_catalogue(ROOT / "config" / "sources.yaml")
    web = {name for name, source in catalogue.items() if source.web}
    assert {"oscar-2019", "oscar-2301", "fineweb-2", "hplt-3", "culturax"} <= web
    assert not web & {"wikipedia", "opus-europarl", "demo-opus"}


def test_a_source_says_in_which_column_its_text_is(tmp_path: Path) -> None:
    entries = catalogue(
        tmp_path,
        "a: {title: A, format: csv, licence: x, local: [a.csv], text_column: articol}\n"
        "b: {title: B, format: csv, licence: x, local: [b.csv]}",
    )
    assert entries["a"].extraction == {"text_column": "articol"}
    assert entries["b"].extraction == {}


def test_numbers_run_over_the_parts(tmp_path: Path) -> None:
    entry = (
        "a: {title: A, format: jsonl, licence: x, files: "
        "[{url: 'https://x.invalid/p_{n}.jsonl', numbers: '08-11'}]}"
    )
    parts = catalogue(tmp_path, entry)["a"].parts(tmp_path)
    assert [part.name for part in parts] == [f"p_{n}.jsonl" for n in ("08", "09", "10", "11")]
    assert parts[0].download_flags() == "--url=https://x.invalid/p_08.jsonl"


def test_numbers_that_run_backwards_are_told(tmp_path: Path) -> None:
    entry = (
        "a: {title: A, format: jsonl, licence: x, files: "
        "[{url: 'https://x.invalid/p_{n}.jsonl', numbers: '12-1'}]}"
    )
    with pytest.raises(UserError, match='source "a": numbers is "12-1", which has no number in it'):
        catalogue(tmp_path, entry)["a"].parts(tmp_path)


@pytest.mark.parametrize("url", ["ftp://x.invalid/a.txt", "x.invalid/a.txt", "file:///a.txt"])
def test_an_address_that_no_download_takes_is_told(tmp_path: Path, url: str) -> None:
    entry = f"a: {{title: A, format: text, licence: x, files: [{{url: '{url}'}}]}}"
    with pytest.raises(UserError, match=r"url is '.*a\.txt'; expected an http or https address"):
        catalogue(tmp_path, entry)


def test_a_pattern_that_is_none_is_told(tmp_path: Path) -> None:
    entry = "a: {title: A, format: text, licence: x, local: ['a**b']}"
    with pytest.raises(
        UserError, match=r"a\*\*b: not a pattern of files .*; write \*\* as a folder"
    ):
        catalogue(tmp_path, entry)["a"].parts(tmp_path)


def test_the_query_of_an_address_is_no_part_of_the_name(tmp_path: Path) -> None:
    entry = "a: {title: A, format: text, licence: x, files: [{url: 'https://x.invalid/a.txt?b=1'}]}"
    (part,) = catalogue(tmp_path, entry)["a"].parts(tmp_path)
    assert part.name == "a.txt"


def test_a_hub_part_carries_its_repository(tmp_path: Path) -> None:
    entry = (
        "a: {title: A, format: parquet, licence: x, files: [{path: d/0.parquet}], "
        "huggingface: {repository: o/n, revision: abc, gated: true}}"
    )
    (part,) = catalogue(tmp_path, entry)["a"].parts(tmp_path)
    flags = "--hub-repository=o/n --hub-revision=abc --hub-file=d/0.parquet --gated"
    assert part.download_flags() == flags


def test_local_files_are_found_by_pattern_and_in_folders(tmp_path: Path) -> None:
    for name in ("t/b.txt", "t/a.txt", "t/sub/c.txt", "t/.hidden.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).write_text("x")
    entry = "a: {{title: A, format: text, licence: x, local: ['{}']}}"
    by_pattern = catalogue(tmp_path, entry.format("t/*.txt"))["a"].parts(tmp_path)
    assert [part.name for part in by_pattern] == ["a.txt", "b.txt"]
    in_folder = catalogue(tmp_path, entry.format("t"))["a"].parts(tmp_path)
    assert [part.name for part in in_folder] == ["a.txt", "b.txt", "sub_c.txt"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: {title: A, format: text}", 'sources.yaml: key "a.licence" is missing; set it.'),
        ("a: {title: A, format: txt, licence: x}", "a.format is 'txt'; allowed: mediawiki,"),
        (
            "a: {titel: A, format: text, licence: x, title: b}",
            'unknown key "a.titel"; did you mean',
        ),
    ],
)
def test_a_fault_names_source_and_key(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UserError) as error:
        catalogue(tmp_path, text)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("", 'source "a": neither local nor files; say where it is.'),
        (", files: [{part: b}]", "a file has no url; name its address."),
        (", files: [{path: b/c.txt}]", "a file has no url; name its address."),
        (
            ", huggingface: {repository: o/n, revision: main}, files: [{url: 'https://x.invalid/a'}]",
            "a file has no path; name that in the data set.",
        ),
    ],
)
def test_a_source_that_is_nowhere_is_told(tmp_path: Path, entry: str, message: str) -> None:
    text = f"a: {{title: A, format: text, licence: x{entry}}}"
    with pytest.raises(UserError) as error:
        catalogue(tmp_path, text)["a"].parts(tmp_path)
    assert message in str(error.value)


def test_a_name_of_a_source_that_no_path_can_have_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"a name is 'my text'; expected ASCII letters, digits and"):
        catalogue(tmp_path, "my text: {title: A, format: text, licence: x, local: [a]}")


@pytest.mark.parametrize("name", ["..", ".", ".a", "-a"])
def test_a_name_that_leads_out_of_the_results_or_is_a_flag_is_told(
    tmp_path: Path, name: str
) -> None:
    fault = r"is '.*'; expected ASCII letters, digits and \. _ - only, the first no \. and no -"
    with pytest.raises(UserError, match=f"a name {fault}"):
        catalogue(tmp_path, f'"{name}": {{title: A, format: text, licence: x, local: [a]}}')
    entry = f"files: [{{url: 'https://x.invalid/a.txt', part: '{name}'}}]"
    with pytest.raises(UserError, match=rf"a\.files\.0\.part {fault}"):
        catalogue(tmp_path, f"a: {{title: A, format: text, licence: x, {entry}}}")


@pytest.mark.parametrize("name", ["index.bin", "index.json"])
def test_a_source_is_not_named_as_a_file_beside_the_sources(tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError, match=rf'a source is named "{name}", as a file of .*rename it'):
        catalogue(tmp_path, f"{name}: {{title: A, format: text, licence: x, local: [a]}}")


def test_the_rules_name_no_other_file_beside_the_folders_of_the_sources() -> None:
    text = "\n".join(path.read_text() for path in (ROOT / "workflow" / "rules").glob("*.smk"))
    steps = set(re.findall(r"\{RESULTS\}/([\w/{}]+)/\{SHARD\}", text))
    beside = set(re.findall(r"\{RESULTS\}/([\w/{}]+)/([\w.]+)[\"' ]", text))
    assert {name for step, name in beside if step in steps} == set(RESERVED_SOURCES)


@pytest.mark.parametrize("name", ["b.dropped", "b.txt.provenance.json"])
def test_a_part_is_not_named_as_a_file_beside_a_part(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("x")
    for place in (f"local: ['{name}']", f"files: [{{url: 'https://x.invalid/{name}'}}]"):
        source = catalogue(tmp_path, f"a: {{title: A, format: text, licence: x, {place}}}")["a"]
        with pytest.raises(UserError, match=rf'source "a": a part is named "{name}" \(.*rename it'):
            source.parts(tmp_path)


def test_a_local_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    entry = "a: {title: A, format: text, licence: x, local: [none.txt]}"
    with pytest.raises(UserError, match=r'source "a": nothing found at none\.txt'):
        catalogue(tmp_path, entry)["a"].parts(tmp_path)


def test_a_folder_without_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    entry = "a: {title: A, format: text, licence: x, local: [mine]}"
    with pytest.raises(UserError, match=r'source "a": no file in the folder mine; put text there'):
        catalogue(tmp_path, entry)["a"].parts(tmp_path)


def test_parts_of_one_name_are_told(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "c.txt").write_text("x")
    entry = "a: {title: A, format: text, licence: x, local: [a, b]}"
    with pytest.raises(UserError, match=r'two parts are named "c\.txt"'):
        catalogue(tmp_path, entry)["a"].parts(tmp_path)


def test_files_whose_names_differ_in_what_is_not_safe_are_parts_of_their_own(
    tmp_path: Path,
) -> None:
    for name in ("a b.txt", "a_b.txt", "текст.txt", "книга.txt", "Cine?.txt", "Cine? 2.txt"):
        (tmp_path / name).write_text("x")
    found = {part.paths[0].name: part.name for part in folder_source(tmp_path).parts(Path())}
    assert found["a_b.txt"] == "a_b.txt"
    assert found["a b.txt"] == "a_b.txt-2d4d671d"
    assert found["Cine?.txt"] == "Cine_.txt"
    assert len(set(found.values())) == len(found) == 6


def test_a_folder_that_may_not_be_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.txt").write_text("x")
    (tmp_path / "closed").mkdir()
    scandir = os.scandir

    def refused(path: str) -> object:
        if Path(path).name == "closed":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return scandir(path)

    # Permissions themselves do not stop a test that is run by root.
    monkeypatch.setattr("os.scandir", refused)
    with pytest.raises(UserError, match=r"closed: cannot be read \(Permission denied\)"):
        folder_source(tmp_path).parts(Path())


def test_links_to_files_are_read_and_all_others_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "texts"
    (folder / "sub").mkdir(parents=True)
    (tmp_path / "elsewhere.txt").write_text("x")
    (folder / "a.txt").symlink_to(tmp_path / "elsewhere.txt")
    (folder / "b.txt").symlink_to(tmp_path / "none.txt")
    (folder / "sub" / "loop").symlink_to(folder)
    assert [part.name for part in folder_source(folder).parts(Path())] == ["a.txt"]
    told = capsys.readouterr().err
    assert "b.txt: left out, not a readable file" in told
    assert "loop: left out, a link to a folder" in told


def test_a_users_folder_takes_what_is_text_and_says_what_is_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("a.txt.xz", "b.md", "c.jpg", "d.tar.gz", "e.tgz"):
        (tmp_path / name).write_text("x")
    assert [part.name for part in folder_source(tmp_path).parts(Path())] == ["a.txt.xz", "b.md"]
    told = capsys.readouterr().err
    assert "c.jpg: left out, not a known kind of text" in told
    assert "d.tar.gz: left out, an archive; unpack it" in told
    assert "e.tgz: left out, an archive; unpack it" in told


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("carte.PDF", "convert it: pdftotext"),
        ("scrisoare.docx", "convert it: pandoc --wrap=none -t plain"),
        ("pagina.html", "convert it: pandoc --wrap=none -t plain"),
        ("c4-train.00000.json.gz", "with an object a line, name it .jsonl"),
    ],
)
def test_a_file_left_out_that_can_be_made_text_is_told_with_how(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, remedy: str
) -> None:
    (tmp_path / name).write_text("x")
    assert folder_source(tmp_path).parts(Path()) == []
    told = capsys.readouterr().err
    assert f"{name}: left out, not a known kind of text; {remedy}\n" in told


def test_of_many_files_left_out_the_first_are_named_and_the_others_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(300):
        (tmp_path / f"{number:03}.jpg").write_text("x")
    assert folder_source(tmp_path).parts(Path()) == []
    *named, counted = capsys.readouterr().err.splitlines()
    assert len(named) == 10
    assert named[9].endswith("009.jpg: left out, not a known kind of text")
    assert counted == f"gpt2ro: {tmp_path}: 290 more files left out"


def test_a_corpus_that_is_no_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="not a folder; name the folder of your text"):
        folder_source(tmp_path / "none")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("rowiki-latest-pages-articles.xml.bz2", "mediawiki"),
        ("rowiki-20261101-pages-articles1.xml-p1p30302.bz2", "mediawiki"),
        ("ro_part_3.txt.gz", "oscar-2019"),
        ("ro_meta_part_1.jsonl.zst", "jsonl"),
        ("carte.TXT.xz", "text"),
        ("README.md", "text"),
        ("en-ro.txt.zip", "opus-moses"),
        ("ro.zip", "opus-xml"),
        ("0000.parquet", "parquet"),
        ("poza.png", None),
    ],
)
def test_a_format_is_known_by_the_name(name: str, expected: str | None) -> None:
    assert format_of(Path(name)) == expected


def test_a_name_becomes_safe_for_the_file_system() -> None:
    assert safe_name("a/b c?.txt") == "a_b_c_.txt"
    assert safe_name("../up") == "_up"
    assert safe_name("-v.txt") == "v.txt"


def test_long_names_become_short_and_stay_apart(tmp_path: Path) -> None:
    folder = tmp_path / ("nume" * 30) / ("lung" * 30)
    folder.mkdir(parents=True)
    for name in "ab":
        (folder / f"{name}.txt").write_text("Acasă.")
    first, second = (part.name for part in folder_source(tmp_path).parts(tmp_path))
    assert len(first) == len(second) == 200
    assert first != second
    (folder / "b.txt").unlink()
    assert [part.name for part in folder_source(tmp_path).parts(tmp_path)] == [first]
