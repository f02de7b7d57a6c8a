"""Blocks of lines cleaned in Rust give what the reference gives, byte by byte."""

import gzip
import json
import lzma
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import reference_clean as reference
from hypothesis import example, given, settings
from hypothesis import strategies as st
from passages import ENGLISH, ROMANIAN, ROMANIAN_WITH_CEDILLA, TURKISH

from gpt2ro.cleaning.clean import CleanedLine, block_cleaner, by_hand
from gpt2ro.cleaning.language import METER
from gpt2ro.cleaning.pii import masked
from gpt2ro.cleaning.repairs import repairs
from gpt2ro.cleaning.settings import CleaningSettings
from gpt2ro.documents import Document
from gpt2ro.errors import UserError
from gpt2ro.native import Cleaner

DEFAULT = CleaningSettings()
LENIENT = CleaningSettings(
    min_characters=3, min_letters=0.2, min_romanian=-1, drop_boilerplate=False, join_lines=False
)
CRAWLED = DEFAULT.of_source(web=True)
COUNTED = (
    *("kept", "dropped", "documents", "bytes", "kept_documents", "kept_bytes"),
    *("reasons", "repairs", "lengths"),
)
PATH = Path("part.jsonl.zst")

PIECES = st.sampled_from(
    [
        *(ROMANIAN, ROMANIAN_WITH_CEDILLA, ENGLISH, TURKISH, "\n", "\n", "\r\n", "\t", '"', "\\"),
        *("Citește și: altceva", "Distribuie pe Facebook", "<b>da</b>", "&amp;", "Äƒ", "â€œ", "\0"),
        *("ion@undeva.ro", "0721 234 567", "cu vântul , apoi", "despăr-\nțire", "\u2028", "😀"),
    ]
)
TEXTS = st.lists(PIECES | st.text(st.characters(exclude_categories=("Cs",)), max_size=9)).map(
    "".join
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)
DOCUMENTS = st.builds(
    Document, TEXTS, TEXTS, TEXTS, st.dictionaries(TEXTS | st.text("ab"), VALUES, max_size=4)
)


def own_form(document: Document) -> bytes:
    return document.to_json()


def with_blanks(document: Document) -> bytes:
    fields = vars_of(document)
    return json.dumps(fields, ensure_ascii=False).encode()


def with_escapes(document: Document) -> bytes:
    return json.dumps(vars_of(document), separators=(",", ":")).encode()


def vars_of(document: Document) -> dict[str, Any]:
    return {name: getattr(document, name) for name in ("id", "text", "source", "meta")}


NUMBERS = {"a": -0.0, "b": 1e-5, "c": 1e22, "d": 0.9784561991691589}
EMPTY = Document("", "", "")
FORMS = st.sampled_from([own_form, own_form, with_blanks, with_escapes])


def cleaner(settings: CleaningSettings, masks: Counter[str] | None) -> Cleaner:
    steps = repairs(settings)

    def mask(text: str) -> str:
        assert masks is not None
        text, found = masked(text)
        masks.update(found)
        return text

    used = None if masks is None else mask

    def other_line(line: bytes, number: int) -> CleanedLine:
        return by_hand(line, PATH, number + 1, settings, steps, used)

    return block_cleaner(settings, steps, used, other_line)


def differing(
    documents: list[Document], block: bytes, settings: CleaningSettings, web: bool
) -> list[str]:
    """Names of what differs between a block that was cleaned and the reference."""
    masks: Counter[str] = Counter()
    found = cleaner(settings, masks if web else None).clean(block)
    expected = reference.cleaned(documents, settings, web)
    names = [name for name in COUNTED if getattr(found, name) != getattr(expected, name)]
    return names + ["masks"] * (masks != expected.masks)


@settings(deadline=None)
@given(
    st.lists(st.tuples(DOCUMENTS, FORMS), max_size=4),
    st.sampled_from([DEFAULT, LENIENT, CRAWLED]),
    st.booleans(),
    st.sampled_from([b"", b"\n"]),
)
@example([(Document("a", ROMANIAN, "s", NUMBERS), own_form)], DEFAULT, True, b"")
@example([(EMPTY, own_form), (Document("", ROMANIAN, ""), own_form)], LENIENT, False, b"")
def test_a_block_is_cleaned_as_the_reference_cleans_its_documents(
    documents: list[tuple[Document, Callable[[Document], bytes]]],
    settings: CleaningSettings,
    web: bool,
    end: bytes,
) -> None:
    block = b"\n".join(form(document) for document, form in documents)
    block += end if documents else b""
    assert not differing([document for document, _ in documents], block, settings, web)


def test_documents_stay_in_order_when_one_is_cleaned_by_hand() -> None:
    documents = [Document(str(number), ROMANIAN, "s") for number in range(3)]
    forms = (own_form, with_blanks, own_form)
    block = b"\n".join(form(one) for form, one in zip(forms, documents, strict=True))
    assert not differing(documents, block, DEFAULT, False)


def test_lines_in_our_form_are_never_cleaned_by_hand() -> None:
    meta = {"title": "Ș\n", "url": "https://e.ro/?a=1", "list": [1, 0.5, None, {"a": True}]}
    texts = (f'"{ROMANIAN}"\t\\\n\0', "", ENGLISH, "<b>&amp;</b>\r\n")
    block = b"".join(Document("s/p/0", one, "s", meta).to_json() + b"\n" for one in texts)

    def never(line: bytes, number: int) -> CleanedLine:
        raise AssertionError(line)

    found = block_cleaner(DEFAULT, repairs(DEFAULT), None, never).clean(block)
    assert (found.documents, found.kept_documents) == (4, 1)


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (b"{", "line 2 is not a document"),
        (b"", "line 2 is not a document"),
        (b'{"id":"a","text":"\xff","source":"s","meta":{}}', "line 2 is not a document"),
        (b'{"id":"a","text":"\\ud800","source":"s","meta":{}}', "line 2 is not a document"),
        (b'{"id":"a","text":"\t","source":"s","meta":{}}', "line 2 is not a document"),
        (b'{"id":"a","text":"b","meta":{}}', r"line 2 is not a document \('source'\)"),
    ],
)
def test_a_line_that_is_no_document_is_an_error(line: bytes, error: str) -> None:
    block = b"\n".join((Document("0", ROMANIAN, "s").to_json(), line, b""))
    with pytest.raises(UserError, match=error):
        cleaner(DEFAULT, None).clean(block)


def test_a_measure_that_does_not_exist_is_an_error() -> None:
    steps = repairs(DEFAULT)
    with pytest.raises(ValueError, match='unknown measure "beauty"'):
        Cleaner(
            repairer=steps.repairer,
            remover=None,
            masked=None,
            meter=METER,
            min_characters=0,
            faults=[("ugly", "beauty", 0, 1)],
            by_hand=lambda line, number: (line, None, 0, 0, 0, []),
        )


def real_texts(folder: Path) -> Iterator[str]:
    """Texts of every kind: paragraphs of the corpora, files and lines of the formats."""
    for path in sorted((folder / "text").glob("*.xz")):
        with lzma.open(path, "rt", encoding="utf-8", newline="") as file:
            yield from file.read(200_000).split("\n\n")
    for path in sorted(path for path in (folder / "formats").rglob("*") if path.is_file()):
        data = path.read_bytes()
        data = gzip.decompress(data) if path.suffix == ".gz" else data
        yield data[:10_000].decode("utf-8", "replace")


@pytest.mark.parametrize("web", [False, True])
def test_real_text_is_cleaned_as_the_reference_cleans_it(shared_corpora: Path, web: bool) -> None:
    texts = enumerate(real_texts(shared_corpora))
    documents = [Document(str(number), text, "s", {"n": number / 7}) for number, text in texts]
    block = b"".join(document.to_json() + b"\n" for document in documents)
    assert not differing(documents, block, DEFAULT, web)
