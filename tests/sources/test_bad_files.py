"""Files from strangers: damaged, truncated, unreadable, changing; archives that would do harm.

With test_bad_input.py, each row of the table "Bad input" in docs/data.md.
"""

import json
import os
import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from extraction import (
    COMPRESS,
    ROMANIAN,
    SENTENCE,
    SITEINFO,
    archive,
    extract,
    left_out,
    nothing_but,
    page,
    texts,
    write,
)  # fmt: skip

from gpt2ro.documents import ShardWriter
from gpt2ro.errors import UserError
from gpt2ro.sources.input_file import unchanged

# Archives


def special(path: Path, mode: int, target: str = "/etc/passwd") -> Path:
    info = zipfile.ZipInfo("ro/1.xml")
    info.create_system = 3  # Unix
    info.external_attr = (mode | 0o644) << 16
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(info, target)
    return path


@pytest.mark.parametrize("kind", ["LNK", "CHR", "BLK", "IFO", "SOCK"])
@pytest.mark.parametrize("format_name", ["opus-xml", "opus-moses"])
def test_a_member_that_is_a_link_or_a_device_is_refused(
    tmp_path: Path, kind: str, format_name: str
) -> None:
    path = special(tmp_path / "ro.zip", getattr(stat, f"S_IF{kind}"))
    with pytest.raises(UserError, match=r'ro\.zip: member "ro/1\.xml" is a link, a pipe'):
        extract(path, format_name)
    assert nothing_but(path)


def test_members_with_the_mode_of_a_file_and_folders_are_read(tmp_path: Path) -> None:
    path = special(tmp_path / "ro.zip", stat.S_IFREG, f"<text>{SENTENCE}</text>")
    with zipfile.ZipFile(path, "a") as file:
        file.mkdir("ro/empty")
    assert texts(path, "opus-xml") == ["Bună ziua!"]


@pytest.mark.parametrize("name", ["C:\\out.xml", "\\\\server\\out.xml", "ro/../../out.xml"])
def test_a_member_with_a_path_of_windows_or_a_parent_is_refused(tmp_path: Path, name: str) -> None:
    path = archive(tmp_path / "ro.zip", {name: f"<text>{SENTENCE}</text>"})
    with pytest.raises(UserError, match="would leave its folder"):
        extract(path, "opus-xml")


def test_a_member_without_a_name_is_passed_over(tmp_path: Path) -> None:
    path = archive(tmp_path / "ro.zip", {"0.xml": "x", "1.xml": f"<text>{SENTENCE}</text>"})
    path.write_bytes(path.read_bytes().replace(b"0.xml", bytes(5)))  # a name ends at a NUL
    assert texts(path, "opus-xml") == ["Bună ziua!"]


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_damaged_member_is_an_error_whatever_its_compression(tmp_path: Path, method: int) -> None:
    path = tmp_path / "ro.zip"
    with zipfile.ZipFile(path, "w", method) as file:
        file.writestr("1.xml", os.urandom(4000))
    data = bytearray(path.read_bytes())
    data[60:2000] = bytes(1940)
    path.write_bytes(data)
    with pytest.raises(UserError, match=r"ro\.zip: damaged zip archive"):
        extract(path, "opus-xml")
    assert nothing_but(path)


def test_an_archive_without_xml_is_an_error(tmp_path: Path) -> None:
    path = archive(tmp_path / "ro.zip", {"a.txt": "x"})
    with pytest.raises(UserError, match=r"ro\.zip: no member ends in \.xml; expected an archive"):
        extract(path, "opus-xml")


@pytest.mark.parametrize("format_name", ["opus-xml", "opus-moses"])
@pytest.mark.parametrize("share", [0.0, 0.3, 0.97])
def test_a_truncated_zip_is_an_error(tmp_path: Path, format_name: str, share: float) -> None:
    path = archive(tmp_path / "ro.zip", {"1.xml": ROMANIAN, "1.ro": ROMANIAN})
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(UserError, match=r"ro\.zip: damaged zip archive"):
        extract(path, format_name)
    assert nothing_but(path)


# Truncated and damaged files


@pytest.mark.parametrize("kind", COMPRESS)
@pytest.mark.parametrize(
    "format_name", ["oscar-2019", "oscar-jsonl", "jsonl", "opus-text", "mediawiki"]
)
def test_a_truncated_stream_is_an_error_in_every_format(
    tmp_path: Path, kind: str, format_name: str
) -> None:
    lines = [json.dumps({"text": f"{n * n * 7919:x}"}) for n in range(3000)]
    content = SITEINFO + page(1, "Urs", "x") if format_name == "mediawiki" else "\n".join(lines)
    data = COMPRESS[kind](content.encode())
    path = write(tmp_path / f"a.{kind}", data[: int(len(data) * 0.9)])
    with pytest.raises(UserError, match=rf"a\.{kind}: truncated or damaged"):
        extract(path, format_name)
    assert nothing_but(path)


@pytest.mark.parametrize("kind", COMPRESS)
@pytest.mark.parametrize("place", ["beginning", "middle", "cut"])
@pytest.mark.parametrize("number", [1, 2])
def test_damage_in_a_later_stream_is_an_error_and_not_the_end(
    tmp_path: Path, kind: str, place: str, number: int
) -> None:
    streams = [bytearray(COMPRESS[kind](noise(seed).encode())) for seed in range(3)]
    damaged = streams[number]
    match place:
        case "beginning":
            damaged[1] ^= 1
        case "middle":
            damaged[len(damaged) // 2] ^= 1
        case "cut":
            del damaged[2:]
            del streams[number + 1 :]
    path = write(tmp_path / f"a.{kind}", b"".join(streams))
    with pytest.raises(UserError, match=rf"a\.{kind}: truncated or damaged"):
        extract(path, "text")
    assert nothing_but(path)


def noise(seed: int) -> str:
    return "".join(f"{(n + seed) ** 2 * 7919:x} " for n in range(5000))


@pytest.mark.parametrize("kind", COMPRESS)
def test_what_follows_a_compressed_file_and_is_no_stream_is_an_error(
    tmp_path: Path, kind: str
) -> None:
    path = write(tmp_path / f"a.{kind}", COMPRESS[kind](b"unu") + b"altceva, mai lung")
    with pytest.raises(UserError, match=rf"a\.{kind}: truncated or damaged"):
        extract(path, "text")


def test_xz_may_be_padded_with_nuls_by_four(tmp_path: Path) -> None:
    one, two = COMPRESS["xz"](b"unu "), COMPRESS["xz"](b"doi")
    path = tmp_path / "a.xz"
    for padding in (0, 4, 1 << 20):
        write(path, one + bytes(padding) + two + bytes(padding))
        assert texts(path, "text") == ["unu doi"]
    write(path, one + bytes(3) + two)
    with pytest.raises(UserError, match="3 NULs after a stream, expected a multiple of four"):
        extract(path, "text")


def test_json_lines_with_a_broken_line_in_the_middle_lose_only_that(tmp_path: Path) -> None:
    lines = [json.dumps({"text": f"{n}"}) for n in range(101)]
    lines[50] = '{"text": "rupt'
    path = write(tmp_path / "a.jsonl", "\n".join(lines))
    assert texts(path, "jsonl") == [f"{n}" for n in range(101) if n != 50]
    assert left_out(path) == {"broken line": 1}
    with pytest.raises(UserError, match=r"1 of 101 lines .* a share of 0\.005; mend"):
        extract(path, "jsonl", max_broken_lines=0.005)


def test_oscar_lines_without_a_text_are_broken_lines(tmp_path: Path) -> None:
    lines = ['{"content": null, "metadata": {}}', '{"content": 7}', '{"content": "bun"}']
    path = write(tmp_path / "a.jsonl", "\n".join(lines))
    assert texts(path, "oscar-jsonl", max_broken_lines=0.7) == ["bun"]
    with pytest.raises(UserError, match="2 of 3 lines are not JSON documents"):
        extract(path, "oscar-jsonl")


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ({"text": "Articolul.", "content": "rezumat"}, "Articolul."),
        ({"text": "Articolul.", "content": None}, "Articolul."),
        ({"text": "Articolul.", "content": {"a": 1}, "metadata": {"an": 1990}}, "Articolul."),
        ({"content": "Al OSCAR.", "metadata": {}}, "Al OSCAR."),
        ({"content": "Al OSCAR.", "warc_headers": {}}, "Al OSCAR."),
    ],
)
def test_a_field_named_content_does_not_stand_in_for_the_text_column(
    tmp_path: Path, line: dict[str, Any], text: str
) -> None:
    path = write(tmp_path / "a.jsonl", json.dumps(line))
    assert texts(path, "jsonl") == [text]


def test_the_column_that_is_set_is_read_in_every_form(tmp_path: Path) -> None:
    meta = {"warc_headers": {"warc-target-uri": "https://exemplu.ro/"}}
    lines = [
        {"body": "Unu.", "text": "nu", "meta": meta},
        {"body": "Doi.", "content": "nu", "metadata": {}},
        {"text": "Trei.", "meta": meta},
    ]
    path = write(tmp_path / "a.jsonl", "\n".join(map(json.dumps, lines)))
    found = extract(path, "jsonl", text_column="body")
    assert [document.text for document in found] == ["Unu.", "Doi.", "Trei."]
    assert found[0].meta == {"url": "https://exemplu.ro/"}


def test_a_line_whose_content_is_no_text_column_names_its_fields(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", '{"content": "Fără antet.", "id": 1}')
    with pytest.raises(UserError, match='line 1 has no field "text", only content, id; set'):
        extract(path, "jsonl")
    assert texts(path, "oscar-jsonl") == ["Fără antet."]


@pytest.mark.parametrize("fact", [7, "x", [1], True])
def test_facts_of_oscar_that_have_another_type_leave_the_document(
    tmp_path: Path, fact: object
) -> None:
    lines: list[dict[str, Any]] = [
        {"content": "Text.", "metadata": fact, "warc_headers": fact},
        {"content": "Text.", "metadata": {"identification": fact, "annotation": fact}},
    ]
    path = write(tmp_path / "a.jsonl", "\n".join(map(json.dumps, lines)))
    assert [(d.text, d.meta) for d in extract(path, "oscar-jsonl")] == [("Text.", {})] * 2


def test_a_parquet_column_that_is_no_text_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": [1, 2], "body": [b"a", b"b"]}), path)
    with pytest.raises(UserError, match=r'the column "text" is int64, expected strings; set extr'):
        extract(path, "parquet")
    with pytest.raises(UserError, match=r'the column "body" is binary, expected strings'):
        extract(path, "parquet", text_column="body")
    assert nothing_but(path)


def test_parquet_facts_of_another_type_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    table = pa.table({"text": ["Unu"], "title": [b"\xff"], "url": [["u"]], "language_score": [0.5]})
    pq.write_table(table, path)
    (document,) = extract(path, "parquet")
    assert (document.text, document.meta) == ("Unu", {"language_score": 0.5})


def test_parquet_strings_that_are_not_utf_8_are_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    invalid = pa.StringArray.from_buffers(
        1, pa.py_buffer(b"\0\0\0\0\2\0\0\0"), pa.py_buffer(b"\xffa")
    )
    pq.write_table(pa.table({"text": invalid}), path)
    with pytest.raises(UserError, match=r"a\.parquet: truncated or damaged Parquet"):
        extract(path, "parquet")


@pytest.mark.parametrize("share", [0.0, 0.3, 0.99])
def test_truncated_parquet_is_an_error_and_leaves_nothing(tmp_path: Path, share: float) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": [ROMANIAN] * 1000}), path)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(UserError, match=r"a\.parquet: truncated or damaged Parquet"):
        extract(path, "parquet")
    assert nothing_but(path)


# Files that cannot be read, or not to their end as they were


FORMATS = ["text", "oscar-2019", "opus-text", "jsonl", "mediawiki", "opus-xml", "parquet"]


@contextmanager
def as_nobody(folder: Path) -> Iterator[None]:
    """Give up root, whom no permission stops; a folder of root's tests is closed to nobody."""
    if os.geteuid() != 0:
        yield
        return
    folder.chmod(0o777)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.parametrize("format_name", FORMATS)
def test_a_file_that_may_not_be_read_is_named(format_name: str) -> None:
    with TemporaryDirectory() as name:
        path = write(Path(name) / "a.txt", ROMANIAN)
        path.chmod(0)
        with (
            as_nobody(Path(name)),
            pytest.raises(UserError, match=r"a\.txt: cannot be read \(Permission denied\); check"),
        ):
            extract(path, format_name)
        assert nothing_but(path)


@pytest.mark.parametrize("format_name", FORMATS)
@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: None, r"cannot be read \(No such file or directory\)"),
        (Path.mkdir, "not a file; expected a file of text, no folder or device"),
        (os.mkfifo, "not a file; expected a file of text"),
        (lambda path: path.symlink_to("/dev/zero"), "not a file; expected a file of text"),
        (lambda path: path.symlink_to("/proc/self/mem"), r"cannot be read \(Input/output error"),
        (lambda path: path.symlink_to(path), r"cannot be read \(Too many levels of symbolic"),
    ],
    ids=["missing", "a folder", "a pipe", "a device", "a faulty disk", "a loop of links"],
)
def test_what_is_no_file_of_text_is_named(
    tmp_path: Path, format_name: str, make: Callable[[Path], None], message: str
) -> None:
    path = tmp_path / "a.txt"
    make(path)
    with pytest.raises(UserError, match=rf"a\.txt: {message}"):
        extract(path, format_name)
    assert [found.name for found in tmp_path.iterdir()] in ([], ["a.txt"])


def longer(path: Path) -> None:
    with path.open("a") as file:
        file.write("mai mult")


def rewritten(path: Path) -> None:
    before = path.stat()
    path.write_bytes(path.read_bytes())
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + 1))


def replaced(path: Path) -> None:
    before = path.stat()
    other = path.with_name("other")
    other.write_bytes(path.read_bytes())
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(path)


def cut(path: Path) -> None:
    os.truncate(path, 100)


@pytest.mark.parametrize("change", [longer, rewritten, replaced, cut, Path.unlink])
@pytest.mark.parametrize("name", ["a.txt", "a.jsonl", "a.txt.gz", "a.xml", "a.zip", "a.parquet"])
def test_a_file_that_changes_while_it_is_read_is_an_error(
    tmp_path: Path, name: str, change: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, format_name = changing_file(tmp_path, name)
    changed = False
    write_lines = ShardWriter.write_lines

    def change_then_write(shard: ShardWriter, *lines: Any) -> None:
        # The first text is read, and the file is not at its end.
        nonlocal changed
        if not changed:
            changed = True
            change(path)
        write_lines(shard, *lines)

    monkeypatch.setattr(ShardWriter, "write_lines", change_then_write)
    with pytest.raises(UserError, match=rf"{name}: changed while it was read; expected"):
        extract(path, format_name)
    assert changed
    assert nothing_but(path) or not path.exists()


def changing_file(folder: Path, name: str) -> tuple[Path, str]:
    path = folder / name
    lines = [json.dumps({"text": f"{n * n * 7919:x} " * 40}) for n in range(9000)]
    match path.suffix:
        case ".parquet":
            pq.write_table(pa.table({"text": lines}), path, row_group_size=500)
            return path, "parquet"
        case ".zip":
            text = f"<text>{SENTENCE}</text>"
            return archive(path, {f"{n}.xml": text for n in range(500)}), "opus-xml"
        case ".xml":
            pages = "".join(page(n, f"Urs {n}", ROMANIAN) for n in range(3000))
            return write(path, f"{SITEINFO}{pages}</mediawiki>"), "mediawiki"
        case ".gz":
            return write(path, COMPRESS["gz"]("\n".join(lines).encode())), "opus-text"
        case ".jsonl":
            return write(path, "\n".join(lines)), "jsonl"
    return write(path, "\n".join(lines)), "text"


def test_a_change_is_told_instead_of_the_fault_that_it_made(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", "unu")
    with pytest.raises(UserError, match=r"a\.txt: changed while"), unchanged(path):
        longer(path)
    with pytest.raises(UserError, match=r"a\.txt: changed while"), unchanged(path):
        longer(path)
        raise UserError("another fault, which the change explains")
    with pytest.raises(UserError, match="a fault of its own"), unchanged(path):
        raise UserError("a fault of its own")
