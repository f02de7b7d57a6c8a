"""Each format, from small files written here: what becomes a document, and what is an error."""

import bz2
import gzip
import json
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from extraction import COMPRESS, SITEINFO, archive, dump, extract, left_out, page, texts, write

from gpt2ro.cleaning.repairs import repaired, repairs
from gpt2ro.cleaning.settings import CleaningSettings
from gpt2ro.errors import UserError
from gpt2ro.sources.compression import BLOCK, _stream
from gpt2ro.sources.readers.detokenise import joined

PROVERBS = """\
Cine se scoală de dimineață departe ajunge, și cine știe carte are patru ochi.
Ține minte: ce ți-e scris în frunte ți-e pus, dar și norocul și-l face omul cu mâna lui."""


def test_a_text_file_is_a_document_with_a_stable_id(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", "\ufeffUnu.\r\n\r\nDoi.\r\n")
    (document,) = extract(path, "text")
    assert (document.id, document.text, document.source) == ("s/p/0", "Unu.\n\nDoi.", "s")


def test_a_blank_line_ends_a_document_when_asked(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", "Unu.\nDoi.\n\n  \n\nTrei.")
    assert texts(path, "text", text_documents="blank-line") == ["Unu.\nDoi.", "Trei."]


def test_a_long_text_is_cut_at_line_ends(tmp_path: Path) -> None:
    lines = [f"{number:03d} " + "x" * 95 for number in range(50)]
    path = write(tmp_path / "a.txt", "\n".join(lines))
    found = texts(path, "text", max_document_characters=1000)
    assert "\n".join(found).split("\n") == lines
    assert all(len(text) <= 1000 for text in found)


@pytest.mark.parametrize("kind", COMPRESS)
def test_compression_is_found_by_content_not_by_name(tmp_path: Path, kind: str) -> None:
    path = write(tmp_path / "a.txt", COMPRESS[kind]("Țară și oraș.".encode()))
    assert texts(path, "text") == ["Țară și oraș."]


@pytest.mark.parametrize("kind", COMPRESS)
@pytest.mark.parametrize("share", [0.3, 0.97])
def test_a_truncated_file_is_an_error_and_leaves_nothing(
    tmp_path: Path, kind: str, share: float
) -> None:
    noise = "".join(f"{n * n * 7919:x} ".zfill(9) for n in range(30_000))
    data = COMPRESS[kind](noise.encode())
    path = write(tmp_path / f"a.txt.{kind}", data[: int(len(data) * share)])
    with pytest.raises(UserError, match=rf"a\.txt\.{kind}: truncated or damaged"):
        extract(path, "text")
    assert list(tmp_path.iterdir()) == [path]


def test_a_zstd_file_without_checksums_that_is_cut_is_an_error(tmp_path: Path) -> None:
    data = zstandard.compress("".join(map(str, range(300))).encode())
    for length in range(4, len(data)):
        path = write(tmp_path / "a.zst", data[:length])
        with pytest.raises(UserError, match=r"a\.zst: truncated or damaged zstd after"):
            extract(path, "text")


@pytest.mark.parametrize("first", [0x50, 0x5F])
def test_a_zstd_file_may_begin_with_a_frame_without_content(tmp_path: Path, first: int) -> None:
    skipped = bytes([first]) + b"\x2a\x4d\x18" + (4).to_bytes(4, "little") + b"size"
    path = write(tmp_path / "a.zst", (skipped + zstandard.compress(b"unu ")) * 2)
    assert texts(path, "text") == ["unu unu"]


def test_all_frames_of_a_zstd_file_are_read(tmp_path: Path) -> None:
    path = write(tmp_path / "a.zst", zstandard.compress(b"unu ") + zstandard.compress(b"doi"))
    assert texts(path, "text") == ["unu doi"]


@pytest.mark.parametrize("kind", COMPRESS)
def test_a_bomb_is_stopped(tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gpt2ro.sources.compression.FREE_EXPANSION", 1 << 20)
    path = write(tmp_path / "bomb", COMPRESS[kind](b"a\n" * (3 << 20)))
    with pytest.raises(UserError, match=r"bomb: .*allowed are 50 times as many.*max_expansion"):
        extract(path, "text", max_expansion=50)


def test_invalid_utf_8_names_line_and_byte(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", b"bun\nr\xe3u\n")
    fault = r"a\.txt: line 2: byte 2 is 0xe3, not UTF-8; convert .*iconv -f windows-1250 -t utf-8"
    with pytest.raises(UserError, match=fault):
        extract(path, "text")
    assert texts(path, "text", invalid_utf8="replace") == ["bun\nr\ufffdu"]


def test_a_file_that_was_cut_off_within_a_letter_is_no_old_encoding(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", "bun\nțară, casă".encode()[:-1])
    with pytest.raises(UserError, match=r"a\.txt: line 2: ends within a letter in UTF-8"):
        extract(path, "text")
    path = write(tmp_path / "a.txt", "casã".encode("windows-1252"))
    with pytest.raises(UserError, match="windows-1250"):
        extract(path, "text")


@pytest.mark.parametrize("encoding", ["iso-8859-2", "windows-1250", "iso-8859-16"])
def test_a_text_in_an_old_encoding_is_read_when_asked(tmp_path: Path, encoding: str) -> None:
    letters = {} if encoding == "iso-8859-16" else str.maketrans("șțȘȚ", "şţŞŢ")
    old = PROVERBS.translate(letters).encode(encoding)
    path = write(tmp_path / "a.txt", old + f"\n{PROVERBS}".encode())
    (found,) = texts(path, "text", invalid_utf8="legacy")
    assert found.endswith(PROVERBS)
    assert repaired(found, repairs(CleaningSettings()))[0] == f"{PROVERBS}\n{PROVERBS}"
    line = b'{"text": "' + old.replace(b"\n", rb"\n") + b'"}'
    path = write(tmp_path / "a.jsonl", line)
    (found,) = texts(path, "jsonl", invalid_utf8="legacy")
    assert repaired(found, repairs(CleaningSettings()))[0] == PROVERBS


def test_quotation_marks_of_windows_are_read_with_the_rest(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", bytes(range(0x80, 0xA0)))
    (found,) = texts(path, "text", invalid_utf8="legacy")
    assert found[:7] == "€\x81‚ƒ„…†"
    assert len(found) == 32


def test_oscar_2019_documents_end_at_blank_lines(tmp_path: Path) -> None:
    path = write(tmp_path / "ro.txt.gz", gzip.compress(b"Unu.\nDoi.\n\nTrei.\n"))
    assert texts(path, "oscar-2019") == ["Unu.\nDoi.", "Trei."]


def test_opus_sentences_are_grouped(tmp_path: Path) -> None:
    path = write(tmp_path / "ro.txt", "1\n2\n\n3\n4\n5\n")
    assert texts(path, "opus-text", lines_per_document=2) == ["1\n2", "3\n4", "5"]


def oscar_line(**metadata: Any) -> str:
    fields = {
        "content": "Text.",
        "warc_headers": {"warc-target-uri": "https://exemplu.invalid/"},
        "metadata": {"identification": {"label": "ro", "prob": 0.9}, **metadata},
    }
    return json.dumps(fields)


@pytest.mark.parametrize("key", ["annotation", "quality_warnings"])
def test_oscar_of_both_versions_keeps_address_score_and_warnings(tmp_path: Path, key: str) -> None:
    path = write(tmp_path / "ro.jsonl", oscar_line(**{key: ["tiny"]}))
    (document,) = extract(path, "oscar-jsonl")
    assert document.text == "Text."
    assert document.meta == {
        "url": "https://exemplu.invalid/", "language_score": 0.9, "warnings": ["tiny"],
    }  # fmt: skip


def test_a_broken_line_is_left_out_and_counted(tmp_path: Path) -> None:
    lines = [json.dumps({"text": f"{n}"}) for n in range(300)] + ['{"text": "cut', '{"text": 3}']
    path = write(tmp_path / "a.jsonl", "\n".join(lines))
    assert len(texts(path, "jsonl")) == 300
    assert left_out(path) == {"broken line": 2}


def test_many_broken_lines_are_an_error(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", '{"text": "a"}\n{"te\n')
    with pytest.raises(UserError, match="1 of 2 lines are not JSON documents; allowed is a share"):
        extract(path, "jsonl")


def test_lines_in_another_encoding_are_told_with_the_setting_that_reads_them(
    tmp_path: Path,
) -> None:
    path = write(tmp_path / "a.jsonl", '{"text": "r\u00e3u"}\n'.encode("latin-1") * 3 + b"{}{\n")
    fault = r"4 of 4 lines are not JSON documents, 3 of them not in UTF-8; .*invalid_utf8 to legacy"
    with pytest.raises(UserError, match=fault):
        extract(path, "jsonl")
    found = texts(path, "jsonl", invalid_utf8="replace", max_broken_lines=0.5)
    assert found == ["r\ufffdu"] * 3
    assert texts(path, "jsonl", max_broken_lines=1) == []
    assert left_out(path) == {"broken line": 1, "line not in UTF-8": 3}


def test_deep_nesting_is_a_broken_line_and_no_crash(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", "[" * 100_000 + "\n" + '{"text": "a"}')
    assert texts(path, "jsonl", max_broken_lines=0.6) == ["a"]


def test_a_lone_surrogate_becomes_the_replacement_character(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", r'{"text": "a\ud800b"}')
    assert texts(path, "jsonl") == ["a\ufffdb"]


def test_a_missing_field_names_those_there_are(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", '{"body": "a", "id": 1}')
    with pytest.raises(
        UserError, match='line 1 has no field "text", only body, id; set extraction'
    ):
        extract(path, "jsonl")
    assert texts(path, "jsonl", text_column="body") == ["a"]


def test_parquet_gives_its_text_column(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": ["Unu", None, "Doi"], "url": ["u", "v", None]}), path)
    first, second = extract(path, "parquet")
    assert (first.text, first.meta, second.text, second.meta) == ("Unu", {"url": "u"}, "Doi", {})
    assert left_out(path) == {"no text": 1}


def test_parquet_without_the_column_names_those_there_are(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"body": ["Unu"]}), path)
    with pytest.raises(UserError, match='no column "text", only body; set extraction'):
        extract(path, "parquet")


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view()])
def test_every_kind_of_strings_of_parquet_is_text(tmp_path: Path, kind: pa.DataType) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": pa.array(["unu"]).cast(kind)}), path)
    assert pq.read_schema(path).field("text").type == kind
    assert texts(path, "parquet") == ["unu"]


def test_what_parquet_says_of_a_text_is_kept_where_it_has_its_type(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    facts = {"title": [7.5, None], "url": ["u", "v"], "language_score": [float("nan"), 0.5]}
    pq.write_table(pa.table({"text": ["unu", "doi"], **facts}), path)
    found = [document.meta for document in extract(path, "parquet")]
    assert found == [{"url": "u"}, {"url": "v", "language_score": 0.5}]


def test_parquet_with_two_columns_of_one_name_has_neither(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    values = [pa.array([value]) for value in ("unu", "doi", "trei")]
    pq.write_table(pa.Table.from_arrays(values, names=["title", "text", "title"]), path)
    (found,) = extract(path, "parquet")
    assert (found.text, found.meta) == ("doi", {})
    pq.write_table(pa.Table.from_arrays(values, names=["text", "title", "text"]), path)
    fault = r'a\.parquet: 2 columns are called "text", expected one; rename the others there\.'
    with pytest.raises(UserError, match=fault):
        extract(path, "parquet")


def test_truncated_parquet_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": ["Unu"] * 1000}), path)
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(UserError, match=r"a\.parquet: truncated or damaged Parquet"):
        extract(path, "parquet")


RAW_XML = """<?xml version="1.0"?><document id="1">
<s id="1"><time id="T1S" value="00:00:01,000"/>Bună ziua!<time id="T1E" value="00:00:02,000"/></s>
<s id="2">Ce faci?</s></document>"""
TOKENS_XML = """<text><s id="1"><w id="1.1">Bună</w><w id="1.2">,</w><w id="1.3">„</w>
<w id="1.4">Ana</w><w id="1.5">”</w><w id="1.6">!</w></s></text>"""


def test_opus_xml_gives_a_document_a_file_a_sentence_a_line(tmp_path: Path) -> None:
    path = archive(
        tmp_path / "ro.zip", {"ro/1.xml": RAW_XML, "ro/2.xml": TOKENS_XML, "README": "x"}
    )
    assert texts(path, "opus-xml") == ["Bună ziua!\nCe faci?", "Bună, „Ana”!"]


def test_opus_moses_gives_the_romanian_side(tmp_path: Path) -> None:
    path = archive(tmp_path / "en-ro.txt.zip", {"X.en-ro.en": "One\nTwo", "X.en-ro.ro": "Unu\nDoi"})
    assert texts(path, "opus-moses") == ["Unu\nDoi"]


def test_a_moses_archive_without_romanian_is_an_error(tmp_path: Path) -> None:
    path = archive(tmp_path / "en-de.txt.zip", {"X.en-de.en": "One"})
    with pytest.raises(UserError, match=r"no member ends in \.ro"):
        extract(path, "opus-moses")


@pytest.mark.parametrize("name", ["../out.xml", "/etc/out.xml", "a/../../out.xml", "..\\out.xml"])
def test_a_member_that_would_leave_its_folder_is_refused(tmp_path: Path, name: str) -> None:
    path = archive(tmp_path / "ro.zip", {name: RAW_XML})
    with pytest.raises(UserError, match="would leave its folder; such an archive is not read"):
        extract(path, "opus-xml")


def test_a_zip_bomb_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gpt2ro.sources.archive.FREE_EXPANSION", 1 << 20)
    path = archive(tmp_path / "ro.zip", {"a.xml": "a" * (2 << 20)})
    with pytest.raises(UserError, match=r"expands to over 2 times its size at a\.xml"):
        extract(path, "opus-xml", max_expansion=2)


def test_a_damaged_zip_is_an_error(tmp_path: Path) -> None:
    path = archive(tmp_path / "ro.zip", {"a.xml": RAW_XML})
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(UserError, match="damaged zip archive"):
        extract(path, "opus-xml")


def test_entities_are_not_expanded(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><text><s>&b;</s></text>'
    path = archive(tmp_path / "ro.zip", {"a.xml": bomb})
    with pytest.raises(
        UserError, match=r'ro\.zip: a\.xml: line 1 declares the XML entity "a"; files that declare'
    ):
        extract(path, "opus-xml")


ARTICLE = "'''Ursul''' trăiește în [[pădure|păduri]].\n\n== Hrana ==\nMănâncă miere."


def test_wikipedia_gives_articles_as_plain_text(tmp_path: Path) -> None:
    path = dump(tmp_path / "w.xml.bz2", page(1, "Urs", ARTICLE))
    (document,) = extract(path, "mediawiki")
    assert document.text == "Ursul trăiește în păduri.\nHrana\nMănâncă miere."
    assert document.meta["title"] == "Urs"
    assert texts(path, "mediawiki", keep_headings=False) == [
        "Ursul trăiește în păduri.\nMănâncă miere."
    ]


def test_wikipedia_leaves_out_what_is_no_article(tmp_path: Path) -> None:
    path = dump(
        tmp_path / "w.xml.bz2",
        page(1, "Ursul", "#REDIRECTEAZA [[Urs]]", redirect='    <redirect title="Urs" />\n'),
        page(2, "Discuție:Urs", "Foarte bine.", namespace=1),
        page(3, "Lună", "Luna poate fi:\nun astru\n{{dezambiguizare}}"),
        page(4, "Broască (dezambiguizare)", "Broasca poate fi un animal."),
        page(5, "Gol", "{{ciot}}"),
        page(6, "Urs", ARTICLE),
    )
    assert [document.meta["title"] for document in extract(path, "mediawiki")] == ["Urs"]
    assert left_out(path) == {
        "disambiguation page": 2,
        "empty": 1,
        "not an article": 1,
        "redirect": 1,
    }


def test_wikipedia_leaves_out_lists_and_stubs(tmp_path: Path) -> None:
    rivers = "* [[Olt]]\n* [[Mureș]]\n{|\n! Râu\n|-\n| Siret\n|}\n"
    film = "'''Lista lui Schindler''' este un film.\n\n== Actori ==\n* Liam Neeson\nA plăcut mult."
    path = dump(
        tmp_path / "w.xml.bz2",
        page(1, "Listă de râuri", f"Râuri din România, de la vest la est:\n{rivers}"),
        page(2, "Lista lui Schindler", film),
        page(3, "Deal", "'''Deal''' este un sat."),
        page(4, "Urs", ARTICLE),
    )
    found = extract(path, "mediawiki", min_article_characters=30)
    assert [document.meta["title"] for document in found] == ["Lista lui Schindler", "Urs"]
    assert left_out(path) == {"list": 1, "stub": 1}
    found = extract(path, "mediawiki", min_article_characters=0, keep_lists=True)
    assert [document.meta["wiki_id"] for document in found] == list("1234")


def test_xml_of_another_kind_is_told_by_its_first_element(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xml", "<cesAlign><linkGrp/></cesAlign>")
    with pytest.raises(UserError, match=r"a\.xml: begins with <cesAlign>, expected <mediawiki>"):
        extract(path, "mediawiki")


def test_a_truncated_dump_is_an_error_though_wikiextractor_takes_it(tmp_path: Path) -> None:
    pages = "".join(page(number, f"Urs {number}", ARTICLE) for number in range(50))
    path = write(tmp_path / "w.xml", SITEINFO + pages)
    with pytest.raises(UserError, match=r"w\.xml: no </mediawiki> at its end"):
        extract(path, "mediawiki")
    whole = bz2.compress((SITEINFO + pages + "</mediawiki>\n").encode())
    path = write(tmp_path / "w.xml.bz2", whole[:-20])
    with pytest.raises(UserError, match=r"w\.xml\.bz2: truncated or damaged bzip2"):
        extract(path, "mediawiki")


def test_equal_files_give_equal_bytes(tmp_path: Path) -> None:
    path = dump(tmp_path / "w.xml.bz2", *(page(n, f"Urs {n}", ARTICLE) for n in range(30)))
    extract(path, "mediawiki")
    first = (tmp_path / "out.jsonl.zst").read_bytes()
    extract(path, "mediawiki")
    assert (tmp_path / "out.jsonl.zst").read_bytes() == first


@pytest.mark.parametrize(
    ("name", "format_name", "least"),
    [
        ("constructed_rowiki_dump/CONSTRUCTED-rowiki-pages-articles.xml.bz2", "mediawiki", 500),
        ("constructed_oscar_jsonl/CONSTRUCTED_ro_meta_part_1.2201.jsonl.gz", "oscar-jsonl", 2),
        ("constructed_oscar_jsonl/CONSTRUCTED_ro_meta_part_1.2301.jsonl", "oscar-jsonl", 2),
        ("oscar2019_ro/unshuffled_original_ro/ro_part_1.txt.gz", "oscar-2019", 2),
        ("opus_samples/setimes.en-ro.ro.txt", "opus-text", 1),
    ],
)
def test_real_samples_are_read(
    shared_corpora: Path, tmp_path: Path, name: str, format_name: str, least: int
) -> None:
    path = write(tmp_path / "sample", (shared_corpora / "formats" / name).read_bytes())
    assert len(extract(path, format_name)) >= least


def test_wikipedia_keeps_titles_signs_and_links_that_wikiextractor_would_lose(
    tmp_path: Path,
) -> None:
    path = dump(
        tmp_path / "w.xml.bz2",
        page(1, "Formatul A4", "Formatul A4 este o hârtie."),
        page(2, "AT&amp;T", "AT&amp;T are &lt; 5 sedii."),
        page(3, "Picard", "Joacă în [[Star Trek: Picard]] și [[Dune: Part Two|Dune]]."),
        page(4, "Urs", "Ursul e mare. [[Fișier:urs.jpg|mini|Un urs]] [[de:Bären]]"),
    )
    documents = extract(path, "mediawiki")
    assert [d.meta["title"] for d in documents] == ["Formatul A4", "AT&T", "Picard", "Urs"]
    assert [d.text for d in documents][1:] == [
        "AT&T are < 5 sedii.",
        "Joacă în Star Trek: Picard și Dune.",
        "Ursul e mare.",
    ]


def test_wikipedia_loses_the_words_by_which_a_page_says_how_it_is_shown(tmp_path: Path) -> None:
    text = (
        "__FARACUPRINS__\nUrsul e mare.\n__FARAEDITSECTIUNE__ __NOTOC__\nSemnează aici: ____ __x__"
    )
    path = dump(tmp_path / "w.xml.bz2", page(1, "Urs", text))
    assert texts(path, "mediawiki") == ["Ursul e mare.\nSemnează aici: ____ __x__"]


FAKE_WIKIEXTRACTOR = """
import sys, time
print('{"id": "1", "url": "u", "title": "Urs", "text": "Ursul."}', flush=True)
for line in sys.stdin: pass
"""


@pytest.mark.parametrize(
    ("end", "message"),
    [
        ("sys.exit(3)", r"failed after page 1 of 2 sent to it \(exit code 3\)"),
        ("pass", r"failed after page 1 of 2 sent to it \(exit code 0\)"),
        ("print('Traceback: ups', file=sys.stderr, flush=True); time.sleep(60)", "Traceback: ups"),
        ("time.sleep(60)", "no page came back for 1 s"),
    ],
    ids=["a failure", "a lost page", "a dead worker", "a killed worker"],
)
def test_a_wikiextractor_that_loses_pages_is_an_error_and_no_hang(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str, message: str
) -> None:
    program = [sys.executable, "-c", FAKE_WIKIEXTRACTOR + end]
    monkeypatch.setattr("gpt2ro.sources.readers.mediawiki.command", lambda: program)
    monkeypatch.setattr("gpt2ro.sources.readers.wiki_extractor.STALL_SECONDS", 1.0)
    path = dump(tmp_path / "w.xml.bz2", page(1, "Urs", ARTICLE), page(2, "Lup", ARTICLE))
    with pytest.raises(UserError, match=message):
        extract(path, "mediawiki")


def test_oscar_flattened_by_the_hub_keeps_its_facts(tmp_path: Path) -> None:
    meta = {
        "warc_headers": {"warc-target-uri": "https://exemplu.ro/"},
        "identification": {"label": "ro", "prob": 0.9},
        "annotations": ["noisy"],
    }
    line = json.dumps({"id": 1, "text": "Un text.", "meta": meta})
    (document,) = extract(write(tmp_path / "o.jsonl", line), "oscar-jsonl")
    assert document.meta == {
        "url": "https://exemplu.ro/",
        "language_score": 0.9,
        "warnings": ["noisy"],
    }


def test_hplt_keeps_address_and_score_whose_fields_have_other_names(tmp_path: Path) -> None:
    fields = {
        "u": "https://exemplu.ro/pod", "lang": ["ron_Latn", "ita_Latn"], "prob": [0.9, 0.1],
        "text": "Un text.", "xml": "<p>Un text.</p>", "doc_scores": [9.7], "title": "altceva",
    }  # fmt: skip
    without = fields | {"u": ["o listă"], "prob": []}
    path = write(tmp_path / "10_1.jsonl", f"{json.dumps(fields)}\n{json.dumps(without)}")
    documents = extract(path, "jsonl")
    assert [document.text for document in documents] == ["Un text."] * 2
    assert documents[0].meta == {"url": "https://exemplu.ro/pod", "language_score": 0.9}
    assert documents[1].meta == {}


def test_a_later_line_without_the_field_is_a_broken_line(tmp_path: Path) -> None:
    lines = ['{"text": "bun"}'] * 199 + ['{"title": "fără text"}']
    path = write(tmp_path / "a.jsonl", "\n".join(lines))
    assert len(extract(path, "jsonl")) == 199


def test_a_zstd_bomb_takes_little_memory(tmp_path: Path) -> None:
    one_gib = zstandard.ZstdCompressor().compressobj()
    data = b"".join(one_gib.compress(bytes(1 << 24)) for _ in range(64)) + one_gib.flush()
    path = write(tmp_path / "bomb.txt.zst", data)
    with path.open("rb") as file:
        assert len(_stream(file, "zstd").read(BLOCK)) <= 160 << 20


@pytest.mark.parametrize(
    ("tokens", "sentence"),
    [
        (["s-", "a", "dus", ",", "dar", "l", "-am", "văzut", "."], "s-a dus, dar l-am văzut."),
        (["A", "zis", '"', "da", '"', "."], 'A zis "da".'),
        (["-", "Bună", "!"], "- Bună!"),
    ],
)
def test_tokens_are_joined_as_romanian_is_written(tokens: list[str], sentence: str) -> None:
    assert joined(tokens) == sentence
