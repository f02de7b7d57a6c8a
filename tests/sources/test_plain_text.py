"""Texts cut out of runs of lines: the same ones as line by line, wherever a run ends."""

from collections.abc import Iterator

import orjson
from hypothesis import given
from hypothesis import strategies as st

from gpt2ro.native import TextFile
from gpt2ro.sources.text import text_runs

lines = st.text(alphabet="aș \t\r\u00a0\x1c", max_size=6)
# Lines in runs: more than one, none, blank ones at every end.
runs_of_lines = st.lists(st.lists(lines, min_size=1, max_size=6), max_size=6)


def paragraphs_of(all_lines: list[str]) -> Iterator[str]:
    group: list[str] = []
    for line in [*all_lines, ""]:
        if line.strip():
            group.append(line)
        elif group:
            yield "\n".join(group)
            group = []


def pieces_of(all_lines: list[str], max_characters: int) -> Iterator[str]:
    piece: list[str] = []
    for line in all_lines:
        if piece and len("\n".join([*piece, line])) >= max_characters:
            yield "\n".join(piece).strip()
            piece = []
        piece.append(line)
    yield "\n".join(piece).strip()


def found(
    runs: list[list[str]], blank_line: bool, trims: bool, max_characters: int | None
) -> list[str]:
    file = TextFile(blank_line, trims, max_characters, b'{"id":"', 3, b"}\n")
    blocks = [file.add("\n".join(run).encode()) for run in runs] + [file.end()]
    documents = [orjson.loads(line) for line in b"".join(filter(None, blocks)).splitlines()]
    assert [document["id"] for document in documents] == [str(n + 3) for n in range(len(documents))]
    texts = [document["text"] for document in documents]
    assert (file.documents, file.bytes) == (len(texts), len("".join(texts).encode()))
    return texts


@given(runs_of_lines)
def test_a_paragraph_ends_at_a_blank_line_and_not_with_a_run(runs: list[list[str]]) -> None:
    expected = list(paragraphs_of([line for run in runs for line in run]))
    assert found(runs, True, False, None) == expected
    assert found(runs, True, True, None) == [text.strip() for text in expected]


@given(runs_of_lines, st.integers(1, 30))
def test_a_piece_has_as_many_lines_as_fit_and_one_at_least(
    runs: list[list[str]], max_characters: int
) -> None:
    lines = [line for run in runs for line in run]
    expected = list(pieces_of(lines, max_characters))
    assert found(runs, False, True, max_characters) == [piece for piece in expected if piece]
    pieces = [
        piece
        for text in paragraphs_of(lines)
        for piece in pieces_of(text.split("\n"), max_characters)
    ]
    assert found(runs, True, True, max_characters) == pieces


def test_lines_that_are_not_utf_8_are_not_taken() -> None:
    file = TextFile(True, True, None, b"", 0, b"\n")
    assert file.add(b"a\xff") is None
    assert file.end() == b""


def test_a_line_end_of_windows_is_none_of_the_text() -> None:
    blocks = [b"unu\r\ndoi\r", b"\ntrei\r\r\n", b"a\rb\npatru\r"]
    found = [run for _, run in text_runs(iter(blocks), "a.txt", "error")]
    assert "\n".join(found).split("\n") == ["unu", "doi", "trei\r", "a\rb", "patru"]
    assert len(found) > 1
