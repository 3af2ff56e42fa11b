"""Where nothing is known of single items they are a queue: the team closes one after the other at its pace.

In random order, and arrivals compete with them. A pull request that carries another item of the sprint is the same
work: it takes no place of its own and ends with that item.
"""

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from sprintlib.forecast.item_ends import HORIZON
from sprintlib.forecast.random_streams import DRAWS, Draws, event_times, unit_gamma, unit_wait
from sprintlib.forecast.workload import Workload

_SPARE = 64  # closings and arrivals beyond the open items that a future may hold


def finish_days(work: Workload, items: Collection[str]) -> Draws:
    """Working days until these open items are done or dropped, one value a future; inf where arrivals run away."""
    queued = tuple(ref for ref in _queued(work) if ref in {work.carries.get(item, item) for item in items} | {*items})
    finish = np.zeros(DRAWS)
    if queued:
        speed = _speed(work)
        finish = np.maximum(_passage(work, queued, speed), _after_unblocking(work, queued, speed))
    for ref in items:
        if ref in work.landing:
            finish = np.maximum(finish, work.landing[ref])
    return finish


def closings(work: Workload, days: float) -> NDArray[np.int64]:
    """Items of any kind closed within `days` working days, by pace or by landing."""
    landed = sum(when <= days for ref, when in work.landing.items() if ref in work.pieces)
    return _count(_scaled(_closing_times(work), _speed(work)), max(days, 0.0)) + landed


def present_closed(work: Workload, days: Sequence[float], finish: Draws) -> list[NDArray[np.int64]]:
    """Items now open that end within each of `days`, for as many futures as `finish` (of finish_days) has."""
    draws, queued = len(finish), _queued(work)
    closings = _scaled(_closing_times(work)[:, :draws], _speed(work)[:draws])
    arrivals = _arrival_times(work, len(queued))
    waits = [unit_wait(work.identity(ref))[:draws] * work.blocked[ref] for ref in queued if ref in work.blocked]
    lands = [when for ref, when in work.landing.items() if ref in work.open]
    share = (len(work.open) - len(lands)) / max(len(queued), 1)  # items that end with one place in the queue
    found = []
    for day in days:
        waiting = sum((wait > day).astype(np.int64) for wait in waits)
        made = _count(closings, day) - (0 if arrivals is None else _count(arrivals[:, :draws], day))
        places = np.clip(made, 0, len(queued) - waiting)
        ended = np.asarray(np.floor(places * share), dtype=np.int64) + sum(when <= day for when in lands)
        unfinished = np.minimum(ended, max(len(work.open) - 1, 0))
        found.append(np.where(finish <= day, len(work.open), unfinished))
    return found


def _queued(work: Workload) -> tuple[str, ...]:
    """Pieces of work that need the team's pace."""
    return tuple(ref for ref in work.pieces if ref not in work.landing)


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
    everything = _queued(work)
    if len(queued) == len(everything):
        return np.full(DRAWS, len(queued))
    order = {ref: unit_wait(f"order {work.identity(ref)}") for ref in everything}
    last = np.max([order[ref] for ref in queued], axis=0)
    return np.asarray(np.sum([keys <= last for keys in order.values()], axis=0), dtype=np.int64)


def _after_unblocking(work: Workload, queued: Collection[str], speed: Draws) -> Draws:
    """Moment at which the last blocked item is done: the k items unblocked last need k closings after that."""
    waits = [unit_wait(work.identity(ref)) * days for ref, days in work.blocked.items() if ref in queued]
    if not waits:
        return np.zeros(DRAWS)
    released = -np.sort(-np.stack(waits), axis=0)
    needed = event_times(f"after unblocking {work.name}", len(waits))[: len(waits)] / speed
    return np.asarray((released + needed).max(axis=0), dtype=np.float64)
