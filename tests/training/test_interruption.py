"""Which signals are noted, and which end the process at once."""

import signal

import pytest

from gpt2ro.training.interruption import signals_noted
from gpt2ro.training.processes import Processes


@pytest.fixture(autouse=True)
def handler():
    """The handler of Ctrl-C that Python has by itself, whatever the tests run in."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield signal.default_int_handler
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_is_noted_and_its_handler_is_back_after_the_block(number) -> None:
    before = signal.getsignal(number)
    with signals_noted() as stop:
        assert stop.number is None
        signal.raise_signal(number)
        assert stop.number == number
    assert signal.getsignal(number) is before


def test_a_second_ctrl_c_ends_the_process_at_once(capfd) -> None:
    with pytest.raises(KeyboardInterrupt), signals_noted():
        signal.raise_signal(signal.SIGINT)
        assert "again to end at once" in capfd.readouterr().err
        signal.raise_signal(signal.SIGINT)


def test_one_of_several_processes_gets_ctrl_c_twice_and_notes_it(capfd) -> None:
    with signals_noted(Processes(rank=1, count=2)) as stop:
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
    assert stop.number == signal.SIGINT
    assert not capfd.readouterr().err


def test_ctrl_c_stays_ignored_where_it_was() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with signals_noted() as stop:
        signal.raise_signal(signal.SIGINT)
    assert stop.number is None
