"""Reading stored analyses one by one, and whether anything stored has changed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Engine, Select, func, select

from sprintlib.store import schema


@dataclass(frozen=True)
class StoredAnalysis:
    """One stored analysis of one milestone. body: the milestone's part of `sprint analyze --json`, if asked for."""

    id: int
    milestone: str
    sprint: str | None
    as_of: datetime
    revision: int
    version: str
    created_at: datetime
    body: dict[str, Any] | None = None


_COLUMNS = [schema.analysis.c[name] for name in StoredAnalysis.__dataclass_fields__ if name != "body"]


def stored_analyses(
    engine: Engine, project: str, most: int, before: int | None = None, sprint: str | None = None
) -> list[StoredAnalysis]:
    """Stored analyses of a project, the last written first, without bodies. before: only those with a smaller id."""
    query = _of(project).order_by(schema.analysis.c.id.desc()).limit(most)
    if before is not None:
        query = query.where(schema.analysis.c.id < before)
    if sprint is not None:
        query = query.where(schema.analysis.c.sprint == sprint)
    return _read(engine, query)


def analyses_after(engine: Engine, project: str, last: int, most: int = 100) -> list[StoredAnalysis]:
    """Those written after the one with this id, in order."""
    return _read(engine, _of(project).where(schema.analysis.c.id > last).order_by(schema.analysis.c.id).limit(most))


def last_analysis(engine: Engine, project: str) -> int:
    """The id of the analysis written last; 0 before the first."""
    table = schema.analysis.c
    with engine.connect() as connection:
        return connection.scalar(select(func.max(table.id)).where(table.project == project)) or 0


def stored_analysis(engine: Engine, project: str, identifier: int) -> StoredAnalysis | None:
    """One of them with its body; None where there is none."""
    query = _of(project).add_columns(schema.analysis.c.body).where(schema.analysis.c.id == identifier)
    return next(iter(_read(engine, query)), None)


def _marks() -> Select[Any]:
    numbered = (
        schema.analysis,
        schema.feedback,
        schema.run,
        schema.fact_change,
        schema.chunk,
        schema.delivery,
        schema.experiment,
    )
    ended = (schema.run, schema.sync_run, schema.delivery)
    marks: list[ColumnElement[Any]] = [func.max(table.c.id) for table in numbered]
    marks += [func.max(table.c.finished_at) for table in ended]
    marks += [func.max(schema.experiment.c.stopped_at), func.max(schema.imported_prior.c.imported_at)]
    marks += [func.max(schema.recalibration.c.adopted_at), func.max(schema.recalibration.c.reverted_at)]
    marks += [func.count(schema.analysis.c.id), func.count(schema.run.c.id)]
    return select(*(select(mark).scalar_subquery() for mark in marks))


_MARKS = _marks()  # made once: making it takes longer than asking it


def change_mark(engine: Engine) -> str:
    """Another text whenever anything that results are read from has been written: cheap enough for every request."""
    with engine.connect() as connection:
        row = connection.execute(_MARKS).one()
    return "-".join(str(value) for value in row)


def _of(project: str) -> Select[Any]:
    return select(*_COLUMNS).where(schema.analysis.c.project == project)


def _read(engine: Engine, query: Select[Any]) -> list[StoredAnalysis]:
    with engine.connect() as connection:
        return [StoredAnalysis(**row) for row in connection.execute(query).mappings()]
