"""The error a user sees, and the exit codes of every script."""

import argparse
import errno
import math
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from types import FrameType
from typing import NoReturn

from gpt2ro.memory import keep_freed_memory

# What the system calls a full disk, and the end of a user's share of it.
NO_SPACE = (errno.ENOSPC, errno.EDQUOT)

# Of a file or folder that is not what was expected, or not the user's.
PLACES = (
    errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EISDIR, errno.EEXIST,
    errno.ENAMETOOLONG,
)  # fmt: skip

EXIT_FAILURE = 1
EXIT_USAGE = 2  # as argparse has it
EXIT_INTERRUPTED = 130  # 128 + SIGINT, as shells report it

SOON = 60.0  # seconds; on a busy machine PyTorch takes half of them to be imported


class UserError(Exception):
    """A fault the user can mend, or an end that the user asked for.

    The message is one line: where (file or key), what was found, what was expected, what to do.

    Attributes:
        told: whether another process of the same work has told an error already.
        exit_code: what the process ends with.
    """

    told = False
    exit_code = EXIT_FAILURE


class SharedArgumentParser(argparse.ArgumentParser):
    """Reads arguments that several processes have alike; the first one alone tells a fault.

    torchrun, which starts them, numbers them in RANK.
    """

    # Whoever ends first makes torchrun end the others: these leave the first one time to tell.
    PATIENCE = 30.0  # seconds

    def error(self, message: str) -> NoReturn:
        """Tell a usage error, and end with 2."""
        if os.environ.get("RANK", "0") != "0":
            time.sleep(self.PATIENCE)
            sys.exit(EXIT_USAGE)
        super().error(message)


def nearest(name: str, valid: list[str]) -> str:
    """Return a hint such as `did you mean "cleaning"?`, or the list of valid names."""
    matches = get_close_matches(name, valid, n=1)
    return f'did you mean "{matches[0]}"?' if matches else f"valid: {', '.join(sorted(valid))}."


def run(
    main: Callable[[], None],
    *,
    blas_threads: int | None = None,
    keeps_memory: bool = False,
    leaves_at_once: bool = False,
) -> None:
    """Call `main` and end the process: 0 on success, 1 on a UserError, 130 on Ctrl-C.

    A usage error exits with 2 inside argparse. A closed output pipe is not an error. A full disk,
    and a path that cannot be used, are one line. Any other exception is a defect of ours and keeps
    its traceback.

    Args:
        blas_threads: that numpy may start when it is imported, unless the environment says it. By
            itself it starts one for each core, which takes 0.03 CPU seconds for two of them: a
            third of its import, for a script that uses no linear algebra.
        keeps_memory: let what one block of documents frees be there for the next, as
            gpt2ro/memory.py says.
        leaves_at_once: end the process on success without taking the interpreter and its libraries
            apart, which takes 0.02 CPU seconds after numpy and pyarrow, and does nothing for a
            script that has closed its files and waits for no thread.
    """
    if blas_threads is not None:
        os.environ.setdefault("OPENBLAS_NUM_THREADS", str(blas_threads))
    if keeps_memory:
        keep_freed_memory()
    try:
        with _interruption_told():
            main()
        sys.stdout.flush()
        if leaves_at_once:
            sys.stderr.flush()
            os._exit(0)
    except UserError as error:
        if not error.told:
            print(f"gpt2ro: {' '.join(str(error).split())}", file=sys.stderr, flush=True)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        print("gpt2ro: interrupted", file=sys.stderr)
        sys.exit(EXIT_INTERRUPTED)
    except BrokenPipeError:
        # The reader has gone; keep the interpreter from flushing into the closed pipe at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        message = of_system(error)
        if message is None:
            raise
        print(f"gpt2ro: {message}", file=sys.stderr, flush=True)
        sys.exit(EXIT_FAILURE)


@contextmanager
def _interruption_told() -> Iterator[None]:
    """Turn what is raised inside the block soon after Ctrl-C into KeyboardInterrupt.

    Some libraries pass over it while they are imported, and raise another error a little later: of
    NumPy, half of which is there then, that it has no attribute `subtract`. A UserError stays.
    """
    interrupted = -math.inf

    def note(_number: int, _frame: FrameType | None) -> None:
        nonlocal interrupted
        interrupted = time.monotonic()
        raise KeyboardInterrupt

    before = signal.getsignal(signal.SIGINT)
    if before is signal.default_int_handler:  # not where Ctrl-C is ignored
        signal.signal(signal.SIGINT, note)
    try:
        yield
    except UserError:
        raise
    except Exception as error:
        if time.monotonic() - interrupted < SOON:
            raise KeyboardInterrupt from error
        raise
    finally:
        signal.signal(signal.SIGINT, before)


def no_space_left(where: object = "") -> str:
    """Return what a user is told of a full disk.

    Args:
        where: the file or folder that was written, where it is known, and what it was for.
    """
    place = f"{where}: " if where else ""
    return f"{place}no space left on the device, or in your quota; free some space, run again."


def of_full_disk(error: OSError, where: object) -> Exception:
    """Return what to raise in place of an error of writing: a UserError if the disk is full."""
    return UserError(no_space_left(where)) if error.errno in NO_SPACE else error


def of_system(error: OSError) -> str | None:
    """Return what a user can do about an error of the system; None if it is a defect of ours."""
    if error.errno in NO_SPACE:
        # Of a file that is written as it grows, a log say; what appears whole says its name.
        return no_space_left(error.filename)
    if error.errno in PLACES and error.filename:
        return f"{error.filename}: {os.strerror(error.errno).lower()}; name another place."
    return None
