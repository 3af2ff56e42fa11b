"""One project on this machine, as one handle: what every service is called with."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Self

from sqlalchemy import Engine

from sprintlib.access.audit import acting
from sprintlib.access.identity import LOCAL, Identity
from sprintlib.access.policy import Action, permit
from sprintlib.as_of import parse_as_of
from sprintlib.calendar import WorkingCalendar
from sprintlib.clock import Clock, clock_of, utc_now
from sprintlib.errors import AccessError, AnalysisError
from sprintlib.history import ProjectState, load_state
from sprintlib.settings import Settings
from sprintlib.store import open_store

_STATES = 4  # kept at a time: each holds every fact of the project up to its moment


@dataclass(frozen=True)
class ProjectHandle:
    """Settings, store, working calendar and clock of a project, and the states that were loaded last.

    clock: gives the present, UTC. who: asks, by default the person at this machine. load: reads a state. withheld:
    repositories of the project that are left out, since who asks may not see them.
    A loaded state is kept until `forget`, so that one command or page reads facts once.
    """

    settings: Settings
    engine: Engine
    clock: Clock = utc_now
    who: Identity = LOCAL
    load: Callable[[Engine, Settings, datetime], ProjectState] = load_state
    withheld: tuple[str, ...] = ()
    _states: dict[datetime, ProjectState] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def open(cls, settings: Settings, *, read_only: bool = False) -> Self:
        """Open the project's store. Raises StoreError with one sentence when it cannot be opened."""
        engine = open_store(settings.database_url, read_only=read_only, data_dir=settings.data_dir)
        return cls(settings, engine, clock_of(settings))

    def seen_by(self, who: Identity) -> Self:
        """The same project for somebody else: only of the repositories that they may see.

        Raises AccessError where they may see none.
        """
        project = self.settings.project
        visible = tuple(name for name in project.repositories if who.may_see(name))
        if not visible:
            raise AccessError(f"{who.name} may see none of the repositories of {project.name}.")
        narrowed = project.model_copy(update={"repositories": visible})
        settings = self.settings.model_copy(update={"project": narrowed}) if visible != project.repositories else None
        left_out = tuple(name for name in project.repositories if name not in visible)
        return replace(self, who=who, settings=settings or self.settings, withheld=left_out)

    def permit(self, action: Action) -> None:
        """Raises AccessError where who asks may not do this."""
        permit(self.who, action)

    def acting(self, action: Action, subject: str) -> AbstractContextManager[None]:
        """Do this if who asks may, and write it into the audit. Raises AccessError on entering."""
        return acting(self.engine, self.who, action, subject)

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
            self._states[as_of] = self.load(self.engine, self.settings, as_of)
        if self._states[as_of].repositories.is_empty():
            raise AnalysisError("Nothing has been collected yet: run 'sprint sync' first.")
        return self._states[as_of]

    def forget(self) -> None:
        """Load states anew from now on: facts have come in."""
        self._states.clear()
