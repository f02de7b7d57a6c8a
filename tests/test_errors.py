import os
import subprocess
import sys

import pytest

from gpt2ro.errors import UserError, nearest, run


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


def test_names_the_nearest_valid_name() -> None:
    assert nearest("cleanning", ["cleaning", "split"]) == 'did you mean "cleaning"?'
    assert nearest("xyz", ["split", "cleaning"]) == "valid: cleaning, split."
