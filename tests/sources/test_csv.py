"""CSV and TSV as programs for tables and databases write them."""

import csv
import gzip
import io
from pathlib import Path

import pytest
from extraction import extract, left_out, nothing_but, texts, write
from hypothesis import given
from hypothesis import strategies as st

from gpt2ro.errors import UserError
from gpt2ro.sources.extract import known_format
from gpt2ro.sources.readers import csv_rows

# A lone carriage return ends no line of ours, and of more than 100 blank lines some are left out.
FIELDS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\r\0"), max_size=9)


def table(rows: list[list[str]], delimiter: str = ",") -> str:
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter).writerows(rows)
    return written.getvalue()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_row_is_a_document_whatever_stands_between_fields(tmp_path: Path, delimiter: str) -> None:
    rows = [["id", "title", "text", "url"], ["1", "Ursul", 'Un urs,\nmare; "brun"\tși blând.', ""]]
    path = write(tmp_path / "a.csv", "\ufeff" + table(rows, delimiter))
    (found,) = extract(path, "csv")
    assert found.text == rows[1][2]
    assert found.meta == {"title": "Ursul"}


@given(rows=st.lists(st.tuples(FIELDS, FIELDS), max_size=5), delimiter=st.sampled_from(",;\t"))
def test_gives_what_was_written(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]], delimiter: str
) -> None:
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    write(path, table([["n", "text"], *map(list, rows)], delimiter))
    assert texts(path, "csv") == [text for _, text in rows]


def test_the_commas_of_a_tsv_are_those_of_its_text(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tsv", "text\nUn urs, mare, brun.\nDoi urși; trei.\n")
    assert texts(path, "csv") == ["Un urs, mare, brun.", "Doi urși; trei."]
    path = write(tmp_path / "b.TSV", "sursă, an, loc\ttext\nOlt, 1990\tUn urs, mare.\n")
    assert texts(path, "csv") == ["Un urs, mare."]
    path = write(tmp_path / "c.tsv", "id,text\n1,Un urs.\n")
    assert texts(path, "csv") == ["Un urs."]


def test_names_of_files_tell_csv(tmp_path: Path) -> None:
    for name in ("a.csv", "b.TSV", "c.csv.gz", "d.tsv.xz"):
        assert known_format(tmp_path / name) == "csv"
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress("text\nbună ziua\n".encode()))
    assert texts(path, "csv") == ["bună ziua"]


def test_a_missing_column_names_those_there_are(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "titlu;continut\nx;y\n")
    fault = r'a\.csv: no column "text" in its first line, only titlu, continut; set extraction\.tex'
    with pytest.raises(UserError, match=fault):
        extract(path, "csv")
    assert nothing_but(path)
    assert texts(path, "csv", text_column="continut") == ["y"]
    assert extract(path, "csv", text_column="titlu")[0].meta == {}


def test_files_that_name_their_texts_differently_are_told_to_be_sources_of_their_own(
    tmp_path: Path,
) -> None:
    """Whatever the one setting is, it fits one of them only."""
    write(tmp_path / "a.jsonl", '{"body": "a"}')
    write(tmp_path / "b.csv", "continut\nb\n")
    for name, form in (("a.jsonl", "jsonl"), ("b.csv", "csv")):
        with pytest.raises(UserError, match="where files differ, make those of each name a source"):
            extract(tmp_path / name, form)


def test_the_name_of_a_column_may_hold_a_line_end(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", '"titlul\ncărții",text\nx,unu\ny,doi\n')
    assert texts(path, "csv") == ["unu", "doi"]


@pytest.mark.parametrize("head", ["id\rtext\r1\rx", '"id"x,text', '"id,text\n1,x'])
def test_names_of_columns_that_cannot_be_read_are_an_error(tmp_path: Path, head: str) -> None:
    path = write(tmp_path / "a.csv", head)
    with pytest.raises(UserError, match=r"a\.csv: wrong quotation marks, or a carriage return .*;"):
        extract(path, "csv")
    assert nothing_but(path)


def test_two_columns_of_the_name_of_the_text_are_an_error(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "title,text,title,text\na,b,c,d\n")
    fault = r'a\.csv: 2 columns are called "text" in its first line, expected one; rename '
    with pytest.raises(UserError, match=fault):
        extract(path, "csv")
    assert nothing_but(path)


def test_of_two_columns_of_the_name_of_a_title_none_is_the_title(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "title,text,title,url\na,b,c,d\n")
    (found,) = extract(path, "csv")
    assert (found.text, found.meta) == ("b", {"url": "d"})


def test_broken_rows_are_left_out_and_counted_and_many_are_an_error(tmp_path: Path) -> None:
    rows = ["id,text", "1,unu", "2", '3,"trei"x', "4,patru,4", "", "5,cinci"]
    path = write(tmp_path / "a.csv", "\n".join(rows))
    assert texts(path, "csv", max_broken_lines=0.6) == ["unu", "cinci"]
    assert left_out(path) == {"broken row": 3}
    with pytest.raises(UserError, match=r"a\.csv: 3 of 5 lines are of rows that have not the 2 "):
        extract(path, "csv", max_broken_lines=0.5)


def test_a_quotation_mark_that_is_never_closed_counts_as_all_the_lines_that_it_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [f"{number},rândul" for number in range(1, 1001)]
    rows[499] = '500,"rândul'
    path = write(tmp_path / "a.csv", "\n".join(["id,text", *rows]))
    fault = r"a\.csv: 501 of 1,000 lines are of rows .* from line 501 to 1,001; allowed is a share"
    with pytest.raises(UserError, match=fault):
        extract(path, "csv")
    assert nothing_but(path)
    assert len(texts(path, "csv", max_broken_lines=0.6)) == 499
    assert left_out(path) == {"broken row": 1}
    # However long the rest of the file is, no more than a line may be is held in memory.
    monkeypatch.setattr(csv_rows, "MAX_LINE_BYTES", 1000)
    path = write(tmp_path / "a.csv", 'text\nunu\n"' + "doi\n" * 2000)
    with pytest.raises(UserError, match=r"a\.csv: [\d,]+ of [\d,]+ lines are of rows"):
        extract(path, "csv", max_broken_lines=0.0)


def test_a_quotation_mark_that_a_later_one_closes_counts_as_the_lines_between(
    tmp_path: Path,
) -> None:
    rows = [f'{number},"rândul"' for number in range(1, 101)]
    rows[9] = '10,"rândul'
    for number in range(10, 60):
        rows[number] = f"{number + 1},rândul"
    path = write(tmp_path / "a.csv", "\n".join(["id,text", *rows]))
    fault = r"52 of 100 lines are of rows .*, the longest from line 11 to 62; "
    with pytest.raises(UserError, match=fault):
        extract(path, "csv", max_broken_lines=0.3)


def test_lines_of_a_table_keep_their_numbers_behind_many_blank_ones(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "\n" * 1000 + "id,text\n" + "\n" * 1000 + "1,a\n2\n")
    with pytest.raises(UserError, match=r"1 of 2 lines .* from line 2,003 to 2,003;"):
        extract(path, "csv")


def test_other_encodings_are_read_when_asked(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "text\nrău\n".encode("windows-1250"))
    with pytest.raises(UserError, match=r"a\.csv: line 2: byte 2 is 0xe3, not UTF-8"):
        extract(path, "csv")
    assert texts(path, "csv", invalid_utf8="legacy") == ["rãu"]


@pytest.mark.parametrize("content", ["", "\n\n", "text\n"])
def test_a_table_without_rows_has_no_documents(tmp_path: Path, content: str) -> None:
    assert texts(write(tmp_path / "a.csv", content), "csv") == []
