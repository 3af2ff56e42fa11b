"""The project's own finished sprints, as the statistical layer sees them, and what it says with them of another one.

The mechanistic layer knows the pace; the statistical one (forecast.sprints) knows how sprints of such a shape ended
elsewhere, and learns from each of the project's own that is over. Their log-odds are averaged (docs/forecast.md).
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import islice
from typing import NamedTuple

import polars as pl

from sprintlib.calendar import WorkingCalendar
from sprintlib.forecast.developers import active_developers
from sprintlib.forecast.sprints import FEATURES, LocalLayer, features, outcomes, shipped_model
from sprintlib.forecast.sprints.model import TIMES
from sprintlib.history import ProjectState
from sprintlib.history.lateness import sprint_days_late
from sprintlib.history.sameness import same_until
from sprintlib.history.sprint import Sprint, find_sprints
from sprintlib.history.sprint_grouping import group_milestones
from sprintlib.history.sprint_key import SprintKey
from sprintlib.history.started_work import pulls_of, started, started_at
from sprintlib.history.truncation import truncate

MOST_SPRINTS = 8  # the newest; older ones say little about the team of today
Row = dict[str, float | str]  # one of simulate.sprints.SPRINT_SCHEMA
_INSTANT = timedelta(microseconds=1)
_ONE_TEAM: Row = {"organisation": "own", "team": 0}


class Finished(NamedTuple):
    """A dated sprint whose deadline has passed; counts of items. key: its SprintKey as written.

    repos: of its parts. delivered: done or dropped inside it by the deadline. committed: inside at the start; kept: of
    these, done or dropped by the deadline. left: open inside it at the deadline. days_late: of its milestones, by
    history.lateness.
    """

    key: str
    title: str
    repos: frozenset[str]
    start: datetime
    due_on: date
    deadline: datetime
    delivered: int
    committed: int
    kept: int
    left: int
    days_late: int


@dataclass(frozen=True)
class _Learned:
    """Finished sprints at one time, and the local layer after all of them."""

    rows: list[Row]
    layer: LocalLayer


@dataclass(frozen=True)
class SprintHistory:
    """The finished dated sprints of a project, oldest first, only the newest `most`."""

    past: ProjectState
    calendar: WorkingCalendar
    most: int = MOST_SPRINTS

    @cached_property
    def finished(self) -> tuple[Finished, ...]:
        today = self.calendar.local_date(self.past.as_of)
        groups = group_milestones(self.past.milestones, self.past.sprint_parts)
        dated = [group for group in groups if any(row["due_on"] for row in group)]
        last = [(max(row["due_on"] for row in group if row["due_on"]), group[0]["title"], group) for group in dated]
        over = sorted((one for one in last if one[0] < today), key=lambda one: one[:2], reverse=True)
        keys = (str(SprintKey(group[0]["repository_id"], group[0]["number"])) for _, _, group in over)
        found = (one for key in keys if (one := self._finished(key)))
        return tuple(islice(found, self.most))[::-1]

    def resume(self, before: "SprintHistory") -> bool:
        """Begin with what an earlier state's history has worked out, where no fact of a finished sprint differs since.

        Returns whether it does. It must be the same day, and the same calendar.
        """
        today = self.calendar.local_date(self.past.as_of)
        due = self.past.milestones.filter(pl.col("due_on") < today)["due_on"].max()
        if before.calendar.local_date(before.past.as_of) != today or before.calendar != self.calendar:
            return False
        if isinstance(due, date) and not same_until(before.past, self.past, self.calendar.deadline(due)):
            return False
        known = ("finished", "_known")
        self.__dict__.update({name: before.__dict__[name] for name in known if name in before.__dict__})
        return True

    def delivery_logit(self, sprint: Sprint, developers: float) -> float | None:
        """Log-odds that at least the work now inside is delivered; None outside its time or without either end.

        developers: active people of the sprint's repositories.
        """
        elapsed = _elapsed(sprint)
        if elapsed is None or sprint.items.is_empty():
            return None
        nearest = min(TIMES, key=lambda time: abs(time - 100 * elapsed))
        key = nearest, frozenset(part.repo for part in sprint.parts)
        learned = self._known.get(key) or self._known.setdefault(key, self._learn(*key))
        now = round(100 * elapsed)
        earlier = [row | {"time": now} for row in learned.rows]
        rows = pl.DataFrame([*earlier, _row(sprint, len(earlier), now, developers)])
        model = shipped_model()
        z = model.times[nearest].standardised(features(rows)[-1:])[0]
        return float(model.logits(rows, elapsed)[-1]) + learned.layer.correction(z, 0)[0]

    @cached_property
    def _known(self) -> dict[tuple[int, frozenset[str]], _Learned]:
        """What was learned so far, by time and repositories: only what is asked for is worked out."""
        return {}

    def _learn(self, time: int, repos: frozenset[str]) -> _Learned:
        """From the sprints that had a part in one of these repositories."""
        alike = (one for one in self.finished if one.repos & repos)
        states = ((one, self._sprint(one.key, _moment(one, time))) for one in alike)
        known = [(one, state) for one, state in states if state is not None and not state.items.is_empty()]
        rows = [_row(state, place, time, _developers(state), one.delivered) for place, (one, state) in enumerate(known)]
        model = shipped_model()
        layer = LocalLayer(model.local_prior, len(FEATURES))
        if rows:
            frame = pl.DataFrame(rows)
            z = model.times[time].standardised(features(frame))
            for logit, each, outcome in zip(model.logits(frame, time / 100), z, outcomes(frame), strict=True):
                layer.learn(float(logit), each, 0, int(outcome))
        return _Learned(rows, layer)

    def _finished(self, key: str) -> Finished | None:
        now = self._sprint(key, self.past.as_of)
        if now is None or now.due_on is None or now.deadline is None or now.deadline > self.past.as_of:
            return None
        end = self._sprint(key, now.deadline - _INSTANT)
        start = started_at(now)
        if end is None or start is None or start >= now.deadline:
            return None
        committed = {ref for part in now.parts for ref in part.scope.committed}
        kept = self.past.items.filter(pl.col("ref").is_in(committed) & (pl.col("closed_at") < now.deadline)).height
        left = end.open_items.height
        delivered = end.items.height - left
        repos = frozenset(part.repo for part in now.parts)
        counts = (delivered, len(committed), kept, left)
        return Finished(key, now.title, repos, start, now.due_on, now.deadline, *counts, sprint_days_late(now))

    def _sprint(self, key: str, moment: datetime) -> Sprint | None:
        then = self.past if moment >= self.past.as_of else truncate(self.past, moment)
        return next(iter(find_sprints(then, self.calendar, key)), None)


def sprint_history(past: ProjectState, calendar: WorkingCalendar) -> SprintHistory:
    """The record of a project; the same one for every sprint of the same past."""
    return past.cached(SprintHistory, calendar)


def _moment(one: Finished, time: int) -> datetime:
    return one.start + (one.deadline - one.start) * (time / 100)


def _elapsed(sprint: Sprint) -> float | None:
    """Share of the time from start to deadline that has passed, 0-1."""
    start, deadline = started_at(sprint), sprint.deadline
    if start is None or deadline is None or not start <= sprint.past.as_of < deadline:
        return None
    return (sprint.past.as_of - start) / (deadline - start)


def _row(sprint: Sprint, place: int, time: int, developers: float, delivered: int = 0) -> Row:
    """A sprint as a row of SPRINT_SCHEMA; items are its work. place: how many finished ones came before."""
    start, deadline = started_at(sprint), sprint.deadline
    days = (deadline - start) / timedelta(days=1) if start and deadline else 1.0
    left, in_progress = sprint.open_items.height, len(started(sprint, pulls_of(sprint)))
    state = {"todo": left - in_progress, "in_progress": in_progress, "done": sprint.items.height - left}
    return {
        **_ONE_TEAM,
        "sprint": place,
        "time": time,
        "days": days,
        "members": developers,
        "items_at_start": sum(len(part.scope.committed) for part in sprint.parts),
        "items_added": sum(len(part.scope.added) for part in sprint.parts),
        "items_removed": sum(len(part.scope.removed) for part in sprint.parts),
        **{f"{unit}_{name}": number for unit in ("items", "work") for name, number in state.items()},
        "delivered": delivered,
    }


def _developers(sprint: Sprint) -> float:
    return float(sum(active_developers(sprint.past, part.repo) for part in sprint.parts))
