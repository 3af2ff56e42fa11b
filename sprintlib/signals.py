"""Being told to end: a scheduler's stop and a closed terminal are met like Ctrl-C, so that everything is tidied up."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # every command imports this module, one of them runs a loop
    import asyncio


@contextmanager
def sigterm_as_interrupt() -> Iterator[None]:
    """SIGTERM and SIGHUP raise KeyboardInterrupt. In the main thread only; what is ignored (nohup) stays ignored."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {sent: signal.getsignal(sent) for sent in (signal.SIGTERM, signal.SIGHUP)}
    for sent, handler in before.items():
        if handler != signal.SIG_IGN:
            signal.signal(sent, _interrupt)
    try:
        yield
    finally:
        for sent, handler in before.items():
            signal.signal(sent, handler)


@contextmanager
def stop_loop_on_signal(loop: asyncio.AbstractEventLoop) -> Iterator[None]:
    """The first SIGINT, SIGTERM or SIGHUP stops the loop between two callbacks; a second one is met as before.

    A KeyboardInterrupt raised within a callback may be caught there: tornado logs what ends a request and serves on.
    """
    before = {sent: signal.getsignal(sent) for sent in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    heard = {sent: handler for sent, handler in before.items() if handler != signal.SIG_IGN}

    def put_back() -> None:
        for sent, handler in heard.items():
            if loop.remove_signal_handler(sent):
                signal.signal(sent, handler)

    def stop() -> None:
        put_back()
        loop.stop()

    for sent in heard:
        loop.add_signal_handler(sent, stop)
    try:
        yield
    finally:
        put_back()


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
