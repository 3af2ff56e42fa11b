import asyncio
import contextlib
import os
import signal
import threading

import pytest

from sprintlib.signals import met_like_ctrl_c, stopping


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGHUP])
def test_a_stop_and_a_closed_terminal_are_met_like_ctrl_c(sent: signal.Signals) -> None:
    with pytest.raises(KeyboardInterrupt), met_like_ctrl_c():
        os.kill(os.getpid(), sent)
    assert signal.getsignal(sent) == signal.SIG_DFL


def test_what_nohup_ignores_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with met_like_ctrl_c():
            os.kill(os.getpid(), signal.SIGHUP)
        assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_other_threads_are_left_alone() -> None:
    seen: list[object] = []

    def work() -> None:
        with met_like_ctrl_c():
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [signal.SIG_DFL]


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_loop_stops_though_its_callback_catches_everything(sent: signal.Signals) -> None:
    caught: list[BaseException] = []
    before = signal.getsignal(sent)

    def catches_everything() -> None:
        try:
            signal.raise_signal(sent)
        except KeyboardInterrupt as error:  # as tornado does around a request
            caught.append(error)

    loop = asyncio.new_event_loop()
    with contextlib.closing(loop), stopping(loop):
        loop.call_soon(catches_everything)
        loop.run_forever()
        assert signal.getsignal(sent) == before  # a second one is met as ever
    assert caught == []
    assert signal.getsignal(sent) == before
