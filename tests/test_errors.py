import errno
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress

import pytest

from gpt2ro import errors
from gpt2ro.errors import SharedArgumentParser, UserError, nearest, run


def test_a_user_error_is_one_line_and_exit_code_1(capsys: pytest.CaptureFixture[str]) -> None:
    def main() -> None:
        raise UserError("a.txt: found this,\n expected that.")

    with pytest.raises(SystemExit) as end:
        run(main)
    assert end.value.code == 1
    assert capsys.readouterr().err == "gpt2ro: a.txt: found this, expected that.\n"


def test_ctrl_c_ends_with_130_and_without_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    def main() -> None:
        raise KeyboardInterrupt

    with pytest.raises(SystemExit) as end:
        run(main)
    assert end.value.code == 130
    assert capsys.readouterr().err == "gpt2ro: interrupted\n"


@pytest.fixture
def heeded_ctrl_c() -> Iterator[None]:
    """Ctrl-C is heeded; a process that a shell starts in the background ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heeded_ctrl_c")
def test_an_error_that_ctrl_c_has_led_to_is_no_defect(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def main() -> None:
        with suppress(KeyboardInterrupt):  # as NumPy does while it is imported
            signal.raise_signal(signal.SIGINT)
        raise AttributeError("module 'numpy' has no attribute 'subtract'")

    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(SystemExit) as end:
        run(main)
    assert end.value.code == 130
    assert capsys.readouterr().err == "gpt2ro: interrupted\n"
    assert signal.getsignal(signal.SIGINT) is before
    # Long after a Ctrl-C that was passed over, a defect is one.
    monkeypatch.setattr(errors, "SOON", 0.0)
    with pytest.raises(AttributeError):
        run(main)


@pytest.mark.usefixtures("heeded_ctrl_c")
def test_a_fault_of_the_user_is_told_after_ctrl_c_too(capsys: pytest.CaptureFixture[str]) -> None:
    def main() -> None:
        with suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        raise UserError("a.txt: not found.")

    with pytest.raises(SystemExit) as end:
        run(main)
    assert end.value.code == 1
    assert capsys.readouterr().err == "gpt2ro: a.txt: not found.\n"


def test_a_closed_pipe_is_silent() -> None:
    program = (
        "from gpt2ro.errors import run\n"
        "run(lambda: [print('line') for _ in range(100000)])"
    )  # fmt: skip
    done = subprocess.run(
        ["bash", "-c", 'set -o pipefail; "$0" -c "$1" | head -n 1', sys.executable, program],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "line\n", "")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_one_line_and_exit_code_1(number, capsys) -> None:
    def main() -> None:
        raise OSError(number, os.strerror(number))

    with pytest.raises(SystemExit) as end:
        run(main)
    assert end.value.code == 1
    assert capsys.readouterr().err == (
        "gpt2ro: no space left on the device, or in your quota; free some space, run again.\n"
    )


def test_a_path_that_cannot_be_used_is_one_line(tmp_path, capsys) -> None:
    (tmp_path / "file").write_text("")
    for main, message in (
        ((tmp_path / "file" / "b").mkdir, f"{tmp_path}/file/b: not a directory"),
        (tmp_path.read_text, f"{tmp_path}: is a directory"),
    ):
        with pytest.raises(SystemExit) as end:
            run(main)
        assert end.value.code == 1
        assert capsys.readouterr().err == f"gpt2ro: {message}; name another place.\n"


def test_another_error_of_the_system_keeps_its_traceback() -> None:
    def main() -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with pytest.raises(OSError, match="Input/output error"):
        run(main)


def test_a_defect_of_ours_keeps_its_traceback() -> None:
    with pytest.raises(ZeroDivisionError):
        run(lambda: print(1 // 0))


def test_threads_of_blas_are_those_of_the_script_unless_the_environment_says_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "environ", {})
    run(lambda: None)
    assert os.environ == {}
    for given in (1, 2):
        run(lambda: None, blas_threads=given)
        assert os.environ == {"OPENBLAS_NUM_THREADS": "1"}


@pytest.mark.parametrize("ending", ["pass", "raise UserError('fault')"])
def test_a_script_that_leaves_at_once_has_said_everything(ending: str) -> None:
    program = (
        "import atexit, sys\n"
        "from gpt2ro.errors import UserError, run\n"
        "atexit.register(print, 'taken apart')\n"
        "def main():\n"
        "    print('out')\n"
        "    print('error', end='', file=sys.stderr)\n"
        f"    {ending}\n"
        "run(main, leaves_at_once=True)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    fails = ending != "pass"
    assert done.returncode == int(fails)
    assert done.stdout == ("out\ntaken apart\n" if fails else "out\n")
    assert done.stderr == ("errorgpt2ro: fault\n" if fails else "error")


def test_freed_memory_is_kept_if_a_script_asks_for_that(monkeypatch) -> None:
    kept = []
    monkeypatch.setattr(errors, "keep_freed_memory", lambda: kept.append(True))
    run(lambda: None)
    assert not kept
    run(lambda: None, keeps_memory=True)
    assert kept


def test_names_the_nearest_valid_name() -> None:
    assert nearest("cleanning", ["cleaning", "split"]) == 'did you mean "cleaning"?'
    assert nearest("xyz", ["split", "cleaning"]) == "valid: cleaning, split."


@pytest.mark.parametrize(("rank", "told"), [(None, True), ("0", True), ("1", False)])
def test_a_usage_error_is_told_by_the_first_of_several_processes(
    monkeypatch, capsys, rank: str | None, told: bool
) -> None:
    monkeypatch.delenv("RANK", raising=False)
    if rank:
        monkeypatch.setenv("RANK", rank)
    monkeypatch.setattr(SharedArgumentParser, "PATIENCE", 0.0)
    with pytest.raises(SystemExit) as end:
        SharedArgumentParser(prog="x").parse_args(["--nonsense"])
    assert end.value.code == 2
    assert ("x: error: unrecognized arguments: --nonsense" in capsys.readouterr().err) == told
