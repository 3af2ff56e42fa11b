"""A process with a wall-clock limit, of which nothing survives the end."""

import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import psutil

_GRACE_SECONDS = 3.0


def run_watched(
    command: Sequence[str], cwd: Path, env: Mapping[str, str], log: Path, timeout_seconds: float
) -> int | None:
    """Run a command; its exit code, or None when the time was up.

    Output goes to `log`. When it ends in any way (also by Ctrl-C, or SIGTERM to this process), every process
    that it started and that still runs is ended too: Jupyter starts kernels in a session of their own.
    """
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=cwd,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        family = _Family(process.pid)
        try:
            with _terminated_like_interrupted():
                return family.wait(process, timeout_seconds)
        finally:
            family.end()
            process.wait()


class _Family:
    """A process and its descendants, remembered while they live: an orphan no longer names its parent."""

    def __init__(self, pid: int) -> None:
        self._root = psutil.Process(pid)
        self._members = {self._root}

    def wait(self, process: subprocess.Popen[bytes], timeout_seconds: float) -> int | None:
        until = time.monotonic() + timeout_seconds
        while time.monotonic() < until:
            try:
                return process.wait(timeout=0.2)
            except subprocess.TimeoutExpired:
                self._look()
        return None

    def end(self) -> None:
        self._look()
        for member in self._members:
            _quietly(member.terminate)
        _, stubborn = psutil.wait_procs(self._members, timeout=_GRACE_SECONDS)
        for member in stubborn:
            _quietly(member.kill)
        psutil.wait_procs(stubborn, timeout=_GRACE_SECONDS)

    def _look(self) -> None:
        try:
            self._members.update(self._root.children(recursive=True))
        except psutil.Error:
            return


def _quietly(act: Callable[[], None]) -> None:
    try:
        act()
    except psutil.Error:
        return


@contextmanager
def _terminated_like_interrupted() -> Iterator[None]:
    """SIGTERM raises KeyboardInterrupt, so that a scheduler's kill leaves no kernel behind. Main thread only."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
