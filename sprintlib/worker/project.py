"""A project in memory: its state, brought forward by what changed, and its sprints analysed and stored."""

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Engine

from sprintlib.analysis.pipeline import analyze_contexts, project_sprints, sprint_context
from sprintlib.calendar import WorkingCalendar
from sprintlib.clock import clock_of
from sprintlib.dependencies import find_dependencies
from sprintlib.forecast import sprint_history
from sprintlib.history import LoadedHistory, Sprint, advance, load_history
from sprintlib.history.touched import Touched
from sprintlib.recommend import read_feedback
from sprintlib.results import store_changed
from sprintlib.settings import Settings
from sprintlib.worker.affected import affected

# a simulated clock is fast, and the machine has other work
_REST_SECONDS = 10.0
# the longest that ageing, thresholds in working time and the team's pace may be behind the clock
CLOCK = timedelta(minutes=15)


@dataclass
class LiveProject:
    """The state of a project as of the last `bring_forward`, and which of its sprints are to be analysed.

    urgent: keys of sprints that what was touched is in. late: keys of the others, and of all when the clock alone may
    have changed something. rest_seconds: for how long the clock then asks for nothing more, unless a day ends.
    """

    engine: Engine
    settings: Settings
    history: LoadedHistory | None = None
    urgent: set[str] = field(default_factory=set)
    late: set[str] = field(default_factory=set)
    rest_seconds: float = _REST_SECONDS
    _sprints: list[Sprint] = field(default_factory=list)
    _reckoned_at: datetime | None = None
    _reckoned: float = 0.0

    def bring_forward(self, now: datetime | None = None) -> None:
        """Take in what was written since, and say which sprints it concerns."""
        moment = now or clock_of(self.settings)()
        before = self.history
        if before is None:
            self.history = load_history(self.engine, self.settings, moment)
        else:
            self.history = advance(before, self.engine, self.settings, max(moment, before.state.as_of))
            calendar = WorkingCalendar.from_settings(self.settings)
            sprint_history(self.history.state, calendar).resume(sprint_history(before.state, calendar))
        touched = self.history.touched
        if before is not None and touched is not None and not touched.size and not self._is_time():
            return
        self._sprints = project_sprints(self.history.state, self.settings)
        keys = {str(sprint.key) for sprint in self._sprints}
        if touched is None:  # everything was loaded: nobody knows what differs
            self.urgent |= keys
        elif touched.size:
            self.urgent |= self._affected(touched)
            self.late |= keys
        if touched is None or self._is_time():
            self.late |= keys
            self._reckoned_at, self._reckoned = self.history.state.as_of, time.monotonic()
        self.urgent &= keys
        self.late = (self.late & keys) - self.urgent

    def analyze(self, keys: Collection[str]) -> int:
        """Analyse these sprints and store what changed. Returns how many analyses were stored."""
        assert self.history is not None  # noqa: S101 - bring_forward comes first
        state = self.history.state
        chosen = [sprint for sprint in self._sprints if str(sprint.key) in keys]
        if chosen:
            edges = state.cached(find_dependencies)
            contexts = [sprint_context(sprint, self.settings, edges) for sprint in chosen]
            feedback = read_feedback(self.engine, state.project, state.as_of)
            found = analyze_contexts(state, self.settings, contexts, feedback)
            stored = len(store_changed(self.engine, found, self.settings.time_zone))
        else:
            stored = 0
        self.urgent -= set(keys)
        self.late -= set(keys)
        return stored

    def next_late(self) -> Sequence[str]:
        """The next sprint of those that can wait: the one due first."""
        return [str(sprint.key) for sprint in self._sprints if str(sprint.key) in self.late][:1]

    def _affected(self, touched: Touched) -> set[str]:
        assert self.history is not None  # noqa: S101
        state = self.history.state
        edges = state.cached(find_dependencies)
        return {str(sprint.key) for sprint in affected(state, self._sprints, edges, touched)}

    def _is_time(self) -> bool:
        """Whether the clock alone may have changed a verdict: a quarter of an hour went by, or a day ended."""
        if self._reckoned_at is None or self.history is None:
            return False
        now, zone = self.history.state.as_of, self.settings.time_zone
        if now.astimezone(zone).date() != self._reckoned_at.astimezone(zone).date():
            return True
        return now - self._reckoned_at >= CLOCK and time.monotonic() - self._reckoned >= self.rest_seconds
