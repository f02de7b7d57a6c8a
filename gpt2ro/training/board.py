"""TensorBoard's files of a run; that the disk is full for them is told in one line."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from torch.utils.tensorboard import SummaryWriter

from gpt2ro.training.full_disk import full_disk_told

# TensorBoard's thread, which writes; the next call raises its error again, in our thread.
WRITER_THREAD = "_AsyncWriterThread"


class Board:
    """Scalars and texts by step.

    Each method raises UserError if the disk is full. That may come of an earlier call, as a thread
    writes behind (`writer_thread_silent`).
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with full_disk_told(folder):
            self._writer = SummaryWriter(str(folder))

    def hide_after(self, step: int) -> None:
        """Hide what was written of later steps, which will come again."""
        with full_disk_told(self._folder):
            self._writer.close()
            self._writer = SummaryWriter(str(self._folder), purge_step=step + 1)

    def scalar(self, name: str, value: float, step: int) -> None:
        """Add a point of a curve."""
        with full_disk_told(self._folder):
            self._writer.add_scalar(name, value, step)

    def text(self, name: str, text: str, step: int | None = None) -> None:
        """Add a text."""
        with full_disk_told(self._folder):
            self._writer.add_text(name, text, step)

    def close(self) -> None:
        """Write what is left, and close the file."""
        with full_disk_told(self._folder):
            self._writer.close()


@contextmanager
def writer_thread_silent() -> Iterator[None]:
    """Inside the block, print no traceback of TensorBoard's thread; a Board tells its errors."""
    before = threading.excepthook

    def told(arguments: threading.ExceptHookArgs) -> None:
        if type(arguments.thread).__name__ != WRITER_THREAD:
            before(arguments)

    threading.excepthook = told
    try:
        yield
    finally:
        threading.excepthook = before
