"""Writers of the formats, with equal bytes for equal texts: no times, no names, fixed levels."""

import bz2
import gzip
import hashlib
import io
import json
from pathlib import Path
from xml.sax.saxutils import escape

import zstandard

from demo_corpus.texts import Text

TIMESTAMP = "2024-01-01T00:00:00Z"

# Romanian namespaces as in MediaWiki's MessagesRo.php.
NAMESPACES = {
    -2: "Media", -1: "Special", 0: "", 1: "Discuție", 2: "Utilizator", 3: "Discuție Utilizator",
    4: "Proiect", 5: "Discuție Proiect", 6: "Fișier", 7: "Discuție Fișier", 8: "MediaWiki",
    9: "Discuție MediaWiki", 10: "Format", 11: "Discuție Format", 12: "Ajutor",
    13: "Discuție Ajutor", 14: "Categorie", 15: "Discuție Categorie",
}  # fmt: skip


def write_gzip(path: Path, text: str) -> None:
    """Write a .gz file without time and name in its header."""
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", fileobj=buffer, mode="wb", compresslevel=9, mtime=0) as file:
        file.write(text.encode())
    write(path, buffer.getvalue())


def write_oscar_2301(path: Path, documents: list[Text]) -> None:
    """Write OSCAR 23.01: a JSON object a line, its keys as in the published files."""
    lines = "".join(
        json.dumps(_oscar(n, text), ensure_ascii=False) + "\n" for n, text in enumerate(documents)
    )
    compressor = zstandard.ZstdCompressor(level=19, write_checksum=True)
    write(path, compressor.compress(lines.encode()))


def _oscar(number: int, text: Text) -> dict[str, object]:
    lines = text.body.split("\n")
    return {
        "content": text.body,
        "warc_headers": {
            "warc-record-id": f"<urn:uuid:00000000-0000-4000-8000-{number:012d}>",
            "warc-date": TIMESTAMP,
            "warc-type": "conversion",
            "content-type": "text/plain",
            "content-length": str(len(text.body.encode())),
            "warc-target-uri": f"https://exemplu.invalid/povesti/{number}",
            "warc-identified-content-language": "ron",
        },
        "metadata": {
            "identification": {"label": "ro", "prob": 0.98},
            "harmful_pp": 1000.0,
            "tlsh": None,
            "quality_warnings": None,
            "categories": None,
            "sentence_identifications": [{"label": "ro", "prob": 0.98} for _ in lines],
        },
    }


def write_oscar_2019(path: Path, documents: list[Text]) -> None:
    """Write OSCAR 2019: a line a line, a blank line between documents."""
    write_gzip(path, "\n\n".join(text.body for text in documents) + "\n")


def write_opus(path: Path, documents: list[Text]) -> None:
    """Write OPUS monolingual text: a sentence a line, no document marks."""
    write_gzip(path, "\n".join(text.body for text in documents) + "\n")


def write_wikipedia(path: Path, documents: list[Text]) -> None:
    """Write a MediaWiki export, version 0.11."""
    pages = [_page(number, text) for number, text in enumerate(documents, start=1)]
    export = HEADER + "".join(pages) + "</mediawiki>\n"
    write(path, bz2.compress(export.encode(), 9))


def _page(number: int, text: Text) -> str:
    namespace = next(
        (key for key, name in NAMESPACES.items() if name and text.title.startswith(f"{name}:")), 0
    )
    redirect = ""
    if text.body.startswith("#REDIRECTEAZA"):
        target = text.body.split("[[")[1].split("]]")[0]
        redirect = f'    <redirect title="{escape(target)}" />\n'
    return PAGE.format(
        title=escape(text.title),
        namespace=namespace,
        id=number,
        redirect=redirect,
        revision=1000 + number,
        timestamp=TIMESTAMP,
        bytes=len(text.body.encode()),
        sha1=base_36(hashlib.sha1(text.body.encode()).digest()),
        text=escape(text.body),
    )


def base_36(digest: bytes) -> str:
    """Return a SHA-1 as MediaWiki writes it: 31 digits in base 36."""
    number, digits = int.from_bytes(digest), ""
    while number:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return digits.rjust(31, "0")


HEADER = (
    '<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="ro">\n'
    "  <siteinfo>\n"
    "    <sitename>Enciclopedia demo</sitename>\n"
    "    <dbname>rowiki_demo</dbname>\n"
    "    <base>https://exemplu.invalid/wiki/Pagina_principal%C4%83</base>\n"
    "    <generator>tools/build_demo_corpus.py</generator>\n"
    "    <case>first-letter</case>\n"
    "    <namespaces>\n"
    + "".join(
        f'      <namespace key="{key}" case="first-letter">{name}</namespace>\n'
        if name
        else f'      <namespace key="{key}" case="first-letter" />\n'
        for key, name in NAMESPACES.items()
    )
    + "    </namespaces>\n  </siteinfo>\n"
)

PAGE = """  <page>
    <title>{title}</title>
    <ns>{namespace}</ns>
    <id>{id}</id>
{redirect}    <revision>
      <id>{revision}</id>
      <timestamp>{timestamp}</timestamp>
      <contributor>
        <username>gpt2ro</username>
        <id>1</id>
      </contributor>
      <origin>{revision}</origin>
      <model>wikitext</model>
      <format>text/x-wiki</format>
      <text bytes="{bytes}" sha1="{sha1}" xml:space="preserve">{text}</text>
      <sha1>{sha1}</sha1>
    </revision>
  </page>
"""


def write(path: Path, data: bytes) -> None:
    """Write a file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
