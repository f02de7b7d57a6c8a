"""Texts cut out of runs of lines: the same ones as line by line, wherever a run ends."""

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from gpt2ro.sources.readers.plain_text import paragraphs, pieces
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


@given(runs_of_lines)
def test_a_paragraph_ends_at_a_blank_line_and_not_with_a_run(runs: list[list[str]]) -> None:
    expected = list(paragraphs_of([line for run in runs for line in run]))
    assert list(paragraphs("\n".join(run) for run in runs)) == expected


@given(runs_of_lines, st.integers(1, 30))
def test_a_piece_has_as_many_lines_as_fit_and_one_at_least(
    runs: list[list[str]], max_characters: int
) -> None:
    expected = list(pieces_of([line for run in runs for line in run], max_characters))
    found = list(pieces(("\n".join(run) for run in runs), max_characters))
    assert found == [piece for piece in expected if piece]


def test_a_line_end_of_windows_is_none_of_the_text() -> None:
    blocks = [b"unu\r\ndoi\r", b"\ntrei\r\r\n", b"a\rb\npatru\r"]
    found = list(text_runs(iter(blocks), "a.txt", "error"))
    assert "\n".join(found).split("\n") == ["unu", "doi", "trei\r", "a\rb", "patru"]
    assert len(found) > 1
