import os
import signal
import threading

import pytest

from sprintlib.signals import met_like_ctrl_c


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
