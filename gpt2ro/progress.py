"""One line that says what runs, how far it is, how fast, and how long it still takes."""

import sys
import time
from contextlib import AbstractContextManager
from types import TracebackType

TERMINAL_INTERVAL = 0.2  # seconds between two updates of the same line
LOG_INTERVAL = 10.0  # seconds between two lines where standard error is a file


class Progress(AbstractContextManager["Progress"]):
    """Reports the progress of one job on standard error.

    Args:
        what: the job in a few words, such as "clean oscar/part-1".
        total: bytes to be done, or None when unknown.
        documents: to be done, where it is these that are known. Without both, and unless `reach` or
            `update` names a share, neither percentage nor ETA is shown.
    """

    def __init__(self, what: str, total: int | None = None, documents: int | None = None) -> None:
        self._what = what
        self._total = total
        self._all_documents = documents
        self._share: float | None = None
        self._bytes = 0
        self._documents = 0
        self._start = time.monotonic()
        self._terminal = sys.stderr.isatty()
        self._next = self._start + (TERMINAL_INTERVAL if self._terminal else LOG_INTERVAL)

    def update(self, done: int, documents: int = 0) -> None:
        """Add `done` bytes and `documents` documents, and report when it is time to."""
        self._bytes += done
        self._documents += documents
        self._report_if_due()

    def reach(self, done: int, documents: int, share: float | None = None) -> None:
        """Set the absolute number of bytes and documents done, and the share of the job."""
        self._bytes, self._documents, self._share = done, documents, share
        self._report_if_due()

    def _report_if_due(self) -> None:
        now = time.monotonic()
        if now >= self._next:
            self._next = now + (TERMINAL_INTERVAL if self._terminal else LOG_INTERVAL)
            self._print(now, end="\r" if self._terminal else "\n")

    def _print(self, now: float, end: str, ended: bool = False) -> None:
        print(self.line(now - self._start, ended), end=end, file=sys.stderr, flush=True)

    def line(self, elapsed: float, ended: bool = False) -> str:
        """Return the report after `elapsed` seconds; of a job that has ended, nothing is left."""
        rate = self._bytes / elapsed if elapsed > 0 else 0.0
        parts = [f"{self._what}: {self._bytes / 1e6:,.1f} MB"]
        share = None if ended else self._done()
        if self._total and not ended:
            parts[0] += f" of {self._total / 1e6:,.1f}"
        if share is not None:
            parts[0] += f" ({share:.0%})"
        if self._documents:
            parts.append(f"{self._documents:,} documents")
        parts.append(f"{rate / 1e6:,.1f} MB/s")
        if share:
            parts.append(f"{format_duration(elapsed * (1 - share) / share)} left")
        return ", ".join(parts)

    def _done(self) -> float | None:
        """Return the share of the job that is done, if it is known."""
        share = self._share
        if share is None and self._total:
            share = self._bytes / self._total
        if share is None and self._all_documents:
            share = self._documents / self._all_documents
        # What is to be done is now and then an estimate.
        return None if share is None else min(1.0, share)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        elapsed = time.monotonic() - self._start
        if kind is None:
            self._print(time.monotonic(), end=f", done in {format_duration(elapsed)}\n", ended=True)


class StepProgress(AbstractContextManager["StepProgress"]):
    """Reports on standard error which step of a job runs, where no step says how far it is.

    Args:
        what: the job in a word or two.
        steps: of which it consists.
    """

    def __init__(self, what: str, steps: int) -> None:
        self._what = what
        self._steps = steps
        self._begun = 0
        self._start = time.monotonic()

    def begin(self, step: str) -> None:
        """Report that a step begins; the others are taken to be as long as those before it."""
        done = self._begun
        self._begun += 1
        line = f"{self._what}: {step} ({self._begun} of {self._steps})"
        if done:
            elapsed = time.monotonic() - self._start
            line += f", about {format_duration(elapsed / done * (self._steps - done))} left"
        print(line, file=sys.stderr, flush=True)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is None:
            elapsed = format_duration(time.monotonic() - self._start)
            print(f"{self._what}: done in {elapsed}", file=sys.stderr, flush=True)


def format_duration(seconds: float) -> str:
    """Return a duration as `8 s`, `3 min 20 s` or `2 h 05 min`."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
