"""Where a dashboard page has its facts from: the store, read-only, analysed when the page asks."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Protocol

from sqlalchemy import Engine, func, select
from sqlalchemy.exc import DatabaseError

from sprintlib.analysis import Analysis
from sprintlib.errors import AnalysisError, StoreError
from sprintlib.project import ProjectHandle
from sprintlib.results import latest_analyses
from sprintlib.services import analyze
from sprintlib.settings import Settings, load
from sprintlib.store.schema import analysis, run, sync_run


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


Runs = Callable[[Engine, str], Sequence[DatedRun]]


class Source:
    """One project's store, opened read-only.

    runs: the reader of the run table, `sprintlib.results.runs`.
    Raises SettingsError or StoreError with one sentence when there is nothing to read.
    """

    def __init__(self, runs: Runs, settings: Settings | None = None) -> None:
        self.settings = settings or load()
        self._runs = runs
        self._project = ProjectHandle.open(self.settings, read_only=True)
        self._seen = self._ended()

    def today(self) -> date:
        """The project's local date."""
        return self._project.calendar.local_date(self._project.clock())

    def analysis(self, day: date | None) -> Analysis:
        """Everything as of the end of a local day, or as of now. Falls back to the latest stored for now.

        Raises AnalysisError or StoreError.
        """
        moment = self._project.moment(day.isoformat() if day else None)
        try:
            return analyze(self._project, moment)
        except AnalysisError as error:
            stored = self._stored(str(error)) if day is None else None
            if stored is None:
                raise
            return stored
        except DatabaseError as error:
            raise StoreError(f"The store cannot be read any more ({error.orig}): run 'sprint doctor'.") from error

    def reports(self) -> Sequence[DatedRun]:
        """Every report run, newest first."""
        try:
            return self._runs(self._project.engine, self.settings.project.name)
        except DatabaseError as error:
            raise StoreError(f"The list of reports cannot be read ({error.orig}): run 'sprint doctor'.") from error

    def has_changed(self) -> bool:
        """Whether a collection or a report has ended, or an analysis was stored, since the last call. Cheap."""
        before, self._seen = self._seen, self._ended()
        if self._seen != before:
            self._project.forget()
        return self._seen != before

    def _ended(self) -> tuple[object, ...]:
        try:
            with self._project.engine.connect() as connection:
                ended = [select(func.max(table.c.finished_at), func.count()) for table in (sync_run, run)]
                stored = select(func.max(analysis.c.id), func.count())
                return tuple(tuple(connection.execute(query).one()) for query in (*ended, stored))
        except DatabaseError as error:
            raise StoreError(f"The store cannot be read any more ({error.orig}): run 'sprint doctor'.") from error

    def _stored(self, reason: str) -> Analysis | None:
        stored = latest_analyses(self._project.engine, self.settings.project.name)
        if not stored:
            return None
        newest = max(as_of for as_of, _ in stored)
        return Analysis(
            as_of=newest,
            project=self.settings.project.name,
            milestones=tuple(milestone for as_of, milestone in stored if as_of == newest),
            freshness={},
            notes=(f"The latest stored analysis, because there is no new one: {reason}",),
            timings={},
        )
