"""Where the sprints come from, and whether there is one to forecast."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import Connection, select

from sprintlib.doctor.check import Check
from sprintlib.facts.board_names import stored_as
from sprintlib.history.item_status import repository_ids
from sprintlib.settings import Settings
from sprintlib.store import open_store, schema
from sprintlib.text import printable

_NAME = "sprints"
Days = tuple[str, date, date]  # what a sprint is called, its first and its last day


def check_sprints(settings: Settings, today: date) -> Check:
    """The source of `[sprints]`, and the sprint of this day or the next one. Raises StoreError."""
    asked = settings.sprints
    if asked.source == "cadence" and asked.start is not None:
        return _cadence(asked.start, settings.sprint_days, today)
    engine = open_store(settings.database_url, read_only=True)
    try:
        with engine.connect() as connection:
            if asked.source == "projects" and asked.project is not None:
                return _iterations(connection, asked.project, today)
            return _milestones(connection, settings, today)
    finally:
        engine.dispose()


def _cadence(start: date, days: int, today: date) -> Check:
    if today < start:
        todo = "choose an earlier start under [sprints]; finished sprints are what the forecast learns from"
        return Check(_NAME, "warn", f"a cadence of {days} days: the first sprint begins on {start}", todo)
    first = start + timedelta(days=(today - start).days // days * days)
    last = first + timedelta(days=days - 1)
    return Check(_NAME, "ok", f"a cadence of {days} days: Sprint {first} is open until {last}")


def _iterations(connection: Connection, name: str, today: date) -> Check:
    source = f"iterations of the GitHub Project {name}"
    table = schema.board_iteration
    rows = connection.execute(
        select(table).where(table.c.board == stored_as(connection, name)).order_by(table.c.seen_at)
    )
    newest = {row.iteration: row for row in rows}.values()
    found = [(row.title, row.first_day, row.first_day + timedelta(days=row.days - 1)) for row in newest]
    if not found:
        return Check(_NAME, "warn", f"{source}: none is known", "run 'sprint sync'; 'collection' says what is missing")
    return _by_day(source, found, today, "add one to the iteration field of the project")


def _milestones(connection: Connection, settings: Settings, today: date) -> Check:
    table = schema.milestone.c
    ids = list(repository_ids(connection, settings.project.repositories).values())
    is_open = [table.repository_id.in_(ids), table.gone_at.is_(None), table.state == "open", table.due_on.is_not(None)]
    rows = connection.execute(select(table.title, table.due_on).where(*is_open).order_by(table.due_on)).all()
    if not rows:
        todo = "give one a due date on GitHub, or choose another source under [sprints]"
        return Check(_NAME, "info", "milestones: no open one has a due date", todo)
    title, due_on = next(((row.title, row.due_on) for row in rows if row.due_on >= today), tuple(rows[-1]))
    many = f"{len(rows)} open with a due date" if len(rows) > 1 else "1 open with a due date"
    verb = "is" if due_on >= today else "was"
    return Check(_NAME, "ok", f"milestones: {many}; {printable(title)} {verb} due {due_on}")


def _by_day(source: str, found: Sequence[Days], today: date, todo: str) -> Check:
    now = next((one for one in found if one[1] <= today <= one[2]), None)
    if now is None:
        return Check(_NAME, "warn", f"{source}: no one of {len(found)} includes {today}", todo)
    title, _, last = now
    return Check(_NAME, "ok", f"{source}: {printable(title)} is open until {last}")
