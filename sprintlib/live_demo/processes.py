"""The processes of the demo, each with a log of its own, ended with it."""

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sprintlib.child_environment import child_environment
from sprintlib.errors import SprintError

_START_SECONDS = 120.0
_END_SECONDS = 20.0
_LOOK_SECONDS = 0.1


@dataclass(frozen=True)
class Process:
    """A `sprint` command that runs beside this one. log: what it printed."""

    name: str
    log: Path
    _process: subprocess.Popen[bytes]

    def word_after(self, words: str) -> str:
        """What follows these words in its output, as soon as it is there, up to the next blank.

        Raises SprintError where the process ends before, or is not ready in time.
        """
        until = time.monotonic() + _START_SECONDS
        while time.monotonic() < until:
            found = self.log.read_text(encoding="utf-8", errors="replace").partition(words)[2]
            if "\n" in found:
                return found.split()[0]
            self.check()
            time.sleep(_LOOK_SECONDS)
        raise SprintError(f"{self.name} did not start in {_START_SECONDS:.0f} seconds: see {self.log}.")

    def check(self) -> None:
        """Raises SprintError where the process has ended."""
        code = self._process.poll()
        if code is not None:
            raise SprintError(f"{self.name} ended by itself ({code}): see {self.log}.")


@contextmanager
def beside(name: str, home: Path, arguments: Sequence[str], secrets: Mapping[str, str]) -> Iterator[Process]:
    """Run `sprint --home HOME ARGUMENTS` until the end of the block.

    name: for sentences about it, and in lower case of its log. secrets: variables that only this process is given.
    """
    log = home / "logs" / f"{name.rpartition(' ')[2].lower()}.log"
    log.parent.mkdir(exist_ok=True)
    command = [sys.executable, "-P", "-m", "sprintlib", "--home", str(home), *arguments]
    with log.open("wb") as output:
        # Ctrl-C is met here, and ends the processes one after the other
        process = subprocess.Popen(
            command,
            env={**child_environment(), "PYTHONUNBUFFERED": "1", **secrets},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield Process(name, log, process)
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=_END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
