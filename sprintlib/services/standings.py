"""Where the milestones stand, read from stored analyses where these are current, and where they stood on past days."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import func, select

from sprintlib import results
from sprintlib.analysis import Analysis, MilestoneAnalysis
from sprintlib.analysis.pipeline import build_analysis, sprint_contexts
from sprintlib.as_of import LAST_SECOND
from sprintlib.errors import AnalysisError
from sprintlib.inbox import is_kept
from sprintlib.project import ProjectHandle
from sprintlib.results import ChanceAt, store_analysis
from sprintlib.services.analysis import analyze
from sprintlib.store import schema

CURRENT_FOR = timedelta(minutes=30)  # as time passes chances change even where no fact does
HISTORY_DAYS = 14
TREND_DAYS = 70
_WEEKS = 8  # before these days one a week, for trends
_DECIDED = (  # what the team said or decided, which the next analysis knows
    schema.feedback.c.happened_at,
    schema.experiment.c.started_at,
    schema.experiment.c.stopped_at,
    schema.recalibration.c.adopted_at,
    schema.recalibration.c.reverted_at,
    schema.imported_prior.c.imported_at,
)
_STALE_AFTER = timedelta(days=4)  # over a weekend: an older analysis is not "how it stood that evening"


def standing(project: ProjectHandle) -> Analysis:
    """Every open milestone as of now: as stored, if that is newer than every fact and answer; else analysed.

    Where a worker keeps what is stored up to date, facts that it is about to analyse are not waited for: it stores what
    they change within a second or two. Stored ones are as of up to half an hour ago, and `as_of` of the whole is that
    of the newest. Nothing is written. Raises AnalysisError when nothing has been collected.
    """
    now = project.clock()
    if project.withheld:  # what is stored may tell of what is left out
        return analyze(project, now)
    stored = results.newest_before(project.engine, project.name, now, max(now - CURRENT_FOR, _last_news(project)))
    newest = max((as_of for as_of, _ in stored.values()), default=now)
    past = project.state(newest)
    contexts = sprint_contexts(past, project.settings)
    keys = [str(context.sprint.key) for context in contexts]
    if not keys or any(key not in stored for key in keys):
        return analyze(project, now)
    built = build_analysis(past, project.settings, contexts, tuple(stored[key][1] for key in keys), 0, {})
    return built.model_copy(update={"as_of": newest})


def fill_days(project: ProjectHandle, days: int = HISTORY_DAYS) -> Iterator[date]:
    """Analyse and store the past days of which nothing is stored: how it stood at the end of each, newest first.

    The working days of the last `days` days, and before them the last one of each of eight weeks. Yields each day that
    was stored; days of which nothing can be said are left out. Changes no analysis that is there.
    """
    today = project.calendar.local_date(project.clock())
    wanted = [day for day in past_days(today, days) if project.calendar.is_working_day(day)]
    if not wanted:
        return
    known = results.stored_moments(project.engine, project.name, end_of(project, wanted[-1]), project.clock())
    told = {project.calendar.local_date(moment) for moment in known}
    for day in wanted:
        if day in told:
            continue
        try:
            found = analyze(project, end_of(project, day))
        except AnalysisError:
            continue
        if store_analysis(project.engine, found, is_seen=False):
            yield day


def past_days(today: date, days: int) -> list[date]:
    """The last `days` days before today, and the Fridays of the weeks before them, newest first."""
    near = [today - timedelta(days=back) for back in range(1, days + 1)]
    last_friday = near[-1] - timedelta(days=(near[-1].weekday() - 4) % 7 or 7)
    return [*near, *(last_friday - timedelta(weeks=week) for week in range(_WEEKS))]


def end_of(project: ProjectHandle, day: date) -> datetime:
    """The last second of a local day, of which `--as-of DAY` speaks; UTC."""
    return project.calendar.end_of_day(day) - LAST_SECOND


def chances(project: ProjectHandle, until: datetime, days: int = HISTORY_DAYS) -> dict[str, list[ChanceAt]]:
    """Of each sprint (its key) what was said on each of the last days up to a moment: the last of each local day."""
    if project.withheld:
        return {}
    stored = results.chances(project.engine, project.name, until - timedelta(days=days), until)
    by_day = {key: {project.calendar.local_date(one.as_of): one for one in said} for key, said in stored.items()}
    return {key: list(said.values()) for key, said in by_day.items()}


def trends(project: ProjectHandle, until: datetime, days: int = TREND_DAYS) -> dict[str, list[tuple[date, float]]]:
    """Of each metric, by name, its value on each local day of which an analysis is stored, the oldest first.

    A day speaks of the sprint that was due next then, so that a line goes on from one sprint to the next.
    """
    if project.withheld:
        return {}
    stored = results.measured(project.engine, project.name, until - timedelta(days=days), until)
    by_day: dict[date, dict[str, results.MeasuredAt]] = {}
    for one in stored:
        by_day.setdefault(project.calendar.local_date(one.as_of), {})[one.sprint] = one
    found: dict[str, list[tuple[date, float]]] = {}
    for day, sprints in sorted(by_day.items()):
        for name, value in min(sprints.values(), key=lambda one: _distance(one, day)).values.items():
            found.setdefault(name, []).append((day, value))
    return found


def _distance(one: results.MeasuredAt, day: date) -> tuple[bool, bool, str]:
    """Sprints that are still to be due come first, the nearest before others; those without a date last."""
    due_on = one.due_on or ""
    return not due_on, bool(due_on) and due_on < day.isoformat(), due_on


def stood_before(project: ProjectHandle, moment: datetime) -> dict[str, MilestoneAnalysis]:
    """Each sprint (its key) as a stored analysis told it last before a moment; none from more than four days before."""
    if project.withheld:
        return {}
    stored = results.newest_before(project.engine, project.name, moment, moment - _STALE_AFTER)
    return {key: found for key, (_, found) in stored.items()}


def _last_news(project: ProjectHandle) -> datetime:
    """When the newest fact or answer came in; analyses as of an earlier moment do not know it.

    Facts do not count while a worker is at them.
    """
    moments = [select(func.max(column)).where(column.table.c.project == project.name) for column in _DECIDED]
    if not is_kept(project.engine, project.name):
        moments += [select(func.max(schema.sync_run.c.finished_at)), select(func.max(schema.delivery.c.received_at))]
    with project.engine.connect() as connection:
        found = [connection.scalar(query) for query in moments]
    return max((moment for moment in found if moment is not None), default=datetime(1970, 1, 1, tzinfo=UTC))
