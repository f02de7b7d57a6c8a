import json
import struct
import tempfile
from pathlib import Path
from random import Random

import pytest
import reference_paragraphs
import xxhash
from copies import Corpus, Text
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gpt2ro import _native
from gpt2ro.decontamination.decontaminator import Decontaminator
from gpt2ro.decontamination.ngrams import NgramHasher
from gpt2ro.decontamination.sentences import SentenceFilter
from gpt2ro.documents import write_documents
from gpt2ro.errors import UserError
from gpt2ro.lines.counting import count_lines, write_line_index
from gpt2ro.lines.removal import RepeatedLines
from gpt2ro.lines.settings import ParagraphSettings
from gpt2ro.lines.tables import LineIndex, table_entries

COPY = "Podul peste Olt s-a deschis."
OTHER = "Vântul bate dinspre munte."
LINES = ["Un om merge acasă.", "un OM", "merge acasa", "Știri", "***", "", "Ea citește o carte."]
TEXTS = st.lists(st.sampled_from(LINES), min_size=1, max_size=6).map("\n".join)
# A character that this Python's Unicode does not know yet is no letter to it; Rust may know it.
KNOWN = st.characters(exclude_categories=("Cs", "Cn"))
PARTS = st.lists(
    st.lists(st.tuples(TEXTS, st.sampled_from(["train", "train", "train", "test"])), max_size=4),
    min_size=1,
    max_size=3,
)


@given(TEXTS | st.text(KNOWN) | st.text("aș ș.\n \u0301\u2028"), st.integers(1, 5))
@example("a b\n\u0301c d", 4)
def test_a_text_has_the_paragraphs_of_the_reference(text: str, min_words: int) -> None:
    packed = _native.paragraphs(text, min_words)
    assert list(struct.iter_unpack("<3Q", packed)) == [
        (xxhash.xxh3_64_intdigest(words.encode()), start, stop)
        for words, start, stop in reference_paragraphs.paragraphs(text, min_words)
    ]


def test_a_negative_number_of_words_is_an_error() -> None:
    with pytest.raises(OverflowError):
        _native.paragraphs("Acasă", -1)


@settings(deadline=None, max_examples=30)
@given(PARTS, st.integers(1, 5), st.sampled_from([0, 8, 20]), st.sampled_from([2, 1000]))
def test_removes_what_the_reference_removes_however_the_corpus_is_cut(
    parts: list[list[Text]], min_words: int, min_characters: int, buffer_keys: int
) -> None:
    named = {f"s/{number}": texts for number, texts in enumerate(parts)}
    texts = [[(text, split == "train") for text, split in part] for part in parts]
    with tempfile.TemporaryDirectory() as folder:
        corpus = Corpus(Path(folder), named, min_words, min_characters, buffer_keys=buffer_keys)
        kept = corpus.run().texts
    expected = reference_paragraphs.cleaned(texts, min_words, min_characters)
    names = [f"{name}/{n}" for name, part in named.items() for n in range(len(part))]
    assert [kept.get(name) for name in names] == expected


def test_progress_is_told_in_bytes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    corpus = Corpus(tmp_path, {"a/p": [("ș" * 500_000, "train")]})
    corpus.write()
    corpus.count("a/p")
    assert "a/p.cleaned.zst: 1.0 MB, 1 documents" in capsys.readouterr().err


def test_a_paragraph_stays_in_the_first_document(tmp_path: Path) -> None:
    parts = {"s/a": [(COPY, "train")], "s/b": [(f"{COPY}\n\n{OTHER}", "train"), (COPY, "train")]}
    corpus = Corpus(tmp_path, parts, min_characters=5).run()
    assert corpus.texts == {"s/a/0": COPY, "s/b/0": OTHER}
    assert corpus.kept["s/b/0"].meta["copied_paragraphs"] == 1
    assert "copied_paragraphs" not in corpus.kept["s/a/0"].meta


def test_the_example_of_the_documentation_holds_with_the_defaults(tmp_path: Path) -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "data.md").read_text(encoding="utf-8")
    lines = page.split("    kept in ziare/a   ")[1].split("\n\n")[0].split("\n")
    first, before, after = (
        "\n".join(line[22:] if line[:4] == "    " else line for line in lines[start:stop])
        for start, stop in ((0, 2), (2, 5), (5, 7))
    )
    parts = {"ziare/a": [(first, "train")], "ziare/b": [(before, "train")]}
    corpus = Corpus(tmp_path, parts, ParagraphSettings.paragraph_min_words).run()
    assert corpus.texts == {"ziare/a/0": first, "ziare/b/0": after}
    assert "\n" in first and "\n" in after


def test_a_document_of_which_too_little_stays_is_dropped_as_it_was(tmp_path: Path) -> None:
    text = f"Rest.\n{COPY}"
    corpus = Corpus(tmp_path, {"s/a": [(COPY, "train"), (text, "train")]}, min_characters=6).run()
    assert (corpus.dropped["s/a/1"].reason, corpus.dropped["s/a/1"].text) == (
        "copied paragraphs", text,
    )  # fmt: skip
    assert corpus.stats["s/a"]["dropped"] == {
        "copied paragraphs": {"documents": 1, "bytes": len(text.encode())}
    }


def test_no_document_is_left_without_text_whatever_the_least_length(tmp_path: Path) -> None:
    parts = {"s/a": [(COPY, "train"), (f"{COPY}\n\n{COPY}", "train")]}
    corpus = Corpus(tmp_path, parts, min_characters=0).run()
    assert set(corpus.texts) == {"s/a/0"}
    assert corpus.dropped["s/a/1"].reason == "copied paragraphs"


def test_a_short_document_stays_when_others_lose_a_paragraph_for_its_sake(tmp_path: Path) -> None:
    parts = {"s/a": [(COPY, "train"), (f"{COPY}\n{OTHER}", "train"), (OTHER, "train")]}
    corpus = Corpus(tmp_path, parts, min_characters=100).run()
    assert corpus.texts == {"s/a/0": COPY, "s/a/1": OTHER}
    assert set(corpus.dropped) == {"s/a/2"}


def test_the_copy_of_a_dropped_duplicate_stays(tmp_path: Path) -> None:
    parts: dict[str, list[Text]] = {"s/a": [(COPY, None), (f"{COPY}\n{OTHER}", "train")]}
    assert Corpus(tmp_path, parts).run().texts == {"s/a/1": f"{COPY}\n{OTHER}"}


def held_out(text: str) -> Decontaminator:
    """Takes out the sentences that share five words with a text."""
    ngrams = NgramHasher(5).ngrams(text)
    return Decontaminator(SentenceFilter(ngrams, 5), max_removed=0.5, min_characters=0)


def test_a_paragraph_goes_on_to_the_next_document_when_the_first_is_contaminated(
    tmp_path: Path,
) -> None:
    test_text = "Bunica spune o poveste lungă seara."
    parts = {
        "s/a": [(f"{test_text}\n{COPY}", "train")],
        "s/b": [(f"{COPY}\n{OTHER}", "train"), (COPY, "train"), (test_text, "test")],
    }
    corpus = Corpus(tmp_path, parts, min_characters=10, decontaminator=held_out(test_text)).run()
    assert corpus.dropped["s/a/0"].reason == "contaminated"
    assert corpus.texts == {"s/b/0": f"{COPY}\n{OTHER}", "s/b/2": test_text}
    assert corpus.dropped["s/b/1"].reason == "copied paragraphs"


def repeated_lines(folder: Path, parts: dict[str, list[Text]], least: int) -> RepeatedLines:
    corpus = Corpus(folder, parts)
    corpus.write()
    tables = []
    for name in parts:
        tables.append(corpus.path(name, "lines.bin"))
        count_lines(
            corpus.path(name, "cleaned.zst"), corpus.path(name, "decisions.parquet"), tables[-1]
        )
    write_line_index(tables, folder / "lines.bin", 2)
    return RepeatedLines(LineIndex(folder / "lines.bin"), 0.5, least)


def test_a_paragraph_goes_on_when_repeated_lines_were_most_of_the_first(tmp_path: Path) -> None:
    menu = "Acasă și contact și știri\n" * 3
    parts: dict[str, list[Text]] = {
        "s/a": [(menu + "Un rest foarte scurt.", "train"), (menu + OTHER + " " + COPY, "train")],
        "t/a": [("Un rest foarte scurt.\n" + OTHER, "train")],
    }
    lines = repeated_lines(tmp_path, parts, least=30)
    corpus = Corpus(tmp_path, parts, repeated_lines=lines).run()
    assert corpus.dropped["s/a/0"].reason == "repeated lines"
    assert corpus.texts["t/a/0"] == parts["t/a"][0][0]


def test_repeated_lines_go_first_so_that_what_they_were_glued_to_is_seen_as_a_copy(
    tmp_path: Path,
) -> None:
    text = "Podul peste Olt\ns-a deschis"  # too short for a paragraph of its own line by line
    parts: dict[str, list[Text]] = {
        "s/a": [(f"{text}\nAbonează-te!", "train"), (f"{OTHER}\nAbonează-te!", "train")],
        "t/a": [(f"{text}\n\nVântul s-a oprit aici jos.", "train")],
    }
    alone = Corpus(tmp_path / "alone", parts, min_words=6).run()
    assert text in alone.texts["t/a/0"]
    lines = repeated_lines(tmp_path, parts, least=0)
    together = Corpus(tmp_path, parts, min_words=6, repeated_lines=lines).run()
    assert together.texts["s/a/0"] == text
    assert together.texts["t/a/0"] == "Vântul s-a oprit aici jos."


@pytest.mark.parametrize("split", ["valid", "test"])
def test_held_out_documents_lose_nothing_and_train_loses_what_they_have(
    tmp_path: Path, split: str
) -> None:
    parts = {
        "s/a": [(f"{COPY}\n{OTHER}", "train")],
        "s/b": [(COPY, split), (f"{COPY}\n{OTHER}", "test")],
    }
    corpus = Corpus(tmp_path, parts, min_characters=1).run()
    assert corpus.dropped["s/a/0"].reason == "copied paragraphs"
    assert corpus.texts == {"s/b/0": COPY, "s/b/1": f"{COPY}\n{OTHER}"}
    assert corpus.stats["s/b"]["copied_paragraphs"]["documents"] == 0


def test_a_refrain_of_one_document_stays(tmp_path: Path) -> None:
    song = f"{COPY}\n\n{OTHER}\n\n{COPY}"
    corpus = Corpus(tmp_path, {"s/a": [(song, "train"), (f"{COPY}\n{COPY}\nRest.", "train")]}).run()
    assert corpus.texts == {"s/a/0": song, "s/a/1": "Rest."}
    assert corpus.kept["s/a/1"].meta["copied_paragraphs"] == 2


def test_the_index_has_no_paragraph_of_one_document_only(tmp_path: Path) -> None:
    Corpus(tmp_path, {"s/a": [(f"{COPY}\n{COPY}", "train"), (OTHER, "train")]}).run()
    assert table_entries(tmp_path / "index.bin") == 0


def test_the_preferred_source_keeps_the_paragraph(tmp_path: Path) -> None:
    parts = {"a/p": [(f"{COPY}\n{OTHER}", "train")], "b/p": [(COPY, "train")]}
    corpus = Corpus(tmp_path, parts, prefer_sources="b").run()
    assert corpus.texts == {"a/p/0": OTHER, "b/p/0": COPY}


def test_a_paragraph_of_fewer_words_is_no_copy(tmp_path: Path) -> None:
    parts = {"s/a": [(COPY, "train"), (f"{COPY}\n\n{OTHER}", "train")]}
    corpus = Corpus(tmp_path, parts, min_words=7).run()
    assert corpus.texts == {"s/a/0": COPY, "s/a/1": f"{COPY}\n\n{OTHER}"}


def test_the_books_say_what_went_and_where_it_stays(tmp_path: Path) -> None:
    text = f"{COPY}\n{OTHER}"
    parts: dict[str, list[Text]] = {"s/a": [(COPY, "train")], "s/b": [(text, "train")]}
    corpus = Corpus(tmp_path, parts).run()
    found = corpus.stats["s/b"]["copied_paragraphs"]
    size = len(text.encode()) - len(OTHER.encode())
    key = xxhash.xxh3_64_hexdigest(b"podul peste olt s a deschis")
    assert found == {
        "documents": 1,
        "paragraphs": 1,
        "bytes": size,
        "examples": [{"key": key, "paragraph": COPY, "document": "s/b/0", "stays_in": "s/a"}],
    }
    assert corpus.stats["s/b"]["bytes_changed"] == -size


def test_the_bytes_do_not_depend_on_how_much_is_in_memory_or_on_the_order_of_the_parts(
    tmp_path: Path,
) -> None:
    random = Random(1)
    texts = [f"Povestea a {n}-a începe la munte iarna." for n in range(40)]
    parts = {
        f"s/{name}": [("\n".join(random.choices(texts, k=6)), "train") for _ in range(30)]
        for name in "abc"
    }
    first = Corpus(tmp_path / "1", parts, buffer_keys=8).run()
    second = Corpus(tmp_path / "2", dict(reversed(parts.items()))).run()
    for ending in ("train.bin", "kept.zst", "dropped.zst", "stats.json"):
        for name in parts:
            assert first.path(name, ending).read_bytes() == second.path(name, ending).read_bytes()
    names = ["index.bin", "index.json"]
    for name in names:
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()
    assert len(first.stats["s/b"]["copied_paragraphs"]["examples"]) == 20


def test_an_index_of_other_texts_is_an_error_because_paragraphs_would_be_lost(
    tmp_path: Path,
) -> None:
    parts = {"s/a": [(COPY, "train")], "s/b": [(f"{COPY}\n{OTHER}", "train")]}
    corpus = Corpus(tmp_path, parts).run()
    documents = [corpus.kept["s/a/0"]]
    documents[0].text = OTHER
    write_documents(corpus.path("s/a", "cleaned.zst"), documents)
    corpus.path("s/a", "stats.json").unlink()
    with pytest.raises(UserError) as caught:
        corpus.dedupe("s/a")
    assert str(caught.value) == (
        "s/a: 1 paragraphs found missing that the other parts lose for its sake; the index of "
        "paragraphs is of another run; run the steps paragraphs and paragraph_index again."
    )
    assert not corpus.path("s/a", "stats.json").exists()


def test_an_index_of_other_parts_is_an_error(tmp_path: Path) -> None:
    corpus = Corpus(tmp_path, {"s/a": [(COPY, "train")]}).run()
    with pytest.raises(UserError, match=r"index\.json: no part s/b; it is of another run; run"):
        corpus.dedupe("s/b")
    (tmp_path / "index.json").write_text(json.dumps({"parts": 1}))
    with pytest.raises(UserError, match=r"index\.json: no list of parts found; delete it and run"):
        corpus.dedupe("s/a")
