"""Which workers live, and of which project they keep the stored analyses up to date."""

import os
import socket
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, delete, func, select

from sprintlib.store import upsert
from sprintlib.store.schema import worker

ALIVE_FOR = timedelta(seconds=20)  # after its last sign of life; there is one every five seconds


def worker_name() -> str:
    """By what a worker is known: host, process and when that process began."""
    import psutil

    return f"{socket.gethostname()[:48]}:{os.getpid()}:{psutil.Process().create_time():.2f}"


def sign_on(engine: Engine, holder: str, project: str) -> None:
    """A sign of life of a worker that has taken in everything written before it began."""
    now = datetime.now(UTC)
    row = {"holder": holder, "project": project, "seen_at": now}
    with engine.begin() as connection:
        upsert(connection, worker, [row])
        connection.execute(delete(worker).where(worker.c.seen_at < now - ALIVE_FOR))


def sign_off(engine: Engine, holder: str) -> None:
    """The worker ends, or can no longer say that it is up to date."""
    with engine.begin() as connection:
        connection.execute(delete(worker).where(worker.c.holder == holder))


def is_kept(engine: Engine, project: str) -> bool:
    """Whether a worker lives that analyses whatever is written about a project.

    A sign from the future, of a clock that was set back since, is none.
    """
    now = datetime.now(UTC)
    alive = worker.c.seen_at.between(now - ALIVE_FOR, now + ALIVE_FOR)
    with engine.connect() as connection:
        return bool(connection.scalar(select(func.count()).where(worker.c.project == project, alive)))
