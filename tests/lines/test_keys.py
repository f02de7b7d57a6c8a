import struct

import pytest
import reference_lines
import xxhash
from hypothesis import example, given
from hypothesis import strategies as st

from gpt2ro import _native
from gpt2ro.documents import Document
from gpt2ro.lines.keys import NO_LINE, document_keys, site

# A character that this Python's Unicode does not know yet is no letter to it; Rust may know it.
KNOWN = st.characters(exclude_categories=("Cs", "Cn"))
TEXTS = st.text(KNOWN) | st.text("aășşZȘ\u0326 .,_0½\n\r")


@given(TEXTS, st.integers(0, 2**64 - 1))
@example("\n\n", 1)
@example("Acasă\r\n— \u2028*", 2)
def test_a_line_has_the_key_of_the_reference(text: str, site: int) -> None:
    lines = text.split("\n")
    words = map(reference_lines.folded, lines)
    expected = [xxhash.xxh3_64_intdigest(w.encode()) ^ site if w else 0 for w in words]
    assert list(struct.unpack(f"<{len(lines)}Q", _native.line_keys(text, site))) == expected


@pytest.mark.parametrize("number", [-1, 2**64])
def test_a_site_of_other_than_64_bits_is_an_error(number: int) -> None:
    with pytest.raises(OverflowError):
        _native.line_keys("Acasă", number)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://www.Exemplu.ro/stiri/1?x=y", "exemplu.ro"),
        ("http://ana@blog.exemplu.ro:8080", "blog.exemplu.ro"),
        ("HTTPS://exemplu.ro.", "exemplu.ro"),
        ("http://[::1]:80/", "[::1]"),
        ("https://wwwexemplu.ro/", "wwwexemplu.ro"),
        ("pagina", "ziare"),
        ("", "ziare"),
        (None, "ziare"),
    ],
)
def test_a_site_is_the_host_of_the_address_or_the_source(
    address: str | None, expected: str
) -> None:
    assert site(Document("ziare/p/0", "Text.", "ziare", {"url": address})) == expected
    assert site(Document("ziare/p/0", "Text.", "ziare")) == "ziare"


def test_a_document_has_keys_of_its_site_and_of_lines_with_words() -> None:
    keys = document_keys(Document("s/p/0", "Meniu\n\n* * *\nMENIU!\nText", "s"))
    menu, text = (reference_lines.key(line, "s") for line in ("meniu", "text"))
    assert list(keys.lines) == [menu, NO_LINE, NO_LINE, menu, text]
    assert keys.all[-1] == reference_lines.site_key("s")
