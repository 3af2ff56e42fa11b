"""First starts in processes of their own: `python -m tests.store.first_start kills FOLDER N` or `together FOLDER N`.

Forked from one process that has imported everything, since starting Python takes longer than making a store.
"""

import os
import signal
import sys
from pathlib import Path
from typing import Any

import alembic.command  # noqa: F401  # so that no child imports it
from sqlalchemy import Engine, event

from sprintlib.store import open_store


def killed_at(url: str, statement: int) -> bool:
    """Open a store in a process that dies before that statement; whether it got as far as that."""
    child = os.fork()
    if child == 0:
        _die_before(statement)
        open_store(url).dispose()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def _die_before(statement: int) -> None:
    left = iter(range(statement))

    @event.listens_for(Engine, "before_cursor_execute")
    def count(*_arguments: Any) -> None:
        if next(left, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)


def kills(folder: Path, number: int) -> None:
    """Kill that many first starts, each at another statement, and open the store after each."""
    for statement in range(number):
        url = f"sqlite:///{folder}/{statement}/sprint.db"
        sys.stdout.write(f"{statement} {killed_at(url, statement)}\n")
        open_store(url).dispose()


def together(folder: Path, number: int) -> None:
    """That many processes open the same new store at once."""
    ready, go = os.pipe()
    children = []
    for _ in range(number):
        child = os.fork()
        if child == 0:
            os.close(go)
            os.read(ready, 1)  # returns when the parent closes its end
            open_store(f"sqlite:///{folder}/sprint.db").dispose()
            os._exit(0)
        children.append(child)
    os.close(go)
    for child in children:
        sys.stdout.write(f"{os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}\n")


if __name__ == "__main__":
    {"kills": kills, "together": together}[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]))
