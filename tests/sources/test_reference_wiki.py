"""What Rust makes of the pages of a wiki is what the slow reference makes of them."""

from pathlib import Path
from xml.sax.saxutils import escape

import reference_wiki as reference
from hypothesis import example, given
from hypothesis import strategies as st

from gpt2ro.native import WikitextPreparer, wiki_article
from gpt2ro.sources.compression import decompressed
from gpt2ro.sources.input_file import Position
from gpt2ro.sources.readers.wiki_dump import WikiDump

NAMESPACES = {"Discuție", "Ajutor Format"}
PREPARER = WikitextPreparer(NAMESPACES)

# A character that this Python's Unicode does not know yet is no letter to it; Rust may know it.
TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cn")))
WIKITEXT = st.lists(
    st.sampled_from(
        [
            *("\n", "\n=", "=", "==", "=======", "\n*", "\n#", "\n:", "\n;", " ", "\t", "a", "Ț"),
            *("'", "''", "'''", "[[", "]]", "[", "]", "|", ":", ": ", "<!--", "-->", "<", ">", "&"),
            *("__NOTOC__", "__FĂRĂ", "__", "Discuție", "Imagine", "DISCUŢIE", "de", "Star", "."),
            *("[[Star: b|c]]", "[[Star: b]]", "[[Lotru]]", "\x01", "\x02", "1", ","),
        ]
    ),
    max_size=40,
).map("".join)
LINES = st.lists(
    st.sampled_from(
        [
            *("\n", "\n\x02", "\n\x011", "\n\x012", "\n\x013", "\n\x017", "\x01", "\x02", "3", "٣"),
            *("unu doi trei patru cinci șase", "unu doi", "Unu", " ", "\u00a0", "\x1c", ".", ": "),
            *("Vezi și", "VEZI ŞI", "referinţe", "<b>", "<", ">", "<a b c>", "ǅ", "ª", "Ⅷ"),
        ]
    ),
    max_size=30,
).map("".join)


@given(WIKITEXT | TEXTS)
@example("= a = b =<!-- c -->\n= \t=\n==\n=a= b\n= a =\t \n=== a")
@example(": = a =\n:;[[b]]\n*:[[b]] . ,;\t\n*[[b]c]\n#[b]x\n*[[]]\n*[]\n*")
@example("''''''' a ''''b'' c'''''''d")
@example("[[Star:  |]][[a : b]][[: b]][[Imagine: b]][[K : b|c|d]][[wikt-a: b]][[-a: b]][[ İ: c]]")
def test_prepares_any_wikitext_as_the_reference(text: str) -> None:
    assert PREPARER.prepared(text) == escape(reference.prepared(text, NAMESPACES)).encode()


@given(LINES | TEXTS, st.booleans())
@example("\x01\x021a\n\x01\x02\n\x012\x02b.\n\x02\x02 c\n\x01٣d", True)
@example("\x012\nUnu\n\x011A..\n\x017: b\n\x017a : b\nC", True)
def test_makes_an_article_of_any_lines_as_the_reference(text: str, keep_headings: bool) -> None:
    assert wiki_article(text, keep_headings) == reference.article(text, keep_headings)


def test_real_pages_are_prepared_as_the_reference_does(shared_corpora: Path) -> None:
    paths = sorted(shared_corpora.glob("formats/*/*.xml.bz2"))
    assert paths
    for path in paths:
        dump = WikiDump(decompressed(path, 200, Position([path])), str(path))
        texts = [page.text for page in dump.pages()]
        preparer = WikitextPreparer(dump.site.namespaces)
        for text in texts:
            expected = reference.prepared(text, dump.site.namespaces)
            assert preparer.prepared(text) == escape(expected).encode()
