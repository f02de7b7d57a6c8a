"""The program wikiextractor as a filter: pages in, JSON lines of plain text out.

wikiextractor is under the AGPL, so it runs as a program of its own and is never imported. Two of
its habits are dealt with here: when a worker dies it waits for ever, and it ends with code 0 even
when it has lost pages.
"""

import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import IO
from xml.sax.saxutils import escape

from gpt2ro.errors import UserError
from gpt2ro.sources.readers.wiki_dump import Page, SiteInfo

STALL_SECONDS = 600.0  # no page takes so long; a worker that was killed gives no other sign
TRACEBACK_SECONDS = 1.0  # time for the rest of a traceback to arrive
POLL_SECONDS = 0.25
BUFFER = 1 << 17  # bytes sent at once: each time, two programs wake
STDERR_LINES = 5  # how many of its last lines an error quotes

Feed = Callable[["WikiExtractor"], None]


def command() -> list[str]:
    """Return the command line: JSON lines out, templates dropped, no HTML escapes, one worker."""
    program = [sys.executable, "-m", "wikiextractor.WikiExtractor", "/dev/stdin", "--quiet"]
    options = ["--json", "--no-templates", "--html-safe", "", "--output", "-"]
    return [*program, *options, "--processes", "1"]


class WikiExtractor:
    """A running wikiextractor.

    `feed` runs in a thread of its own and writes pages with `send`, while `lines` yields what comes
    back, in the same order.
    """

    def __init__(self, where: str, arguments: list[str]) -> None:
        self._where = where
        self._sent = 0
        self._received = 0
        self._errors: deque[str] = deque(maxlen=STDERR_LINES)
        self._crashed_at: float | None = None
        self._feed_error: BaseException | None = None
        self._process = subprocess.Popen(
            arguments,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=BUFFER,
            start_new_session=True,  # so that its workers can be ended with it
            env={**os.environ, "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"},
        )
        assert self._process.stdin and self._process.stdout and self._process.stderr
        self._input: IO[bytes] = self._process.stdin
        self._output: IO[bytes] = self._process.stdout
        self._stderr: IO[bytes] = self._process.stderr

    def send_head(self, site: SiteInfo) -> None:
        """Write the head of a dump.

        wikiextractor drops titles that begin with the name of the template namespace, and so in
        Romanian the article "Format"; with a colon in that name it drops none.
        """
        self._input.write(
            f"<mediawiki>\n<siteinfo>\n<base>{escape(site.base)}</base>\n<namespaces>\n"
            '<namespace key="10">Format:</namespace>\n</namespaces>\n</siteinfo>\n'.encode()
        )

    def send(self, page: Page, wikitext: bytes) -> None:
        """Write a page with this wikitext, which is escaped as XML wants it."""
        head = (
            f"<page>\n<title>{escape(page.title)}</title>\n<ns>0</ns>\n<id>{page.id}</id>\n<text>"
        )
        self._input.write(b"".join((head.encode(), wikitext, b"</text>\n</page>\n")))
        self._sent += 1

    def lines(self, feed: Feed) -> Iterator[bytes]:
        """Yield a JSON line for every page that `feed` sends.

        Raises:
            UserError: wikiextractor failed, stalled or lost pages; its last words are quoted.
        """
        feeder = threading.Thread(target=self._feed, args=(feed,), daemon=True)
        watcher = threading.Thread(target=self._watch, daemon=True)
        with _terminated_by_exception():
            try:
                feeder.start()
                watcher.start()
                yield from self._received_lines()
            finally:
                self._end()
                feeder.join()
                watcher.join()
        self._raise_failure()

    def _feed(self, feed: Feed) -> None:
        try:
            feed(self)
        except BrokenPipeError:
            pass  # wikiextractor has ended; its words say why
        except BaseException as error:  # handed to the thread that reads
            self._feed_error = error
        finally:
            with suppress(BrokenPipeError):
                self._input.close()

    def _watch(self) -> None:
        for line in self._stderr:
            self._errors.append(line.decode(errors="replace").strip())
            if line.startswith(b"Traceback"):
                self._crashed_at = time.monotonic()

    def _received_lines(self) -> Iterator[bytes]:
        pending: list[bytes] = []
        for block in self._blocks():
            *complete, rest = block.split(b"\n")
            for line in complete:
                self._received += 1
                yield b"".join((*pending, line))
                pending.clear()
            pending.append(rest)

    def _blocks(self) -> Iterator[bytes]:
        """Yield output as it comes; end with the program, or when it can only hang."""
        last = time.monotonic()
        while True:
            ready, _, _ = select.select([self._output], [], [], POLL_SECONDS)
            now = time.monotonic()
            if ready:
                block = os.read(self._output.fileno(), 1 << 16)
                if not block:
                    return
                last = now
                yield block
                last = time.monotonic()
            elif self._crashed_at and now - self._crashed_at > TRACEBACK_SECONDS:
                return
            elif self._sent > self._received and now - last > STALL_SECONDS:
                self._errors.append(f"no page came back for {STALL_SECONDS:.0f} s")
                return

    def _end(self) -> None:
        """Wait for a program that has closed its output; end any other, and its workers."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=POLL_SECONDS)
        # Workers can outlive a program that failed, and hold its standard error open.
        if self._process.poll() != 0:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _raise_failure(self) -> None:
        if self._feed_error is not None:
            raise self._feed_error
        lost = self._sent - self._received
        if lost or self._process.returncode or self._crashed_at:
            said = " | ".join(line for line in self._errors if line) or "it said nothing"
            raise UserError(
                f"{self._where}: wikiextractor failed after page {self._received:,} of "
                f"{self._sent:,} sent to it (exit code {self._process.returncode}): {said}"
            )


@contextmanager
def _terminated_by_exception() -> Iterator[None]:
    """Turn SIGTERM into an exception meanwhile, so that the workers are not left behind."""

    def terminate(number: int, frame: FrameType | None) -> None:
        sys.exit(128 + number)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
