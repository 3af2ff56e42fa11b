"""Where a dashboard page has its facts from: the store, read-only; analysed where no stored analysis is current."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from sqlalchemy import ColumnElement, Engine, func, select
from sqlalchemy.exc import DatabaseError

from sprintlib.analysis import Analysis, MilestoneAnalysis
from sprintlib.analysis.memory import ForecastRecord
from sprintlib.errors import AnalysisError, StoreError
from sprintlib.forecast import Change
from sprintlib.project import ProjectHandle
from sprintlib.results import ChanceAt, latest_analyses
from sprintlib.services import (
    DependencyGraph,
    Flow,
    GivenAnswer,
    ReportVerdict,
    ScopeEntry,
    WhatIfResult,
    analyze,
    can_change,
    chances,
    dependency_graph,
    flow,
    gains_if_out,
    given_answers,
    report_verdicts,
    scope_log,
    standing,
    stood_before,
    trends,
    what_if,
)
from sprintlib.services.experiments import ExperimentStanding, experiment_standings
from sprintlib.services.learning import Learned, learned
from sprintlib.services.memory import forecast_record
from sprintlib.services.shared_states import States
from sprintlib.services.standings import end_of
from sprintlib.settings import Settings, load
from sprintlib.store import schema

if TYPE_CHECKING:
    from sprintlib.doctor import Check


class SyncRun(NamedTuple):
    """One collection. requests: asked of GitHub; not_modified: of these answered without counting."""

    started_at: datetime
    finished_at: datetime | None
    state: str
    requests: int
    not_modified: int
    message: str | None


class DatedRun(Protocol):
    """What a page shows of a report run; `sprintlib.reports.Run` is one."""

    @property
    def milestone(self) -> str: ...
    @property
    def as_of(self) -> datetime: ...
    @property
    def state(self) -> str: ...
    @property
    def folder(self) -> str | None: ...
    @property
    def message(self) -> str | None: ...


_SYNCS = 5
_CHECKS_HOLD = 60.0  # seconds
Runs = Callable[[Engine, str], Sequence[DatedRun]]


class DashboardSource:
    """One project's store, opened read-only.

    runs: the reader of the run table, `sprintlib.results.runs`. states: loaded before, and brought forward from there.
    Raises SettingsError or StoreError with one sentence when there is nothing to read.
    """

    def __init__(self, runs: Runs, settings: Settings | None = None, states: States | None = None) -> None:
        self.settings = settings or load()
        self._runs = runs
        self._project = replace(ProjectHandle.open(self.settings, read_only=True), load=states or States())
        self._seen = self._ended()
        self._stored = self._analyses()
        self._checks: tuple[Check, ...] | None = None
        self._checking: threading.Thread | None = None
        self._checked_at = 0.0
        self._has_news = False
        self._gains: dict[tuple[datetime, str], Mapping[str, float]] = {}

    @property
    def name(self) -> str:
        """The project's name."""
        return self.settings.project.name

    @property
    def project(self) -> ProjectHandle:
        """The project, its store open for reading only."""
        return self._project

    def today(self) -> date:
        """The project's local date."""
        return self._project.calendar.local_date(self._project.clock())

    def analysis(self, day: date | None) -> Analysis:
        """Everything as of the end of a local day; or as of now, as it is stored if that is current.

        For now it falls back to the latest stored. Raises AnalysisError or StoreError.
        """
        try:
            return standing(self._project) if day is None else analyze(self._project, self.end_of(day))
        except AnalysisError as error:
            stored = self._latest(str(error)) if day is None else None
            if stored is None:
                raise
            return stored
        except DatabaseError as error:
            raise StoreError(f"The store cannot be read any more ({error.orig}): run 'sprint doctor'.") from error

    def clock(self) -> datetime:
        """The present, UTC."""
        return self._project.clock()

    def end_of(self, day: date) -> datetime:
        """The last second of a local day, UTC."""
        return end_of(self._project, day)

    def local_date(self, moment: datetime) -> date:
        """The project's local day of a moment."""
        return self._project.calendar.local_date(moment)

    def chances(self, until: datetime) -> Mapping[str, Sequence[ChanceAt]]:
        """Of each sprint (its key) what stored analyses of the two weeks before a moment said, one a day."""
        return chances(self._project, until)

    def before(self, moment: datetime) -> Mapping[str, MilestoneAnalysis]:
        """Each sprint (its key) as it was told last before a moment."""
        return stood_before(self._project, moment)

    def what_if(self, as_of: datetime, milestone: str, change: Change) -> WhatIfResult:
        """The forecast of a milestone (its key or title) before and after a change. Raises AnalysisError."""
        asked = {name: getattr(change, name) for name in ("drop", "unblock", "review", "due_on", "people", "away_days")}
        return what_if(self._project, as_of, milestone, **asked)

    def gains_if_out(self, as_of: datetime, milestone: str) -> Mapping[str, float]:
        """How much the slowest items hold a milestone back, by ref; worked out once for each moment."""
        known = (as_of, milestone)
        if known not in self._gains:
            self._gains = {known: gains_if_out(self._project, as_of, milestone)}
        return self._gains[known]

    def can_change(self, as_of: datetime, milestone: str) -> tuple[frozenset[str], frozenset[str]]:
        """Open items of a milestone that wait for something, and those under review."""
        return can_change(self._project, as_of, milestone)

    def dependencies(self, as_of: datetime, milestone: str) -> DependencyGraph:
        """Who waits for whom in a milestone (its key or title)."""
        return dependency_graph(self._project, as_of, milestone)

    def trends(self, until: datetime) -> Mapping[str, Sequence[tuple[date, float]]]:
        """Of each metric, by name, its value by local day up to a moment, as stored."""
        return trends(self._project, until)

    def syncs(self) -> Sequence[SyncRun]:
        """The last collections, the newest first."""
        columns = (schema.sync_run.c[name] for name in SyncRun._fields)
        query = select(*columns).order_by(schema.sync_run.c.started_at.desc()).limit(_SYNCS)
        with self._project.engine.connect() as connection:
            return [SyncRun(*row) for row in connection.execute(query)]

    def checks(self) -> "tuple[Check, ...] | None":
        """What `sprint doctor` says of this machine; None while it looks, which takes a second or two."""
        if self._checking is None or monotonic() - self._checked_at > _CHECKS_HOLD:
            self._checked_at = monotonic()
            self._checking = threading.Thread(target=self._check, name="checks", daemon=True)
            self._checking.start()
        return self._checks

    def _check(self) -> None:
        from sprintlib.doctor import examine_here  # over a second of imports

        self._checks = tuple(examine_here(self.settings))
        self._has_news = True

    def flow(self, as_of: datetime, milestone: str) -> Flow:
        """How long pull requests took in each stage, and how long the open work of a milestone stands in its own."""
        return flow(self._project, as_of, milestone)

    def scope_log(self, as_of: datetime, milestone: str) -> Sequence[ScopeEntry]:
        """What came into a milestone (its key or title) and what left it after its start, the newest first."""
        return scope_log(self._project, as_of, milestone)

    def answers(self, as_of: datetime) -> Sequence[GivenAnswer]:
        """What the team has said to actions by a moment, the newest first."""
        return given_answers(self._project, as_of)

    def record(self, as_of: datetime) -> ForecastRecord:
        """What was forecast of finished sprints while they were under way, beside what came. Raises AnalysisError."""
        return forecast_record(self._project, as_of)

    def learned(self, as_of: datetime) -> Learned:
        """What was learned from the team's outcomes and answers by a moment. Raises AnalysisError."""
        return learned(self._project, as_of)

    def experiments(self, as_of: datetime) -> tuple[ExperimentStanding, ...]:
        """How each experiment stood at a moment. Raises AnalysisError."""
        return experiment_standings(self._project, as_of)

    def reports(self) -> Sequence[DatedRun]:
        """Every report run, newest first."""
        try:
            return self._runs(self._project.engine, self.settings.project.name)
        except DatabaseError as error:
            raise StoreError(f"The list of reports cannot be read ({error.orig}): run 'sprint doctor'.") from error

    def verdicts(self, runs: Sequence[DatedRun]) -> Mapping[str, ReportVerdict]:
        """What reports gave their milestones, and what is said now, by the folder of the report."""
        return report_verdicts(self._project, [run.folder for run in runs if run.folder])

    def has_changed(self) -> bool:
        """Whether facts, an answer, a report or a newer analysis came in since the last call. Cheap: a few figures."""
        before, self._seen = self._seen, self._ended()
        if self._seen != before:
            self._project.forget()
        return self._seen != before

    def has_more_history(self) -> bool:
        """Whether analyses of any moment were stored, or checks ended, since the last call."""
        before, self._stored = self._stored, self._analyses()
        news, self._has_news = self._has_news, False
        return news or self._stored != before

    def _ended(self) -> tuple[object, ...]:
        newest = (schema.sync_run.c.finished_at, schema.run.c.finished_at, schema.delivery.c.finished_at)
        decided = (schema.recalibration.c.adopted_at, schema.recalibration.c.reverted_at, schema.experiment.c.id)
        said = (schema.analysis.c.as_of, schema.feedback.c.id, schema.imported_prior.c.imported_at)
        return self._newest(*newest, *said, *decided)

    def _analyses(self) -> tuple[object, ...]:
        return self._newest(schema.analysis.c.id)

    def _newest(self, *columns: ColumnElement[Any]) -> tuple[object, ...]:
        """The greatest value of each column, in one question: it is asked every second."""
        greatest = [select(func.max(column)).scalar_subquery() for column in columns]
        try:
            with self._project.engine.connect() as connection:
                return tuple(connection.execute(select(*greatest)).one())
        except DatabaseError as error:
            raise StoreError(f"The store cannot be read any more ({error.orig}): run 'sprint doctor'.") from error

    def _latest(self, reason: str) -> Analysis | None:
        stored = latest_analyses(self._project.engine, self.settings.project.name)
        if not stored:
            return None
        newest = max(as_of for as_of, _ in stored)
        return Analysis(
            as_of=newest,
            project=self.settings.project.name,
            time_zone=self.settings.project.time_zone,
            milestones=tuple(milestone for as_of, milestone in stored if as_of == newest),
            freshness={},
            notes=(f"The latest stored analysis, because there is no new one: {reason}",),
            timings={},
        )
