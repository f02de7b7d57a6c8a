import tempfile
from pathlib import Path

import pytest
import reference_lines
from hypothesis import given, settings
from hypothesis import strategies as st
from pages import Part, documents, index_of

from gpt2ro.documents import Document

MENU = "Acasă | Știri | Contact"
LINES = st.lists(st.sampled_from(["Acasă", "ACASA!", "Știri", "", "—", "Un om."]), max_size=7)
PAGES = st.lists(st.tuples(LINES.map("\n".join), st.sampled_from(["a.ro", "b.ro"])), max_size=12)
# Files are made durable at every example: on a slow disk that is most of the time.
ON_DISK = settings(deadline=None, max_examples=30)


def story(number: int) -> str:
    return f"{MENU}\n\nPovestea a {number}-a începe la munte.\n\nAbonează-te!\n\nSfârșit {number}."


def site_of(count: int, others: int = 0, site: str = "a.ro") -> list[tuple[str, str]]:
    """So many pages with the menu, and others without."""
    return [(story(n), site) for n in range(count)] + [
        (f"Vestea a {n}-a vine din vale.", site) for n in range(others)
    ]


def test_a_menu_and_a_call_to_subscribe_go_and_the_text_stays(tmp_path: Path) -> None:
    part = Part(tmp_path, documents(site_of(10)))
    kept, dropped = part.dedupe(index_of([part.count()]))
    assert kept[3].text == "Povestea a 3-a începe la munte.\n\nSfârșit 3."
    assert {document.meta["repeated_lines"] for document in kept} == {2}
    assert not dropped


@pytest.mark.parametrize(
    ("pages", "removed"),
    [
        (site_of(10), True),
        (site_of(9), False),
        (site_of(10, 40), True),
        (site_of(10, 41), False),
        (site_of(5) + site_of(5, site="b.ro"), False),
    ],
    ids=["10 of 10", "9 of 9", "10 of 50", "10 of 51", "5 on each of two sites"],
)
def test_a_line_goes_from_ten_documents_and_a_fifth_of_its_site(
    tmp_path: Path, pages: list[tuple[str, str]], removed: bool
) -> None:
    part = Part(tmp_path, documents(pages))
    kept, _ = part.dedupe(index_of([part.count()]))
    assert (MENU not in kept[0].text) == removed


def test_a_line_counts_once_a_document(tmp_path: Path) -> None:
    refrain = "\n".join(["Foaie verde"] * 30)
    part = Part(tmp_path, documents([(refrain, "a.ro")] * 3 + [("Alt text.", "a.ro")] * 3))
    kept, _ = part.dedupe(index_of([part.count()]))
    assert kept[0].text == refrain


def test_lines_of_all_parts_count(tmp_path: Path) -> None:
    parts = []
    for name in "pq":
        (tmp_path / name).mkdir()
        parts.append(Part(tmp_path / name, documents(site_of(5), name)))
    index = index_of([part.count() for part in parts])
    for part in parts:
        kept, _ = part.dedupe(index)
        assert all(MENU not in document.text for document in kept)


def test_a_text_of_which_too_little_stays_is_dropped_as_it_was(tmp_path: Path) -> None:
    part = Part(tmp_path, documents([*site_of(10), (MENU, "a.ro")]))
    kept, dropped = part.dedupe(index_of([part.count()]), min_characters=20)
    assert len(kept) == 10
    assert [(d.id, d.reason, d.text) for d in dropped] == [("s/p/10", "repeated lines", MENU)]
    assert part.stats["dropped"] == {
        "repeated lines": {"documents": 1, "bytes": len(MENU.encode())}
    }


def test_no_document_is_left_without_text_whatever_the_least_length(tmp_path: Path) -> None:
    part = Part(tmp_path, documents([*site_of(10), (MENU, "a.ro")]))
    kept, dropped = part.dedupe(index_of([part.count()]), min_characters=0)
    assert len(kept) == 10
    assert [(d.id, d.reason, d.text) for d in dropped] == [("s/p/10", "repeated lines", MENU)]


def test_the_books_say_what_went(tmp_path: Path) -> None:
    pages = documents(site_of(10))
    part = Part(tmp_path, pages)
    kept, _ = part.dedupe(index_of([part.count()]))
    size = sum(len(page.text.encode()) for page in pages) - sum(
        len(document.text.encode()) for document in kept
    )
    found = part.stats["repeated_lines"]
    assert isinstance(found, dict)
    examples = found.pop("examples")
    assert found == {"documents": 10, "lines": 20, "bytes": size}
    assert part.stats["bytes_changed"] == -size
    assert {example["line"] for example in examples} == {MENU, "Abonează-te!"}
    shown = {(example["site"], example["documents"], example["of"]) for example in examples}
    assert shown == {("a.ro", 10, 10)}


def test_twenty_of_many_lines_are_shown_and_the_same_in_any_order(tmp_path: Path) -> None:
    text = "\n".join(f"Rubrica {n} din meniu" for n in range(50)) + "\n" + "x" * 400
    shown = []
    for name, lines in (("p", text.split("\n")), ("q", text.split("\n")[::-1])):
        (tmp_path / name).mkdir()
        part = Part(tmp_path / name, documents([("\n".join(lines), "a.ro")] * 10))
        part.dedupe(index_of([part.count()]))
        found = part.stats["repeated_lines"]
        assert isinstance(found, dict)
        shown.append(found["examples"])
    assert len(shown[0]) == 20
    assert shown[0] == shown[1]
    assert [example["key"] for example in shown[0]] == sorted(e["key"] for e in shown[0])


def test_a_long_line_is_shown_by_its_beginning(tmp_path: Path) -> None:
    part = Part(tmp_path, documents([("x" * 400, "a.ro")] * 10))
    part.dedupe(index_of([part.count()]), min_characters=0)
    found = part.stats["repeated_lines"]
    assert isinstance(found, dict)
    assert [example["line"] for example in found["examples"]] == ["x" * 300 + "…"]


def test_without_an_address_the_source_is_the_site(tmp_path: Path) -> None:
    part = Part(tmp_path, [Document(f"s/p/{n}", story(n), "s") for n in range(10)])
    kept, _ = part.dedupe(index_of([part.count()]))
    assert all(MENU not in document.text for document in kept)


@ON_DISK
@given(PAGES, st.integers(2, 4), st.sampled_from([0.0, 0.2, 0.5, 1.0]))
def test_removes_what_the_reference_removes(
    pages: list[tuple[str, str]], min_documents: int, min_share: float
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        part = Part(Path(folder), documents(pages))
        kept, _ = part.dedupe(index_of([part.count()], min_documents), min_share)
    expected = reference_lines.cleaned(pages, min_documents, min_share)
    assert [document.text for document in kept] == expected
