"""Results in the store: every analysis with its revisions, and reading the latest back."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, tzinfo
from importlib.metadata import version
from typing import Any

from pydantic import ValidationError
from sqlalchemy import ColumnElement, Connection, Engine, Select, and_, delete, func, insert, select

from sprintlib.analysis.model import Analysis, MilestoneAnalysis
from sprintlib.as_of import lies_ahead
from sprintlib.evidence import Evidence
from sprintlib.experiments import enrol
from sprintlib.store import schema
from sprintlib.store.locking import take_lock

_AT_ONCE = 500
_WRITERS_LOCK = 7_074_683_203  # any number, as long as every process takes the same


def store_analysis(engine: Engine, analysis: Analysis, *, is_seen: bool = True) -> list[int]:
    """Write every milestone's analysis with its recommendations and evidence, in one transaction.

    A further analysis of the same milestone and moment becomes its next revision. One of a moment that lies ahead is
    not kept, or it would be the latest until then. is_seen: somebody can read it at its moment, so items that it draws
    for an experiment enter that; not so of past days that are filled in. Returns the analysis ids.
    """
    if lies_ahead(analysis.as_of):
        return []
    with engine.begin() as connection:
        return [_store(connection, analysis, milestone, is_seen=is_seen) for milestone in analysis.milestones]


def store_changed(engine: Engine, analysis: Analysis, zone: tzinfo = UTC) -> list[int]:
    """Write the analyses of those milestones of which anything that is shown differs from the newest one stored.

    One of an earlier day (in `zone`) is followed by one of today in any case: each day has its own. Two processes that
    come to the same result store it once. Returns the ids of what was written.
    """
    if lies_ahead(analysis.as_of):
        return []
    with _alone(engine) as connection:
        today = analysis.as_of.astimezone(zone).date()
        changed = [one for one in analysis.milestones if _is_news(connection, analysis.project, one, today, zone)]
        return [_store(connection, analysis, milestone) for milestone in changed]


def _is_news(connection: Connection, project: str, milestone: MilestoneAnalysis, today: date, zone: tzinfo) -> bool:
    """Whether the newest stored analysis of a milestone is of an earlier day, or shows anything else."""
    row = connection.execute(_newest_first(project).where(_same_sprint(milestone)).limit(1)).first()
    if row is None or row.as_of.astimezone(zone).date() < today:
        return True
    stored = read_body(row.body)
    return stored is None or shown(stored) != shown(milestone)


def shown(milestone: MilestoneAnalysis) -> dict[str, Any]:
    """What a reader sees of an analysis, as it is rounded for them: the rest may differ without being news."""
    return {
        "title": milestone.title,
        "due_on": milestone.due_on,
        "state": milestone.state,
        "probability": _percent(milestone.probability),
        "delivered": _percent(milestone.probability_delivered),
        "reason": milestone.reason,
        "scope": milestone.scope,
        "points": milestone.points,
        "parts": [(part.repo, part.number, part.scope, _percent(part.probability)) for part in milestone.parts],
        "dates": milestone.forecast_dates,
        "health": milestone.health,
        "summary": milestone.summary,
        "risks": sorted((risk.kind, risk.statement) for risk in milestone.risks),
        "recommendations": [(advice.id, advice.action) for advice in milestone.recommendations],
        "plan": milestone.plan.statement if milestone.plan else None,
        "hostile": [risk.statement for risk in milestone.hostile_text],
        "items": sorted((item.ref, _percent(item.closes_by_due)) for item in milestone.items),
        "known_later": milestone.known_later,
    }


def _percent(value: float | None) -> int | None:
    return None if value is None else round(100 * value)


def thin_analyses(engine: Engine, project: str, before: datetime, zone: tzinfo) -> int:
    """Of analyses from before a moment, keep the last of each sprint and local day, and those with a model's words.

    Returns how many went.
    """
    table = schema.analysis.c
    query = select(table.id, func.coalesce(table.sprint, table.milestone), table.as_of).where(
        table.project == project, table.as_of < before
    )
    with engine.begin() as connection:
        rows = connection.execute(query.order_by(table.as_of, table.revision)).all()
        last = {(sprint, as_of.astimezone(zone).date()): key for key, sprint, as_of in rows}
        old = sorted({key for key, _, _ in rows} - set(last.values()))
        gone = 0
        for start in range(0, len(old), _AT_ONCE):
            chosen = old[start : start + _AT_ONCE]
            bodies = connection.execute(select(table.id, table.body).where(table.id.in_(chosen)))
            plain = [key for key, body in bodies if not body.get("narrative")]
            gone += connection.execute(delete(schema.analysis).where(table.id.in_(plain))).rowcount
    return gone


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """A transaction in which nobody else stores analyses."""
    with engine.connect() as connection, connection.begin():
        take_lock(connection)
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(_WRITERS_LOCK)))
        yield connection


def latest_analyses(engine: Engine, project: str) -> list[tuple[datetime, MilestoneAnalysis]]:
    """The newest stored analysis of each milestone of a project, with its moment; in the order of their due dates.

    One that another version of this package wrote in another shape is left out: `sprint analyze` makes it again.
    """
    found = [(as_of, milestone) for as_of, milestone in _newest(engine, project) if milestone is not None]
    return sorted(found, key=lambda pair: (pair[1].due_on or date.max, pair[1].title))


def left_out(engine: Engine, project: str) -> int:
    """How many milestones `latest_analyses` leaves out, because another version wrote their analysis."""
    return sum(milestone is None for _, milestone in _newest(engine, project))


def _newest(engine: Engine, project: str) -> list[tuple[datetime, MilestoneAnalysis | None]]:
    """The newest stored analysis of each milestone, with its moment; None for one that cannot be read."""
    with engine.connect() as connection:
        return _newest_in(connection, project)


def _newest_in(connection: Connection, project: str) -> list[tuple[datetime, MilestoneAnalysis | None]]:
    table = schema.analysis.c
    first = _newest_first(project).limit(1)
    keys = select(table.sprint).where(table.project == project, table.sprint.is_not(None)).distinct()
    names = select(table.milestone).where(table.project == project, table.sprint.is_(None)).distinct()
    chosen = [table.sprint == key for key in connection.scalars(keys)]
    chosen += [and_(table.sprint.is_(None), table.milestone == name) for name in connection.scalars(names)]
    rows = sorted((connection.execute(first.where(of)).one() for of in chosen), key=lambda row: int(row.id))
    return [(row.as_of, read_body(row.body)) for row in rows]


def _newest_first(project: str) -> Select[Any]:
    """Analyses of a project, the newest revision of the newest moment first."""
    table = schema.analysis.c
    query = select(table.id, table.as_of, table.body).where(table.project == project)
    return query.order_by(table.as_of.desc(), table.revision.desc())


def recommended(engine: Engine, project: str) -> list[tuple[datetime, str]]:
    """(moment, id) of every recommendation in a stored analysis of a project."""
    table, advice = schema.analysis, schema.recommendation
    query = select(table.c.as_of, advice.c.id).join(advice, advice.c.analysis_id == table.c.id)
    with engine.connect() as connection:
        return [(as_of, name) for as_of, name in connection.execute(query.where(table.c.project == project))]


def previous_analysis(
    engine: Engine, project: str, milestone: MilestoneAnalysis, before: datetime
) -> tuple[datetime, MilestoneAnalysis] | None:
    """The newest stored analysis of a milestone as of an earlier moment, with that moment."""
    query = _newest_first(project).where(_same_sprint(milestone), schema.analysis.c.as_of < before)
    with engine.connect() as connection:
        row = connection.execute(query.limit(1)).first()
    found = read_body(row.body) if row else None
    return (row.as_of, found) if row and found else None


def with_words(engine: Engine, analysis: Analysis) -> Analysis:
    """The analysis with the explanation that was stored for exactly its moment, where the findings are the same."""
    told = tuple(_with_words(engine, analysis, milestone) for milestone in analysis.milestones)
    return analysis.model_copy(update={"milestones": told})


def _with_words(engine: Engine, analysis: Analysis, milestone: MilestoneAnalysis) -> MilestoneAnalysis:
    table = schema.analysis
    query = (
        select(table.c.body)
        .where(table.c.project == analysis.project, _same_sprint(milestone))
        .where(table.c.as_of == analysis.as_of)
        .order_by(table.c.revision.desc())
    )
    with engine.connect() as connection:
        bodies = connection.execute(query).scalars().all()
    stored = next((found for body in bodies if (found := read_body(body)) and found.narrative), None)
    if stored is None or (stored.summary, stored.risks) != (milestone.summary, milestone.risks):
        return milestone
    return milestone.model_copy(update={"narrative": stored.narrative, "llm": stored.llm})


def _same_sprint(milestone: MilestoneAnalysis) -> ColumnElement[bool]:
    table = schema.analysis
    return table.c.sprint == milestone.key if milestone.key else table.c.milestone == milestone.title


def read_body(body: dict[str, Any]) -> MilestoneAnalysis | None:
    """The analysis that a row holds; None where another version wrote it in another shape."""
    try:
        return MilestoneAnalysis.model_validate(body)
    except ValidationError:
        return None


def _store(connection: Connection, analysis: Analysis, milestone: MilestoneAnalysis, *, is_seen: bool = True) -> int:
    table = schema.analysis
    same = (table.c.project == analysis.project) & _same_sprint(milestone) & (table.c.as_of == analysis.as_of)
    revision = (connection.scalar(select(func.max(table.c.revision)).where(same)) or 0) + 1
    row = {
        "project": analysis.project,
        "milestone": milestone.title,
        "sprint": milestone.key or None,
        "as_of": analysis.as_of,
        "revision": revision,
        "version": version("sprintlib"),
        "body": milestone.model_dump(mode="json"),
        "created_at": datetime.now(UTC),
    }
    identifier = connection.execute(insert(table).values(row)).inserted_primary_key[0]  # type: ignore[index]
    for result, rows in _results(milestone):
        if rows:
            connection.execute(insert(result), [{"analysis_id": identifier, **values} for values in rows])
    if is_seen:
        enrol(connection, [one.experiment for one in milestone.recommendations if one.experiment], analysis.as_of)
    return int(identifier)


def _results(milestone: MilestoneAnalysis) -> Iterator[tuple[Any, list[dict[str, Any]]]]:
    yield (
        schema.recommendation,
        [
            {"id": advice.id, "action": advice.action, "actor": advice.actor, "expected_gain": advice.expected_gain}
            for advice in milestone.recommendations
        ],
    )
    yield schema.evidence, list(_evidence(milestone))


def _evidence(milestone: MilestoneAnalysis) -> Iterator[dict[str, Any]]:
    supported: list[tuple[str, Sequence[Evidence]]] = [
        *((f"risk:{risk.kind}", risk.evidence) for risk in milestone.risks),
        *((f"recommendation:{advice.id}", advice.evidence) for advice in milestone.recommendations),
        *((f"driver:{driver.name}", driver.evidence) for driver in milestone.drivers),
    ]
    for supports, evidence in supported:
        for citation in evidence:
            yield {"supports": supports[:96], **citation.model_dump()}
