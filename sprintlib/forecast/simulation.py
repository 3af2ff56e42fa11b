"""Layer A: how the open items of a milestone come to an end, 4,096 futures at a time.

The team closes items as a Poisson process whose rate is itself uncertain (Gamma). Items that arrive compete with
the present ones. A blocked item becomes available after a waiting time, and a landing item ends at a known time
without using the team's pace. Source: methods.md 1.4; docs/forecast.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from sprintlib.forecast.chance import DRAWS, Draws, event_times, unit_gamma, unit_wait
from sprintlib.forecast.rates import Rate

HORIZON = 260.0  # working days: a year
_SPARE = 64  # closings and arrivals beyond the open items that a future may hold
_PROJECTION_DRAWS = 1024


@dataclass(frozen=True)
class Workload:
    """The open items of one repository's part of a milestone, as the simulation sees them.

    pace: closings per working day. arrivals: items added per working day, or None for a closed scope.
    open: refs of every open item. blocked: ref -> mean working days until it is unblocked.
    landing: ref -> working days until it ends without using the pace.
    days_left: working days to the deadline, None without one; negative or 0 once it has passed.
    """

    repo: str
    pace: Rate
    arrivals: Rate | None
    open: tuple[str, ...]
    blocked: Mapping[str, float] = field(default_factory=dict)
    landing: Mapping[str, float] = field(default_factory=dict)
    days_left: float | None = None

    def without(self, refs: Sequence[str]) -> "Workload":
        """The same part when these items are taken out."""
        return replace(self, open=tuple(ref for ref in self.open if ref not in refs))

    def unblocked(self, refs: Sequence[str]) -> "Workload":
        """The same part when these items wait for nothing any more."""
        return replace(self, blocked={ref: days for ref, days in self.blocked.items() if ref not in refs})

    def landed_within(self, refs: Sequence[str], days: float) -> "Workload":
        """The same part when these items end in `days` working days."""
        inside = {ref: days for ref in refs if ref in self.open}
        return replace(self.unblocked(tuple(inside)), landing={**self.landing, **inside})

    @property
    def queued(self) -> tuple[str, ...]:
        """Open items that need the team's pace."""
        return tuple(ref for ref in self.open if ref not in self.landing)


def finish_days(work: Workload) -> Draws:
    """Working days until every item of the part is done or dropped, one value a future; inf beyond HORIZON."""
    finish = np.zeros(DRAWS)
    queued = work.queued
    if queued:
        speed = _speed(work)
        finish = np.maximum(_passage(work, len(queued), speed), _after_unblocking(work, speed))
    for ref, days in work.landing.items():
        if ref in work.open:
            finish = np.maximum(finish, days)
    return np.where(finish > HORIZON, np.inf, finish)


def closings(work: Workload, days: float, draws: int = DRAWS) -> NDArray[np.int64]:
    """Items of any kind closed within `days` working days, by pace alone or by landing."""
    landed = sum(when <= days for ref, when in work.landing.items() if ref in work.open)
    times = _closing_times(work)[:, :draws]
    reached = times <= (_speed(work)[:draws] * max(days, 0.0)).astype(np.float32)
    return np.asarray(reached.sum(axis=0, dtype=np.int64) + landed)


def present_closed(work: Workload, days: float, finish: Draws) -> NDArray[np.int64]:
    """Items now open that end within `days` working days; `finish` (or its first draws) as of finish_days."""
    draws = len(finish)
    queued = work.queued
    landed = sum(when <= days for ref, when in work.landing.items() if ref in work.open)
    waiting = np.zeros(draws, dtype=np.int64)
    for ref in queued:
        if ref in work.blocked:
            waiting += unit_wait(ref)[:draws] * work.blocked[ref] > days
    made = closings(work, days, draws) - landed - _arrived(work, np.full(draws, max(days, 0.0)))
    closed = np.clip(made, 0, len(queued) - waiting)
    unfinished = np.minimum(closed + landed, max(len(work.open) - 1, 0))
    return np.where(finish <= days, len(work.open), unfinished)


def projection(work: Workload, days: Sequence[float], finish: Draws) -> list[NDArray[np.int64]]:
    """Items now open that have ended after each of `days`, for fewer futures (a chart needs no more)."""
    return [present_closed(work, day, finish[:_PROJECTION_DRAWS]) for day in days]


def _speed(work: Workload) -> Draws:
    speed: Draws = unit_gamma(f"pace {work.repo}", round(work.pace.shape, 9)) / work.pace.days
    return speed


def _closing_times(work: Workload) -> NDArray[np.float32]:
    return event_times(f"closings {work.repo}", len(work.open) + _SPARE)


def _arrived(work: Workload, moments: Draws, columns: slice | NDArray[np.int64] | None = None) -> NDArray[np.int64]:
    """Arrivals up to each moment that are served before the last present item.

    Served in random order, an arrival goes ahead of the last of R present items with chance R / (R + 1).
    """
    if work.arrivals is None or not work.queued:
        return np.zeros(len(moments), dtype=np.int64)
    ahead = len(work.queued) / (len(work.queued) + 1)
    columns = slice(0, len(moments)) if columns is None else columns
    rate = unit_gamma(f"arrivals {work.repo}", round(work.arrivals.shape, 9))[columns] / work.arrivals.days
    times = event_times(f"arrivals {work.repo}", _SPARE)[:_SPARE, columns]
    reached = times <= (rate * ahead * moments).astype(np.float32)
    return np.asarray(reached.sum(axis=0, dtype=np.int64))


def _passage(work: Workload, queued: int, speed: Draws) -> Draws:
    """First moment at which closings reach the queue plus what has arrived since; inf where arrivals run away."""
    times = _closing_times(work)
    finish: Draws = times[queued - 1].astype(np.float64) / speed
    going = np.flatnonzero(finish <= HORIZON)
    while work.arrivals is not None and going.size:
        arrived = _arrived(work, finish[going], going)
        later = np.where(arrived < _SPARE, times[queued + arrived - 1, going] / speed[going], np.inf)
        moved = later > finish[going]
        finish[going] = later
        going = going[moved & (later <= HORIZON)]
    return finish


def _after_unblocking(work: Workload, speed: Draws) -> Draws:
    """Moment at which the last blocked item is done: the k items unblocked last need k closings after that."""
    waits = [unit_wait(ref) * days for ref, days in work.blocked.items() if ref in work.queued]
    if not waits:
        return np.zeros(DRAWS)
    released = -np.sort(-np.stack(waits), axis=0)
    needed = event_times(f"after unblocking {work.repo}", len(waits))[: len(waits)] / speed
    return np.asarray((released + needed).max(axis=0), dtype=np.float64)
