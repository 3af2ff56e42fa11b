"""Being told to end: a scheduler's stop and a closed terminal are met like Ctrl-C, so that everything is tidied up."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def met_like_ctrl_c() -> Iterator[None]:
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


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
