"""The texts of the demo corpus: files of documents that begin with `=== Title`."""

from dataclasses import dataclass
from pathlib import Path


@dataclass
class Text:
    """A titled text."""

    title: str
    body: str


def read_texts(folder: Path, pattern: str) -> list[Text]:
    """Read every document of the files that match, in the order of their names."""
    texts = []
    for path in sorted(folder.glob(pattern)):
        for document in ("\n" + path.read_text(encoding="utf-8")).split("\n=== ")[1:]:
            title, body = document.split("\n", 1)
            texts.append(Text(title.strip(), body.strip()))
    return texts
