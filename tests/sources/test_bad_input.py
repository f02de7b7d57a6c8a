"""Text from strangers: endless lines, other encodings, deep nesting, bombs.

With test_bad_files.py, each row of the table "Bad input" in docs/data.md.
"""

import json
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from xml.sax.saxutils import escape

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from extraction import (
    COMPRESS,
    ROMANIAN,
    SENTENCE,
    SITEINFO,
    archive,
    dump,
    extract,
    left_out,
    nothing_but,
    page,
    texts,
    write,
)  # fmt: skip

from gpt2ro.cleaning.repairs import repaired, repairs
from gpt2ro.cleaning.settings import CleaningSettings
from gpt2ro.errors import UserError
from gpt2ro.sources.archive import members
from gpt2ro.sources.input_file import Position
from gpt2ro.sources.readers.parquet import read_parquet
from gpt2ro.sources.settings import ExtractionSettings
from gpt2ro.sources.text import MAX_BLANK_LINES, file_lines, whole_text

# Long lines, blank lines


def test_a_line_of_a_megabyte_stays_one_document(tmp_path: Path) -> None:
    line = "cuvânt " * 150_000 + "gata"
    path = write(tmp_path / "a.txt", f"{line}\nscurt\n")
    assert texts(path, "text") == [line, "scurt"]
    path = write(tmp_path / "a.jsonl", json.dumps({"text": line}))
    assert texts(path, "jsonl") == [line]


@pytest.mark.parametrize("format_name", ["text", "oscar-2019", "opus-text", "jsonl"])
def test_a_line_beyond_the_limit_is_an_error(
    tmp_path: Path, format_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gpt2ro.sources.text.MAX_LINE_BYTES", 2 << 20)
    path = write(tmp_path / "a.txt", "scurt\n" + "x" * (4 << 20))
    with pytest.raises(UserError, match=r"a\.txt: line 2 is over 2 MiB long, expected lines of"):
        extract(path, format_name)
    assert nothing_but(path)


@pytest.mark.parametrize("ending", ["\n", "\r\n", "  \n"])
@pytest.mark.parametrize("format_name", ["text", "oscar-2019", "opus-text", "jsonl"])
def test_millions_of_blank_lines_are_no_document(
    tmp_path: Path, format_name: str, ending: str
) -> None:
    path = write(tmp_path / "a.txt", ending * 1_000_000)
    assert texts(path, format_name) == []


@pytest.mark.parametrize("count", [MAX_BLANK_LINES, MAX_BLANK_LINES + 1, 3_000_000])
def test_of_many_blank_lines_a_hundred_stay_and_the_numbers_go_on(
    tmp_path: Path, count: int
) -> None:
    path = write(tmp_path / "a.txt", "unu\n" + "\n" * count + "doi\ntrei")
    found = list(file_lines(path, 1))
    assert [line for _, line in found] == [b"unu", *[b""] * 100, b"doi", b"trei"]
    assert [number for number, _ in found[-2:]] == [count + 2, count + 3]


def test_a_line_that_begins_among_blank_ones_is_whole(tmp_path: Path) -> None:
    blocks = b"\n" * (1 << 20) + b" " * (1 << 20) + b"\n" + b" " * (1 << 20) + "țară\n".encode()
    path = write(tmp_path / "a.txt", blocks)
    assert list(file_lines(path, 1))[-1] == ((1 << 20) + 2, b" " * (1 << 20) + "țară".encode())


# Encodings


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("encoding", ["utf-16le", "utf-16be"])
@pytest.mark.parametrize("replace", ["error", "replace"])
@pytest.mark.parametrize("format_name", ["text", "oscar-2019", "opus-text", "jsonl"])
def test_utf_16_is_told_with_the_command_that_converts_it(
    tmp_path: Path, format_name: str, encoding: str, mark: str, replace: str
) -> None:
    path = write(tmp_path / "a.txt", (mark + ROMANIAN).encode(encoding))
    with pytest.raises(UserError, match=f"a.txt: written as .*iconv -f {encoding} -t utf-8"):
        extract(path, format_name, invalid_utf8=replace)
    with pytest.raises(UserError, match=f"iconv -f {encoding}"):
        whole_text(path)
    path.unlink()
    path = archive(tmp_path / "ro.zip", {"a.ro": (mark + ROMANIAN).encode(encoding)})
    with pytest.raises(UserError, match=rf"ro\.zip: a\.ro: written as .*iconv -f {encoding}"):
        extract(path, "opus-moses", invalid_utf8=replace)
    assert nothing_but(path)


@pytest.mark.parametrize("encoding", ["utf-32le", "utf-32be"])
def test_utf_32_with_its_mark_is_told_as_such(tmp_path: Path, encoding: str) -> None:
    path = write(tmp_path / "a.txt", ("\ufeff" + ROMANIAN).encode(encoding))
    fault = (
        f"a.txt: written as {encoding.upper()}, expected UTF-8; convert it: iconv -f {encoding} "
        f"-t utf-8 {path} > NEW"
    )
    with pytest.raises(UserError, match=fault):
        extract(path, "text")


@pytest.mark.parametrize("kind", [None, *COMPRESS])
def test_the_command_that_converts_a_file_does(tmp_path: Path, kind: str | None) -> None:
    program = {"gz": "gzip", "bz2": "bzip2", "xz": "xz", "zst": "zstd"}.get(kind or "", "iconv")
    if not shutil.which(program) or not shutil.which("iconv"):
        pytest.skip(f"no {program} here")
    data = ROMANIAN.encode("utf-16le")
    path = write(tmp_path / "cartea 'mea'.txt", COMPRESS[kind](data) if kind else data)
    with pytest.raises(UserError) as error:
        extract(path, "text")
    command = str(error.value).partition("convert it: ")[2].removesuffix(".")
    subprocess.run(command, shell=True, cwd=tmp_path, check=True)
    assert (tmp_path / "NEW").read_text(encoding="utf-8") == ROMANIAN


def test_the_command_for_a_line_names_its_file_and_for_a_member_of_an_archive_none(
    tmp_path: Path,
) -> None:
    path = write(tmp_path / "a: line 2.txt", b"bun\nr\xe3u\n")
    with pytest.raises(UserError) as error:
        extract(path, "text")
    assert f"iconv -f windows-1250 -t utf-8 '{path}' > NEW), or set" in str(error.value)
    path = archive(tmp_path / "ro.zip", {"a.ro": b"r\xe3u\n"})
    with pytest.raises(UserError, match=r"iconv -f windows-1250 -t utf-8\), or set"):
        extract(path, "opus-moses")


@pytest.mark.parametrize("data", [bytes(5000), ROMANIAN.encode("utf-32le")])
def test_a_file_of_nuls_is_no_text(tmp_path: Path, data: bytes) -> None:
    path = write(tmp_path / "a.txt", data)
    with pytest.raises(UserError, match=r"a\.txt: [\d,]+ of the first [\d,]+ bytes are NUL, which"):
        extract(path, "text")


def test_nuls_behind_a_text_as_a_crash_leaves_them_are_an_error(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", ROMANIAN.encode() * 2000 + bytes(1 << 20))
    with pytest.raises(UserError, match=r"a\.txt: [\d,]+ of [\d,]+ bytes in a row are NUL, which"):
        extract(path, "text")
    assert nothing_but(path)


def test_nuls_in_a_text_stay_until_it_is_cleaned(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", "o \x00casă\x00 mare")
    (text,) = texts(path, "text")
    assert text == "o \x00casă\x00 mare"
    assert repaired(text, repairs(CleaningSettings()))[0] == "o casă mare"


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (r'{"text": "a\ud800b"}', "a\ufffdb"),
        (r'{"text": "a\udc00"}', "a\ufffd"),
        (r'{"text": "\ud83d\ude00 \ude00\ud83d"}', "😀 \ufffd\ufffd"),
    ],
)
def test_lone_surrogates_become_replacement_characters_and_pairs_their_character(
    tmp_path: Path, line: str, text: str
) -> None:
    assert texts(write(tmp_path / "a.jsonl", line), "jsonl") == [text]


def test_a_byte_order_mark_does_not_break_the_first_json_line(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", '\ufeff{"text": "unu"}\n{"text": "doi"}')
    assert texts(path, "jsonl") == ["unu", "doi"]


# Nesting


@pytest.mark.parametrize("deep", ["[" * 100_000, '{"a":' * 100_000, '{"text": ' + "[" * 100_000])
def test_json_100_000_deep_is_a_broken_line(tmp_path: Path, deep: str) -> None:
    closed = deep + "1" + "".join({"[": "]", "{": "}"}.get(c, "") for c in reversed(deep))
    path = write(tmp_path / "a.jsonl", f'{deep}\n{closed}\n{{"text": "a"}}')
    assert texts(path, "jsonl", max_broken_lines=0.7) == ["a"]
    assert left_out(path) == {"broken line": 2}


def test_facts_of_a_wrong_type_or_too_deep_are_left_out(tmp_path: Path) -> None:
    deep = "[" * 900 + "]" * 900
    line = (
        f'{{"content": "Text.", "warc_headers": {{"warc-target-uri": {deep}}}, "metadata": '
        f'{{"identification": {{"prob": {"9" * 40}}}, "quality_warnings": [{deep}]}}}}'
    )
    (document,) = extract(write(tmp_path / "a.jsonl", line), "oscar-jsonl")
    assert (document.text, document.meta) == ("Text.", {})


def test_a_wiki_dump_100_000_deep_is_read_to_its_end(tmp_path: Path) -> None:
    deep = "<a>" * 100_000 + "x" + "</a>" * 100_000
    path = dump(tmp_path / "w.xml.bz2", deep, page(1, "Urs", "Ursul."), f"<page>{deep}</page>")
    assert [document.meta["title"] for document in extract(path, "mediawiki")] == ["Urs"]


@pytest.mark.parametrize("hostile", ["{{", "{{a|", "[[", "[[a: b", "{|\n", "==", "== a ", "<ref>"])
def test_a_wiki_page_of_nothing_but_beginnings_takes_no_other_with_it(
    tmp_path: Path, hostile: str
) -> None:
    path = dump(
        tmp_path / "w.xml.bz2",
        page(1, "Urs", escape(hostile * 50_000)),
        page(2, "Lup", "Lupul e aici."),
    )
    assert "Lupul e aici." in texts(path, "mediawiki")


def test_opus_xml_100_000_deep_is_read_and_a_nested_sentence_is_part_of_the_outer(
    tmp_path: Path,
) -> None:
    deep = "<p>" * 100_000 + SENTENCE + "</p>" * 100_000
    nested = "<s>a " * 100_000 + "</s>" * 100_000
    path = archive(tmp_path / "ro.zip", {"1.xml": deep, "2.xml": f"<text>{nested}</text>"})
    first, second = texts(path, "opus-xml")
    assert first == "Bună ziua!"
    assert second == "a " * 99_999 + "a"


# Bombs


@pytest.mark.parametrize("kind", COMPRESS)
@pytest.mark.parametrize("format_name", ["text", "jsonl", "mediawiki", "opus-text"])
def test_a_bomb_is_stopped_in_every_format_at_the_limit_that_is_set(
    tmp_path: Path, kind: str, format_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gpt2ro.sources.compression.FREE_EXPANSION", 1 << 20)
    head = SITEINFO if format_name == "mediawiki" else ""
    path = write(tmp_path / "bomb", COMPRESS[kind](head.encode() + b"a" * (2 << 20)))
    with pytest.raises(UserError, match=r"bomb: .*allowed are 50 times as many.*max_expansion"):
        extract(path, format_name, max_expansion=50)
    assert nothing_but(path)


def test_members_that_are_small_one_by_one_are_a_bomb_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gpt2ro.sources.archive.FREE_EXPANSION", 1 << 20)
    path = archive(tmp_path / "ro.zip", {f"{n:02d}.xml": "a" * 100_000 for n in range(30)})
    with pytest.raises(UserError, match=r"expands to over 9 times its size at 10\.xml"):
        for _, content in members(path, max_expansion=9):
            list(content)


def test_a_parquet_bomb_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gpt2ro.sources.readers.parquet.FREE_EXPANSION", 1 << 20)
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": ["a" * 10_000] * 5_000}), path)
    with pytest.raises(UserError, match=r"a\.parquet: .*allowed are 50 times as many.*max_expans"):
        extract(path, "parquet", max_expansion=50)
    assert nothing_but(path)
    assert len(texts(path, "parquet", max_expansion=100_000)) == 5_000


def rows_before_the_error(path: Path) -> int:
    rows = 0
    with pytest.raises(UserError, match=r"a\.parquet: .* bytes of text out of .*max_expansion"):
        for _ in read_parquet(path, ExtractionSettings(), Counter(), Position([path])):
            rows += 1
    return rows


@pytest.mark.parametrize("as_dictionary", [True, False])
def test_rows_of_one_large_text_are_a_bomb_after_few_of_them(
    tmp_path: Path, as_dictionary: bool
) -> None:
    # 1,000 rows are 4 GB of text, said by a dictionary of one entry.
    path = tmp_path / "a.parquet"
    large = pa.DictionaryArray.from_arrays(pa.array([0] * 1_000, pa.int32()), ["a" * (4 << 20)])
    pq.write_table(pa.table({"text": large}), path, store_schema=as_dictionary)
    assert rows_before_the_error(path) <= 32


def test_a_parquet_file_that_declares_its_expansion_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gpt2ro.sources.readers.parquet.FREE_EXPANSION", 1 << 20)
    path = tmp_path / "a.parquet"
    rows = [f"{number} " + "a" * 10_000 for number in range(1_000)]
    pq.write_table(pa.table({"text": rows}), path, compression="zstd", use_dictionary=False)
    assert rows_before_the_error(path) == 0
