import os
import signal
import subprocess
import sys
import threading

import pytest

from sprintlib.signals import sigterm_as_interrupt


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGHUP])
def test_a_stop_and_a_closed_terminal_are_met_like_ctrl_c(sent: signal.Signals) -> None:
    with pytest.raises(KeyboardInterrupt), sigterm_as_interrupt():
        os.kill(os.getpid(), sent)
    assert signal.getsignal(sent) == signal.SIG_DFL


def test_what_nohup_ignores_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with sigterm_as_interrupt():
            os.kill(os.getpid(), signal.SIGHUP)
        assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_other_threads_are_left_alone() -> None:
    seen: list[object] = []

    def work() -> None:
        with sigterm_as_interrupt():
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [signal.SIG_DFL]


# a process of its own: in this one a browser's loop may be running
_LOOP = """
import asyncio, signal, sys
from sprintlib.signals import stop_loop_on_signal

sent = signal.Signals(int(sys.argv[1]))
before = signal.getsignal(sent)
loop = asyncio.new_event_loop()

def serves_on():
    try:
        signal.raise_signal(sent)
    except KeyboardInterrupt:  # as tornado does around a request
        print("caught")

with stop_loop_on_signal(loop):
    loop.call_soon(serves_on)
    loop.run_forever()
    assert signal.getsignal(sent) == before  # a second one is met as ever
print("stopped")
"""


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_loop_stops_though_its_callback_catches_everything(sent: signal.Signals) -> None:
    ran = subprocess.run([sys.executable, "-c", _LOOP, str(int(sent))], capture_output=True, text=True, check=False)
    assert (ran.stdout, ran.stderr) == ("stopped\n", "")
