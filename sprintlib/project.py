"""One project on this machine, as one handle: what every service is called with."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Self

from sqlalchemy import Engine

from sprintlib.as_of import parse_as_of
from sprintlib.calendar import WorkingCalendar
from sprintlib.clock import Clock, clock_of, utc_now
from sprintlib.errors import AnalysisError
from sprintlib.history import ProjectState, load_state
from sprintlib.settings import Settings
from sprintlib.store import open_store

_STATES = 4  # kept at a time: each holds every fact of the project up to its moment


@dataclass(frozen=True)
class ProjectHandle:
    """Settings, store, working calendar and clock of a project, and the states that were loaded last.

    clock: gives the present, UTC. A loaded state is kept until `forget`, so that one command or page reads facts once.
    """

    settings: Settings
    engine: Engine
    clock: Clock = utc_now
    _states: dict[datetime, ProjectState] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def open(cls, settings: Settings, *, read_only: bool = False) -> Self:
        """Open the project's store. Raises StoreError with one sentence when it cannot be opened."""
        return cls(settings, open_store(settings.database_url, read_only=read_only), clock_of(settings))

    @property
    def name(self) -> str:
        """The project's name in sprint.toml, under which its results are stored."""
        return self.settings.project.name

    @cached_property
    def calendar(self) -> WorkingCalendar:
        """Its working days, in its time zone."""
        return WorkingCalendar.from_settings(self.settings)

    def moment(self, text: str | None) -> datetime:
        """The moment that `--as-of` names, UTC; None is now. Raises SettingsError for what is no moment."""
        return self.clock() if text is None else parse_as_of(text, self.settings)

    def state(self, as_of: datetime) -> ProjectState:
        """Everything known at a moment. Raises AnalysisError when nothing has been collected."""
        if as_of not in self._states:
            while len(self._states) >= _STATES:
                del self._states[next(iter(self._states))]
            self._states[as_of] = load_state(self.engine, self.settings, as_of)
        if self._states[as_of].repositories.is_empty():
            raise AnalysisError("Nothing has been collected yet: run 'sprint sync' first.")
        return self._states[as_of]

    def forget(self) -> None:
        """Load states anew from now on: facts have come in."""
        self._states.clear()
