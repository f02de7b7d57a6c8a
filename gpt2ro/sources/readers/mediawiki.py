"""MediaWiki dumps, through wikiextractor in a process of its own (it is under the AGPL)."""

import json
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from threading import Thread
from typing import BinaryIO

from gpt2ro.errors import UserError
from gpt2ro.sources.compression import decompressed
from gpt2ro.sources.readers import Extracted
from gpt2ro.sources.settings import ExtractionSettings

# /dev/stdin, as wikiextractor opens its input by name. The dump is decompressed here, because
# wikiextractor takes a truncated one for its end.
COMMAND = (
    sys.executable, "-m", "wikiextractor.WikiExtractor", "/dev/stdin", "--output", "-", "--json",
    "--no-templates", "--processes", "1", "--quiet",
)  # fmt: skip
DISAMBIGUATION_TITLE = "(dezambiguizare)"
DISAMBIGUATION_TEMPLATES = (b"{{dezambiguizare", b"{{disambig")


def read_mediawiki(
    path: Path, settings: ExtractionSettings, left_out: Counter[str]
) -> Iterator[Extracted]:
    """Yield the articles of a dump: namespace 0, no redirects, no disambiguation pages.

    Raises:
        UserError: the dump is truncated or damaged, or wikiextractor fails.
    """
    feeder = _Feeder(path, settings.max_expansion)
    with TemporaryFile() as errors:
        process = subprocess.Popen(
            COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors
        )
        assert process.stdin and process.stdout
        thread = Thread(target=feeder.feed, args=(process.stdin,), daemon=True)
        thread.start()
        try:
            for line in process.stdout:
                page = json.loads(line)
                headings = feeder.headings.pop(page["id"], set())
                if feeder.is_disambiguation(page["id"], page["title"]):
                    left_out["disambiguation page"] += 1
                elif text := article(page["text"], headings, settings.keep_headings):
                    meta = {"title": page["title"], "url": page["url"], "wiki_id": page["id"]}
                    yield Extracted(text, meta)
                else:
                    left_out["empty"] += 1
            thread.join()
            status = process.wait()
        finally:
            process.kill()
            process.wait()
            process.stdout.close()
        feeder.raise_failure()
        if status != 0:
            raise UserError(f"{path}: wikiextractor failed ({status}): {_last_line(errors)}")


def article(text: str, headings: set[str], keep_headings: bool) -> str:
    """Return the lines of an article; its headings, which wikiextractor ends with a full stop that
    is not theirs, lose it or go."""
    kept = []
    for line in filter(None, (line.strip() for line in text.split("\n"))):
        is_heading = line.removesuffix(".") in headings
        if not is_heading:
            kept.append(line)
        elif keep_headings:
            kept.append(line.removesuffix("."))
    return "\n".join(kept)


class _Feeder:
    """Decompresses a dump into wikiextractor, and notes on the way what that takes out.

    That is the template that marks a disambiguation page, and which lines are headings.

    Attributes:
        headings: texts of the headings by page id; whoever reads the page takes them out.
    """

    def __init__(self, path: Path, max_expansion: int) -> None:
        self._path = path
        self._max_expansion = max_expansion
        self._failure: Exception | None = None
        self._disambiguations: set[str] = set()
        self._page = ""
        self.headings: dict[str, set[str]] = defaultdict(set)

    def feed(self, pipe: BinaryIO) -> None:
        # A closed pipe means that wikiextractor ended early; its exit status tells why.
        with suppress(BrokenPipeError):
            try:
                ended = False
                for line in self._lines():
                    self._note(line)
                    ended = ended or line.lstrip().startswith(b"</mediawiki")
                    pipe.write(line)
                if not ended:
                    raise UserError(
                        f"{self._path}: no </mediawiki> at its end; expected a whole MediaWiki "
                        "export; fetch it again."
                    )
            except UserError as error:
                self._failure = error
            finally:
                pipe.close()

    def _lines(self) -> Iterator[bytes]:
        pending = b""
        for block in decompressed(self._path, self._max_expansion):
            *whole, pending = (pending + block).split(b"\n")
            yield from (line + b"\n" for line in whole)
        yield pending

    def _note(self, line: bytes) -> None:
        if b"<page>" in line:
            self._page = ""
        elif not self._page and b"<id>" in line:
            self._page = line.split(b"<id>")[1].split(b"<")[0].decode()
        elif line.startswith(b"=="):
            self.headings[self._page].add(line.strip().strip(b"=").strip().decode(errors="replace"))
        elif b"{{" in line and any(mark in line.lower() for mark in DISAMBIGUATION_TEMPLATES):
            self._disambiguations.add(self._page)

    def is_disambiguation(self, page: str, title: str) -> bool:
        return title.endswith(DISAMBIGUATION_TITLE) or page in self._disambiguations

    def raise_failure(self) -> None:
        if self._failure:
            raise self._failure


def _last_line(errors: BinaryIO) -> str:
    errors.seek(0)
    lines = errors.read().decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "no message"
