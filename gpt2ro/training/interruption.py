"""Notes the signals that ask a training to end, so that it can write a checkpoint first."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

from gpt2ro.training.processes import ALONE, Processes

STANDARD_ERROR = 2  # its file descriptor


@dataclass
class Stop:
    """The signal that asked the process to end, or None."""

    number: signal.Signals | None = None


@contextmanager
def signals_noted(processes: Processes = ALONE) -> Iterator[Stop]:
    """Note SIGTERM and Ctrl-C inside the block; the handlers from before are restored after it.

    SIGTERM is how a scheduler says that time is over. A second Ctrl-C ends a process that is alone
    at once; torchrun passes Ctrl-C on, so one of several gets it twice. Where Ctrl-C is ignored, as
    in the background of a script, it stays so.
    """
    stop = Stop()

    def note(number: int, frame: FrameType | None) -> None:
        if number == signal.SIGINT and processes.count == 1:
            if stop.number == signal.SIGINT:
                raise KeyboardInterrupt
            # Not print: the signal may come while something is printed.
            message = b"training: Ctrl-C: a checkpoint comes next; again to end at once\n"
            os.write(STANDARD_ERROR, message)
        stop.number = signal.Signals(number)

    noted = [signal.SIGTERM]
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        noted.append(signal.SIGINT)
    before = {number: signal.signal(number, note) for number in noted}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
