"""Layer A: how the open items of a milestone come to an end, 4,096 futures at a time.

Each open item closes at its own rate, which depends on how it stands and changes with the days (`items`); in one
future all of them are faster or slower together, as far as the team's pace is uncertain (Gamma). A blocked item does
not end before it is free, and a landing item ends at a known time. Where no rates are known the items are a queue: the
team closes one after the other at its pace, in random order, and arrivals compete with them. See docs/forecast.md.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, reduce
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sprintlib.forecast.items.hazard import EDGES
from sprintlib.forecast.random_streams import DRAWS, Draws, event_times, unit_gamma, unit_wait
from sprintlib.forecast.rates import Rate

HORIZON = 260.0  # working days: a year
_SPARE = 64  # closings and arrivals beyond the open items that a future may hold
_PROJECTION_DRAWS = 512


class Congestion(NamedTuple):
    """How open items slow each other: rates in a piece go with (1 + items / people) to the power of -slowing.

    open: items when the rates were observed. people: active then. slowing: at least 0, one a piece of items.EDGES.
    """

    open: int
    people: float
    slowing: tuple[float, ...]

    def relief(self, still: int) -> NDArray[np.float64]:
        """By how much the rates are higher with `still` items open, one a piece."""
        people = max(self.people, 1.0)
        ratio = max((1 + self.open / people) / (1 + still / people), 1.0)
        found: NDArray[np.float64] = ratio ** np.array(self.slowing)
        return found


@dataclass(frozen=True)
class Workload:
    """The open items of a sprint, as the simulation sees them.

    name: of the random numbers: equal names see the same luck. pace: closings per working day.
    arrivals: items added per working day, or None for a closed scope.
    open: refs of every open item. blocked: ref -> mean working days until it is unblocked.
    landing: ref -> working days until it ends without using the pace.
    days_left: working days to the deadline, None without one; negative or 0 once it has passed.
    rates: ref -> its own closings per working day in each piece of items.EDGES, when not blocked; empty for a queue.
    waits_for: blocked item -> open items of the project, with rates, that must end before it does.
    crowd: how much the rates gain from fewer open items.
    carries: pull request -> the item that it carries, which ends with it and shares its luck.
    usual: the pace under which they were observed; at twice that pace they are twice as high.
    """

    name: str
    pace: Rate
    arrivals: Rate | None
    open: tuple[str, ...]
    blocked: Mapping[str, float] = field(default_factory=dict)
    landing: Mapping[str, float] = field(default_factory=dict)
    days_left: float | None = None
    rates: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    waits_for: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    congestion: Congestion | None = None
    carries: Mapping[str, str] = field(default_factory=dict)
    usual: float = 1.0

    def without(self, refs: Sequence[str]) -> "Workload":
        """The same work when these items are taken out; what waits for them alone is free."""
        waits = {ref: tuple(one for one in blockers if one not in refs) for ref, blockers in self.waits_for.items()}
        freed = [ref for ref, blockers in waits.items() if not blockers]
        left = tuple(ref for ref in self.open if ref not in refs)
        return replace(self.unblocked(freed), open=left, waits_for={ref: waits[ref] for ref in waits if waits[ref]})

    def unblocked(self, refs: Sequence[str]) -> "Workload":
        """The same work when these items wait for nothing any more."""
        return replace(self, blocked={ref: days for ref, days in self.blocked.items() if ref not in refs})

    def as_queue(self) -> "Workload":
        """The same work when nothing is known of single items."""
        return replace(self, rates={})

    def landed_within(self, refs: Sequence[str], days: float) -> "Workload":
        """The same work when these items end in `days` working days."""
        inside = {ref: days for ref in refs if ref in self.open}
        return replace(self.unblocked(tuple(inside)), landing={**self.landing, **inside})

    @property
    def queued(self) -> tuple[str, ...]:
        """Open items that need the team's pace."""
        return tuple(ref for ref in self.open if ref not in self.landing)


def finish_days(work: Workload, focus: Collection[str] | None = None) -> Draws:
    """Working days until every open item is done or dropped, one value a future; inf beyond HORIZON.

    focus: only until these of the open items are: some items are never finished later than all.
    """
    items = work.open if focus is None else tuple(ref for ref in work.open if ref in focus)
    if work.rates:
        return _latest([end_days(work, ref) for ref in items])
    queued = tuple(ref for ref in items if ref not in work.landing)
    finish = np.zeros(DRAWS)
    if queued:
        speed = _speed(work)
        finish = np.maximum(_passage(work, queued, speed), _after_unblocking(work, queued, speed))
    for ref in items:
        if ref in work.landing:
            finish = np.maximum(finish, work.landing[ref])
    return np.where(finish > HORIZON, np.inf, finish)


def end_days(work: Workload, ref: str) -> Draws:
    """Working days until one item with rates is done or dropped, one value a future; a number beyond HORIZON is late.

    What it waits for is not made to wait itself, so that circles do no harm.
    """
    days = _free_days(work, ref)
    if ref not in work.blocked or ref in work.landing:
        return days
    if ref in work.waits_for:
        return reduce(np.maximum, (_free_days(work, blocker) for blocker in work.waits_for[ref]), days)
    return np.maximum(days, unit_wait(work.carries.get(ref, ref)) * work.blocked[ref])


def _free_days(work: Workload, ref: str) -> Draws:
    """The same when nothing blocks it."""
    if ref in work.landing:
        return np.full(DRAWS, work.landing[ref])
    luck, rates = work.carries.get(ref, ref), work.rates[ref]
    if work.congestion is not None and len(work.open) < work.congestion.open:
        rates = tuple((np.array(rates) * work.congestion.relief(len(work.open))).tolist())
    return _own_days(luck, rates, work.name, round(work.pace.shape, 9), work.pace.days * work.usual)


@lru_cache(maxsize=1024)
def _own_days(luck: str, rates: tuple[float, ...], name: str, shape: float, days: float) -> Draws:
    """When the cumulative hazard, faster or slower with the team, reaches a level that is the item's luck."""
    edges = np.array([*EDGES, 100 * HORIZON])
    hazard = np.concatenate([[0.0], np.cumsum(np.array(rates) * np.diff(edges))])
    found: Draws = np.interp(unit_wait(f"own {luck}") * days / unit_gamma(f"pace {name}", shape), hazard, edges)
    found.flags.writeable = False
    return found


def _latest(ends: Sequence[Draws]) -> Draws:
    finish = np.max(ends, axis=0) if ends else np.zeros(DRAWS)
    return np.where(finish > HORIZON, np.inf, finish)


def closings(work: Workload, days: float) -> NDArray[np.int64]:
    """Items of any kind closed within `days` working days, by pace or by landing."""
    landed = sum(when <= days for ref, when in work.landing.items() if ref in work.open)
    return _count(_scaled(_closing_times(work), _speed(work)), max(days, 0.0)) + landed


def present_closed(work: Workload, days: float, finish: Draws) -> NDArray[np.int64]:
    """Items now open that end within `days` working days; `finish` as of finish_days."""
    return _present_closed(work, (days,), finish)[0]


def projection(work: Workload, days: Sequence[float], finish: Draws) -> list[NDArray[np.int64]]:
    """Items now open that have ended after each of `days`, for fewer futures (a chart needs no more)."""
    return _present_closed(work, days, finish[:_PROJECTION_DRAWS])


def _present_closed(work: Workload, days: Sequence[float], finish: Draws) -> list[NDArray[np.int64]]:
    draws, queued = len(finish), work.queued
    if work.rates:
        ends = np.stack([end_days(work, ref)[:draws] for ref in work.open])
        return [np.asarray((ends <= day).sum(axis=0), dtype=np.int64) for day in days]
    closings = _scaled(_closing_times(work)[:, :draws], _speed(work)[:draws])
    arrivals = _arrival_times(work, len(queued))
    waits = [unit_wait(ref)[:draws] * work.blocked[ref] for ref in queued if ref in work.blocked]
    lands = [when for ref, when in work.landing.items() if ref in work.open]
    found = []
    for day in days:
        waiting = sum((wait > day).astype(np.int64) for wait in waits)
        made = _count(closings, day) - (0 if arrivals is None else _count(arrivals[:, :draws], day))
        ended = np.clip(made, 0, len(queued) - waiting) + sum(when <= day for when in lands)
        unfinished = np.minimum(ended, max(len(work.open) - 1, 0))
        found.append(np.where(finish <= day, len(work.open), unfinished))
    return found


def _count(times: NDArray[np.float32], days: float) -> NDArray[np.int64]:
    """Events of each future within `days`."""
    reached = times <= days
    return np.asarray(reached.sum(axis=0, dtype=np.int16), dtype=np.int64)


def _scaled(times: NDArray[np.float32], rate: Draws) -> NDArray[np.float32]:
    """Working days from the times of a process with rate one."""
    return np.divide(times, rate, dtype=np.float32)


def _speed(work: Workload) -> Draws:
    speed: Draws = unit_gamma(f"pace {work.name}", round(work.pace.shape, 9)) / work.pace.days
    return speed


def _closing_times(work: Workload) -> NDArray[np.float32]:
    return event_times(f"closings {work.name}", len(work.open) + _SPARE)


def _arrival_times(work: Workload, present: int) -> NDArray[np.float32] | None:
    """When items arrive that are served before the last of `present` items, in working days: shape (_SPARE, DRAWS).

    Served in random order, an arrival goes ahead of the last of R present items with chance R / (R + 1).
    """
    if work.arrivals is None or not present:
        return None
    ahead = present / (present + 1)
    rate = unit_gamma(f"arrivals {work.name}", round(work.arrivals.shape, 9)) * (ahead / work.arrivals.days)
    return _scaled(event_times(f"arrivals {work.name}", _SPARE)[:_SPARE], rate)


def _passage(work: Workload, queued: Collection[str], speed: Draws) -> Draws:
    """First moment at which closings reach these items plus what has arrived since; inf where arrivals run away."""
    times, arrivals, needed = _closing_times(work), _arrival_times(work, len(queued)), _places(work, queued)
    finish: Draws = times[needed - 1, np.arange(DRAWS)] / speed
    if arrivals is None:
        return finish
    futures = np.flatnonzero(arrivals[0] <= finish)
    for arrived in range(1, _SPARE):  # in these futures so many items have arrived before these were finished
        finish[futures] = times[needed[futures] + arrived - 1, futures] / speed[futures]
        futures = futures[arrivals[arrived, futures] <= np.minimum(finish[futures], HORIZON)]
    finish[futures] = np.inf
    return finish


def _places(work: Workload, queued: Collection[str]) -> NDArray[np.int64]:
    """Place of the last of these items in the order in which the team closes the queue."""
    if len(queued) == len(work.queued):
        return np.full(DRAWS, len(queued))
    order = {ref: unit_wait(f"order {ref}") for ref in work.queued}
    last = np.max([order[ref] for ref in queued], axis=0)
    return np.asarray(np.sum([keys <= last for keys in order.values()], axis=0), dtype=np.int64)


def _after_unblocking(work: Workload, queued: Collection[str], speed: Draws) -> Draws:
    """Moment at which the last blocked item is done: the k items unblocked last need k closings after that."""
    waits = [unit_wait(ref) * days for ref, days in work.blocked.items() if ref in queued]
    if not waits:
        return np.zeros(DRAWS)
    released = -np.sort(-np.stack(waits), axis=0)
    needed = event_times(f"after unblocking {work.name}", len(waits))[: len(waits)] / speed
    return np.asarray((released + needed).max(axis=0), dtype=np.float64)
