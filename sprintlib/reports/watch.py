"""A process with a wall-clock limit, of which nothing survives the end."""

import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psutil

from sprintlib.signals import sigterm_as_interrupt

_GRACE_SECONDS = 3.0


def run_watched(
    command: Sequence[str], cwd: Path, env: Mapping[str, str], log: Path, timeout_seconds: float
) -> int | None:
    """Run a command; its exit code, or None when the time was up.

    Output goes to `log`. When it ends in any way (also by Ctrl-C, or SIGTERM or SIGHUP to this process), every process
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
            with sigterm_as_interrupt():
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
