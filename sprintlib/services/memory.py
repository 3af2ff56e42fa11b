"""What is remembered of sprints: how each stood on a day, what changed since, and what was forecast beside what came.

Facts tell how a sprint stood at any moment, with the due date of then; stored analyses tell what was said of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import polars as pl
from sqlalchemy.exc import DatabaseError

from sprintlib import analysis, results
from sprintlib.analysis import MilestoneAnalysis
from sprintlib.analysis.changes import Changes, what_changed
from sprintlib.analysis.changes import sentence as in_a_sentence
from sprintlib.analysis.memory import ForecastRecord, Memory, ScoredForecast
from sprintlib.as_of import named_day
from sprintlib.errors import AnalysisError, SettingsError
from sprintlib.forecast import sprint_history
from sprintlib.forecast.sprint_history import Finished
from sprintlib.observe.log import LOGGER
from sprintlib.project import ProjectHandle
from sprintlib.results import store_analysis
from sprintlib.services.analysis import analyze
from sprintlib.services.standings import end_of
from sprintlib.text import printable

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_CURRENT = timedelta(days=4)  # an older forecast is not what was thought at a time of the sprint


@dataclass(frozen=True)
class Comparison:
    """A sprint now beside an earlier moment. since: its name, `Monday`. changes: None where the sprint is new since."""

    since: str
    moment: datetime
    changes: Changes | None

    @property
    def sentence(self) -> str:
        """All of it: `Since Monday: chance 27% to 20%, 2 items in.`, as every face says it."""
        if self.changes is None:
            return f"Since {self.since}: this milestone is new."
        return in_a_sentence(self.since, self.changes)


def remember(project: ProjectHandle) -> bool:
    """Store how every open milestone stands now, unless that is stored of today already. Returns whether it did.

    Collections call it, as the worker does by itself: so there is an analysis of each day on which anything looked.
    """
    now = project.clock()
    known = results.stored_moments(project.engine, project.name, end_of(project, _yesterday(project)), now)
    if known:
        return False
    try:
        found = analysis.analyze(project.engine, project.settings, now, load=project.state)
    except AnalysisError:
        return False
    except DatabaseError:
        raise
    except Exception as error:  # noqa: BLE001 - what was collected is there; the analysis says it when somebody asks
        LOGGER.warning("How it stands today was not kept: %s: %s", type(error).__name__, printable(error))
        return False
    return bool(store_analysis(project.engine, found))


def _yesterday(project: ProjectHandle) -> date:
    return project.calendar.local_date(project.clock()) - timedelta(days=1)


def stood_on(project: ProjectHandle, day: date, wanted: Iterable[str] = ()) -> dict[str, MilestoneAnalysis]:
    """Each sprint (its key) that was open on a local day, as it stood last that day: as stored, else from the facts.

    wanted: keys that are looked for; what is stored of that day may be of one sprint only. Nothing is written. Empty
    for a day before anything is known of.
    """
    moment = end_of(project, day)
    stored: dict[str, MilestoneAnalysis] = {}
    if not project.withheld:
        recent = results.newest_before(project.engine, project.name, moment, moment - _CURRENT)
        morning = end_of(project, day - timedelta(days=1))
        stored = {key: found for key, (as_of, found) in recent.items() if as_of > morning}
        if stored and not {*wanted, *recent} - stored.keys():
            return stored
    try:
        return {one.key: one for one in analyze(project, moment).milestones} | stored
    except AnalysisError:
        return stored


def since_day(text: str, today: date) -> tuple[str, date]:
    """How a day to compare with is called, and the day at whose end the comparison begins.

    text: `yesterday`, `-3d` or `2026-11-20`, of which the end counts; or `monday`, whose own changes are told too.
    Raises SettingsError for anything else, and for days to come.
    """
    word = text.strip().lower()
    if word.capitalize() in _WEEKDAYS:
        back = (today.weekday() - _WEEKDAYS.index(word.capitalize())) % 7 or 7
        return ("last " if back == 7 else "") + word.capitalize(), today - timedelta(days=back + 1)
    try:
        day = named_day(word, today) or date.fromisoformat(word)
    except ValueError:
        raise SettingsError(
            f"'{text}' is not a day to compare with: write yesterday, monday, -3d or a date such as 2026-11-23."
        ) from None
    if day >= today:
        raise SettingsError(f"'{text}' is not over yet: name an earlier day to compare with.")
    return ("yesterday" if word == "yesterday" else said_day(day, today)), day


def said_day(day: date, beside: date) -> str:
    """`Fri 20 Nov`, with the year where it is another one."""
    return f"{day:%a} {day.day} {day:%b}" + (f" {day.year}" if day.year != beside.year else "")


def compared(
    project: ProjectHandle, milestone: MilestoneAnalysis, as_of: datetime, since: str | None = None
) -> Comparison | None:
    """A milestone as of a moment beside an earlier one.

    since: as `since_day` reads it; None: the last report of the milestone from an earlier day. None where there is
    no such report. Raises SettingsError for a day that is none.
    """
    today = project.calendar.local_date(as_of)
    if since is None:
        before = _last_report(project, milestone, today)
        if before is None:
            return None
        name, day = f"the report of {said_day(project.calendar.local_date(before), today)}", before
        then = _stood_at(project, milestone.key, before)
    else:
        name, local = since_day(since, today)
        day, then = end_of(project, local), stood_on(project, local, [milestone.key]).get(milestone.key)
    return Comparison(name, day, what_changed(then, milestone) if then else None)


def _last_report(project: ProjectHandle, milestone: MilestoneAnalysis, today: date) -> datetime | None:
    """The moment that the last report of a milestone from a day before today is about."""
    if project.withheld:
        return None
    good = (run for run in results.runs(project.engine, project.name) if run.state == "ok")
    moments = [run.as_of for run in good if run.sprint == milestone.key and run.kind == "sprint_analysis"]
    return max((moment for moment in moments if project.calendar.local_date(moment) < today), default=None)


def _stood_at(project: ProjectHandle, key: str, moment: datetime) -> MilestoneAnalysis | None:
    """A sprint as of exactly a moment: as stored, else from the facts."""
    stored = results.newest_before(project.engine, project.name, moment, moment)
    if key in stored:
        return stored[key][1]
    try:
        return next(iter(analyze(project, moment, key).milestones), None)
    except AnalysisError:
        return None


def forecast_record(project: ProjectHandle, as_of: datetime) -> ForecastRecord:
    """What was said of the finished sprints at 25, 50 and 75 % of their time, from stored analyses alone.

    Each is scored by its own due date and by the items that were open then, so that nothing that was changed later
    makes a forecast better or worse. Sprints of which nothing was stored while they were under way are not in it.
    Empty for who may not see every repository. Raises AnalysisError when nothing has been collected.
    """
    from sprintlib.evaluate.metrics import brier  # over a second of imports
    from sprintlib.evaluate.own import SHARES

    if project.withheld:
        return ForecastRecord()
    past = project.state(as_of)
    ended = dict(past.items.filter(pl.col("closed_at").is_not_null()).select("ref", "closed_at").iter_rows())
    found = [
        one
        for sprint in sprint_history(past, project.calendar).finished
        for share in SHARES
        if (one := _scored(project, sprint, share, ended, as_of))
    ]
    told, came = np.array([one.probability for one in found]), np.array([int(one.landed) for one in found])
    score = brier(told, came) if found else None
    return ForecastRecord(forecasts=tuple(found), brier=score)


def _scored(
    project: ProjectHandle, sprint: Finished, share: int, ended: dict[str, datetime], as_of: datetime
) -> ScoredForecast | None:
    """The newest analysis of a sprint that was stored as of a share of its time, beside what came."""
    moment = sprint.start + (sprint.deadline - sprint.start) * (share / 100)
    stored = results.newest_before(
        project.engine, project.name, moment, max(sprint.start, moment - _CURRENT), sprint.key
    ).get(sprint.key)
    if stored is None:
        return None
    said_at, told = stored
    inside = [item.ref for item in told.items if item.inside]
    known = told.probability is not None and told.reason is None and told.deadline is not None and told.due_on
    if not known or not inside or told.deadline is None or told.deadline > as_of:
        return None
    return ScoredForecast(
        sprint=sprint.key,
        title=sprint.title,
        share=share,
        said_at=said_at,
        due_on=told.due_on,
        probability=told.probability,
        open_items=len(inside),
        ended=sum(ref in ended and ended[ref] < told.deadline for ref in inside),
    )


def memory_of(
    project: ProjectHandle, milestone: MilestoneAnalysis | None, as_of: datetime, since: str | None = None
) -> Memory:
    """What is remembered for a report on a milestone as of a moment. since: as `compared` takes it; raises as it."""
    comparison = compared(project, milestone, as_of, since) if milestone else None
    return Memory(
        since=comparison.sentence if comparison else "",
        record=forecast_record(project, as_of),
    )
