"""OPUS zip archives: XML files of sentences, and Moses pairs."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError, XMLParser

from gpt2ro.errors import UserError
from gpt2ro.sources.archive import members
from gpt2ro.sources.compression import decoded
from gpt2ro.sources.readers import Extracted
from gpt2ro.sources.readers.detokenise import joined
from gpt2ro.sources.readers.plain_text import batches
from gpt2ro.sources.settings import ExtractionSettings


def read_opus_xml(
    path: Path, settings: ExtractionSettings, left_out: Counter[str]
) -> Iterator[Extracted]:
    """Yield one document for each XML file of the archive, raw or tokenised, a sentence a line."""
    for name, content in members(path, settings.max_expansion):
        if name.endswith(".xml"):
            sentences = [sentence(s) for s in parse(content, f"{path}: {name}").iter("s")]
            if text := "\n".join(filter(None, sentences)):
                yield Extracted(text, {"title": name})
            else:
                left_out["empty"] += 1


def read_opus_moses(
    path: Path, settings: ExtractionSettings, left_out: Counter[str]
) -> Iterator[Extracted]:
    """Yield the Romanian side of a Moses archive, `lines_per_document` sentences a document.

    Raises:
        UserError: the archive has no member that ends in .ro.
    """
    found = False
    for name, content in members(path, settings.max_expansion):
        if name.endswith(".ro"):
            found = True
            text = decoded(content, f"{path}: {name}", settings.invalid_utf8)
            for group in batches(filter(str.strip, text.split("\n")), settings.lines_per_document):
                yield Extracted("\n".join(group))
    if not found:
        raise UserError(f"{path}: no member ends in .ro; expected a Moses archive with Romanian.")


def parse(content: bytes, where: str) -> Element:
    """Parse one XML file; document types, and with them entity bombs, are refused.

    Raises:
        UserError: it is not XML, or it declares a document type.
    """
    # OPUS writes no DOCTYPE; without one no entity can be declared, so none can expand.
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise UserError(f"{where}: declares a document type; expected plain OPUS XML.")
    parser = XMLParser()
    try:
        parser.feed(content)
        root: Element = parser.close()
    except ParseError as error:
        raise UserError(f"{where}: not XML ({error}); fetch the archive again.") from None
    return root


def sentence(element: Element) -> str:
    """Return the text of an `<s>`: its tokens joined, or its own text."""
    words = [word.text or "" for word in element.iter("w")]
    if words:
        return joined(words)
    return " ".join("".join(element.itertext()).split())
