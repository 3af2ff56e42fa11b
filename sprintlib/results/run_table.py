"""The run table: the truth about reports. What papermill writes into a notebook's metadata is not."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import psutil
from sqlalchemy import Engine, RowMapping, select, update
from sqlalchemy.exc import DatabaseError

from sprintlib.errors import StoreError
from sprintlib.store.schema import run

State = Literal["running", "ok", "failed", "timeout", "killed"]
Trigger = Literal["hand", "due"]
Kind = Literal["sprint_analysis", "weekly_digest", "retrospective"]


@dataclass(frozen=True)
class Run:
    """One report that runs or ran. folder: relative to the reports folder; null without a result.

    sprint: the key of the sprint reported on; null while it runs, where that came to nothing, and of a week.
    """

    id: int
    milestone: str
    as_of: datetime
    state: State
    trigger: Trigger
    started_at: datetime
    finished_at: datetime | None
    folder: str | None
    message: str | None
    pid: int | None
    sprint: str | None = None
    kind: Kind = "sprint_analysis"


def start(
    engine: Engine,
    project: str,
    milestone: str,
    as_of: datetime,
    trigger: Trigger,
    parameters: Mapping[str, Any],
    kind: Kind = "sprint_analysis",
) -> int:
    """Record that this process begins a report; its id. Raises StoreError when nothing can be written."""
    values = {
        "project": project,
        "milestone": milestone,
        "kind": kind,
        "as_of": as_of,
        "state": "running",
        "trigger": trigger,
        "parameters": dict(parameters),
        "pid": os.getpid(),
        "started_at": datetime.now(UTC),
    }
    try:
        with engine.begin() as connection:
            key = connection.execute(run.insert().values(values)).inserted_primary_key
    except DatabaseError as error:
        raise StoreError(
            f"The run could not be recorded ({error.orig}): free some disk space and try again."
        ) from error
    if key is None:
        raise StoreError("The run could not be recorded: the store gave no id.")
    return int(key[0])


def finish(engine: Engine, run_id: int, state: State, message: str | None = None, **columns: Any) -> None:
    """Record how a run ended. columns: folder, digest, milestone. Raises StoreError when nothing can be written."""
    values = {"state": state, "message": message, "finished_at": datetime.now(UTC), **columns}
    try:
        with engine.begin() as connection:
            connection.execute(update(run).where(run.c.id == run_id).values(values))
    except DatabaseError as error:
        raise StoreError(
            f"How the run ended could not be recorded ({error.orig}): free some disk space and try again."
        ) from error


def runs(engine: Engine, project: str, limit: int | None = None, before: int | None = None) -> list[Run]:
    """Runs of a project, newest first. before: only those with a smaller id."""
    statement = select(run).where(run.c.project == project).order_by(run.c.started_at.desc(), run.c.id.desc())
    if before is not None:
        statement = statement.where(run.c.id < before)
    with engine.connect() as connection:
        return [_run(row) for row in connection.execute(statement.limit(limit)).mappings()]


def find_run(engine: Engine, project: str, identifier: int) -> Run | None:
    """One run by its id; None where there is none."""
    with engine.connect() as connection:
        row = connection.execute(select(run).where(run.c.project == project, run.c.id == identifier)).mappings().first()
    return _run(row) if row else None


def mark_dead_runs(engine: Engine) -> int:
    """Close the books on runs whose process is gone; how many there were."""
    with engine.connect() as connection:
        running = connection.execute(select(run).where(run.c.state == "running")).mappings().all()
    gone = [row for row in running if not _alive(row["pid"], row["started_at"])]
    for row in gone:
        finish(engine, row["id"], "killed", "The process ended unexpectedly: it was killed, or the machine went down.")
    return len(gone)


def forget_folder(engine: Engine, folder: str) -> None:
    """The result of a run was removed; the run itself stays in the books."""
    with engine.begin() as connection:
        connection.execute(update(run).where(run.c.folder == folder).values(folder=None))


def _alive(pid: int | None, started_at: datetime) -> bool:
    """Whether the process that began then still runs; a younger process with the same number is another one.

    A dead one that nobody has waited for yet does not run.
    """
    if pid is None:
        return False
    try:
        process = psutil.Process(pid)
        began, dead = datetime.fromtimestamp(process.create_time(), UTC), process.status() == psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
    return not dead and began <= started_at + timedelta(seconds=5)


def _run(row: RowMapping) -> Run:
    return Run(**{name: row[name] for name in Run.__dataclass_fields__})
