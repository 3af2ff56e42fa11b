"""What the pages read beside facts: analyses of now and of past days, stored by `sprint analyze` while pages are open.

The server itself never writes an analysis; it starts the command that does, at the lowest priority.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tornado.ioloop import IOLoop

from sprintlib.child_environment import STORE, child_environment

_FIRST_AFTER = 12.0  # seconds: whoever opens the first page is served first
_EVERY = 20 * 60.0  # before what is stored is no longer current
_PRIORITY = 15
_PATIENCE = 3.0  # seconds
PAST_DAYS = 14


class Upkeep:
    """Runs `sprint analyze --past-days 14` soon after the start, and every twenty minutes while pages are open.

    is_used: whether anybody has a page open. A store that cannot be written, or facts that are missing, end the command
    and nothing else: pages then analyse by themselves.
    """

    def __init__(self, home: Path, is_used: Callable[[], bool]) -> None:
        self._home, self._is_used = home, is_used
        self._child: subprocess.Popen[bytes] | None = None
        self._begun = False

    def begin(self) -> None:
        """Start with the loop of this thread."""
        IOLoop.current().call_later(_FIRST_AFTER, self._round)

    def end(self) -> None:
        """Stop the command, if it runs; what it stored is complete, day by day."""
        if self._child is not None and self._child.poll() is None:
            self._child.terminate()
            try:
                self._child.wait(_PATIENCE)
            except subprocess.TimeoutExpired:  # at the lowest priority, a busy machine does not let it end
                self._child.kill()
                self._child.wait()

    def _round(self) -> None:
        IOLoop.current().call_later(_EVERY, self._round)
        idle = self._child is None or self._child.poll() is not None
        if idle and (self._is_used() or not self._begun):
            self._begun = True
            self._child = _started(self._home)


def _started(home: Path) -> "subprocess.Popen[bytes] | None":
    command = [sys.executable, "-P", "-m", "sprintlib", "--home", str(home), "analyze", "--past-days", str(PAST_DAYS)]
    nothing = subprocess.DEVNULL
    try:
        child = subprocess.Popen(
            command, stdin=nothing, stdout=nothing, stderr=nothing, env=child_environment(STORE), close_fds=True
        )
        os.setpriority(os.PRIO_PROCESS, child.pid, _PRIORITY)
    except OSError:
        return None
    return child
