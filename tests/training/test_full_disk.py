"""A full disk is told in one line, also by the thread that writes TensorBoard's files."""

import errno
import os
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from tensorboard.compat.tensorflow_stub.io import gfile

from gpt2ro.errors import UserError
from gpt2ro.training.board import Board, writer_thread_silent
from gpt2ro.training.step_log import StepLog

FULL = "no space left on the device, or in your quota; free some space, run again"


def full(*_: Any, **__: Any) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def add_until_told(board: Board) -> None:
    for step in range(1000):
        board.scalar("loss", 1.0, step)
        time.sleep(0.01)  # the thread writes behind


def test_curves_that_find_no_space_end_the_training_with_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    board = Board(tmp_path / "tensorboard")
    monkeypatch.setattr(gfile.LocalFileSystem, "_write", full)
    with writer_thread_silent(), pytest.raises(UserError) as error:
        add_until_told(board)
    assert str(error.value).startswith(f"{tmp_path}/tensorboard: {FULL}")
    assert "Traceback" not in capfd.readouterr().err


def test_an_error_in_another_thread_is_told_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[threading.ExceptHookArgs] = []
    monkeypatch.setattr(threading, "excepthook", told.append)
    with writer_thread_silent():
        thread = threading.Thread(target=full)
        thread.start()
        thread.join()
    assert [arguments.thread for arguments in told] == [thread]
    assert threading.excepthook == told.append


def test_a_log_that_finds_no_space_is_named() -> None:
    log = StepLog(Path("/dev/full"))
    with pytest.raises(UserError, match=f"^/dev/full: {FULL}"):
        log.write({"step": 1})
