"""What stored analyses said before: the chance of each sprint day by day, and where it stood at a moment."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Engine, func, select

from sprintlib.analysis.model import MilestoneAnalysis
from sprintlib.results.analyses import read_body
from sprintlib.store import schema

_SPRINT = func.coalesce(schema.analysis.c.sprint, schema.analysis.c.milestone)


class ChanceAt(NamedTuple):
    """The probability of one sprint as of a moment, 0-1; None where there was no number."""

    as_of: datetime
    probability: float | None


class MeasuredAt(NamedTuple):
    """The measurements of one sprint as of a moment, by name. due_on: ISO, or None."""

    sprint: str
    as_of: datetime
    due_on: str | None
    values: dict[str, float]


def chances(engine: Engine, project: str, since: datetime, until: datetime) -> dict[str, list[ChanceAt]]:
    """Of each sprint (its key) what the stored analyses in [since, until] said, the oldest first."""
    table = schema.analysis.c
    query = (
        select(_SPRINT, table.as_of, table.body)
        .where(table.project == project, table.as_of >= since, table.as_of <= until)
        .order_by(table.as_of, table.revision)
    )
    found: dict[str, list[ChanceAt]] = {}
    with engine.connect() as connection:
        for key, as_of, body in connection.execute(query):
            found.setdefault(key, []).append(ChanceAt(as_of, body.get("probability")))
    return found


def newest_before(
    engine: Engine, project: str, until: datetime, since: datetime | None = None, sprint: str | None = None
) -> dict[str, tuple[datetime, MilestoneAnalysis]]:
    """The newest stored analysis of each sprint (its key) as of at most `until`, with its moment.

    since: none as of an earlier moment. sprint: only that one. Those that another version of this package wrote in
    another shape are left out.
    """
    table = schema.analysis
    place = func.row_number().over(partition_by=_SPRINT, order_by=(table.c.as_of.desc(), table.c.revision.desc()))
    ranked = select(table.c.id, place.label("place")).where(table.c.project == project, table.c.as_of <= until)
    if since is not None:
        ranked = ranked.where(table.c.as_of >= since)
    if sprint is not None:
        ranked = ranked.where(table.c.sprint == sprint)
    numbered = ranked.subquery()
    first = select(numbered.c.id).where(numbered.c.place == 1)
    query = select(_SPRINT, table.c.as_of, table.c.body).where(table.c.id.in_(first))
    with engine.connect() as connection:
        rows = connection.execute(query).all()
    read = {key: (as_of, read_body(body)) for key, as_of, body in rows}
    return {key: (as_of, found) for key, (as_of, found) in read.items() if found is not None}


def stored_moments(engine: Engine, project: str, since: datetime, until: datetime) -> Mapping[datetime, str]:
    """The moments in [since, until] of which an analysis is stored, each with the version that wrote the newest."""
    table = schema.analysis.c
    query = (
        select(table.as_of, table.version)
        .where(table.project == project, table.as_of >= since, table.as_of <= until)
        .order_by(table.as_of, table.revision)
    )
    with engine.connect() as connection:
        rows = connection.execute(query).all()
    return {row.as_of: row.version for row in rows}


def measured(engine: Engine, project: str, since: datetime, until: datetime) -> list[MeasuredAt]:
    """What the stored analyses in [since, until] measured, the oldest first; bodies of any version."""
    table = schema.analysis.c
    query = (
        select(_SPRINT.label("sprint"), table.as_of, table.body)
        .where(table.project == project, table.as_of >= since, table.as_of <= until)
        .order_by(table.as_of, table.revision)
    )
    with engine.connect() as connection:
        rows = connection.execute(query).all()
    return [
        MeasuredAt(sprint, as_of, body.get("due_on"), _values(body.get("measurements"))) for sprint, as_of, body in rows
    ]


def _values(found: object) -> dict[str, float]:
    """Name -> value of the measurements of a body that have one."""
    listed = found if isinstance(found, list) else []
    return {one["name"]: float(one["value"]) for one in listed if one.get("value") is not None}


def recommended_actions(engine: Engine, project: str) -> dict[str, str]:
    """Id of every recommendation of a project's stored analyses -> its sentence, as it was said last."""
    table, advice = schema.analysis, schema.recommendation
    query = (
        select(advice.c.id, advice.c.action)
        .join(table, advice.c.analysis_id == table.c.id)
        .where(table.c.project == project)
        .order_by(table.c.as_of, table.c.revision)
    )
    with engine.connect() as connection:
        rows = connection.execute(query).all()
    return {row.id: row.action for row in rows}
