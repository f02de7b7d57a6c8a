"""XML from strangers: streamed through expat, with entity declarations refused."""

from collections.abc import Callable
from typing import Any
from xml.parsers import expat

from gpt2ro.errors import UserError

BUFFER = 1 << 17  # bytes of text handed over at once

Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]


class XmlReader:
    """Calls back for every element and text of an XML document.

    Namespace prefixes are cut off: the namespace address of MediaWiki changes with its version.

    Args:
        where: the file, for errors.
    """

    def __init__(self, where: str, start: Start, end: End, text: Callable[[str], None]) -> None:
        self._where = where
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.buffer_size = BUFFER
        self._parser.StartElementHandler = lambda name, a: start(name.rpartition(":")[2], a)
        self._parser.EndElementHandler = lambda name: end(name.rpartition(":")[2])
        self._parser.CharacterDataHandler = text
        # A few nested entities expand to gigabytes ("billion laughs"); no corpus declares any.
        self._parser.EntityDeclHandler = self._refuse_entity

    def _refuse_entity(self, name: str, *_: Any) -> None:
        raise UserError(
            f"{self._where}: line {self._parser.CurrentLineNumber} declares the XML entity "
            f'"{name}"; files that declare entities are refused.'
        )

    def feed(self, block: bytes, last: bool = False) -> None:
        """Parse one more block of the document.

        Raises:
            UserError: it is not XML, is truncated, or declares an entity.
        """
        try:
            self._parser.Parse(block, last)
        except expat.ExpatError as error:
            fault = "truncated" if last else "not well-formed"
            raise UserError(
                f"{self._where}: the XML is {fault} ({error}); download or copy it again."
            ) from error
