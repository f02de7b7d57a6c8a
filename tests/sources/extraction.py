"""Small files of every format, and their documents as the step extract writes them."""

import bz2
import gzip
import lzma
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import zstandard

from gpt2ro.documents import Document, read_documents
from gpt2ro.files import read_json
from gpt2ro.sources.extract import extract_part
from gpt2ro.sources.settings import ExtractionSettings

ROMANIAN = "Fata împăratului a găsit o cheie de aur lângă fântâna din sat, sub o piatră.\n" * 9
SENTENCE = "<s>Bună ziua!</s>"
COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    # With a checksum, as the program zstd writes it.
    "zst": zstandard.ZstdCompressor(write_checksum=True).compress,
}


def extract(path: Path, format_name: str, **settings: Any) -> list[Document]:
    output, stats = path.parent / "out.jsonl.zst", path.parent / "out.stats.json"
    # The articles of these tests are a line or two.
    settings = {"min_article_characters": 0} | settings
    extract_part([path], "s", "p", format_name, ExtractionSettings(**settings), output, stats)
    return list(read_documents(output))


def texts(path: Path, format_name: str, **settings: Any) -> list[str]:
    return [document.text for document in extract(path, format_name, **settings)]


def left_out(path: Path) -> dict[str, int]:
    dropped = read_json(path.parent / "out.stats.json")["dropped"]
    return {reason: facts["documents"] for reason, facts in dropped.items()}


def nothing_but(path: Path) -> bool:
    """Say whether an extraction that failed left nothing beside its input."""
    return list(path.parent.iterdir()) == [path]


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def archive(path: Path, contents: Mapping[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in contents.items():
            file.writestr(name, content)
    return path


SITEINFO = """<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11">
  <siteinfo>
    <base>https://ro.wikipedia.org/wiki/Pagina_principal%C4%83</base>
    <namespaces>
      <namespace key="0" case="first-letter" />
      <namespace key="1" case="first-letter">Discuție</namespace>
      <namespace key="10" case="first-letter">Format</namespace>
    </namespaces>
  </siteinfo>
"""


def page(number: int, title: str, text: str, namespace: int = 0, redirect: str = "") -> str:
    return f"""  <page>
    <title>{title}</title>
    <ns>{namespace}</ns>
    <id>{number}</id>
{redirect}    <revision>
      <id>{number + 100}</id>
      <text xml:space="preserve">{text}</text>
    </revision>
  </page>
"""


def dump(path: Path, *pages: str) -> Path:
    return write(path, bz2.compress((SITEINFO + "".join(pages) + "</mediawiki>\n").encode()))
