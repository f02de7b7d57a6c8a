"""Notes SIGTERM, by which a scheduler says that time is over, instead of ending at once."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType


@dataclass
class Stop:
    """Whether the process was asked to end."""

    requested: bool = False


@contextmanager
def sigterm_noted() -> Iterator[Stop]:
    """Note SIGTERM inside the block; the handler from before is restored after it."""
    stop = Stop()

    def note(number: int, frame: FrameType | None) -> None:
        stop.requested = True

    before = signal.signal(signal.SIGTERM, note)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGTERM, before)
