"""Layer A: how the open items of a milestone come to an end, 4,096 futures at a time.

Each open item closes at its own rate, which depends on how it stands and changes with the days (`items`); in one
future all of them are faster or slower together, as far as the team's pace is uncertain (Gamma). A blocked item is
worked off after what it waits for, and a landing item ends at a known time (`item_ends`). Where no rates are known the
items are a queue (`queue`). See docs/forecast.md.
"""

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from sprintlib.forecast import queue
from sprintlib.forecast.item_ends import HORIZON, ItemEnds
from sprintlib.forecast.random_streams import DRAWS, Draws
from sprintlib.forecast.workload import Workload

_PROJECTION_DRAWS = 512


def finish_days(work: Workload, focus: Collection[str] | None = None) -> Draws:
    """Working days until every open item is done or dropped, one value a future; inf beyond HORIZON.

    focus: only until these of the open items are: some items are never finished later than all.
    """
    items = work.open if focus is None else tuple(ref for ref in work.open if ref in focus)
    finish = _latest(work, items) if work.rates else queue.finish_days(work, items)
    return np.where(finish > HORIZON, np.inf, finish)


def probability_in_time(work: Workload, focus: Collection[str] | None = None) -> float | None:
    """Share of futures in which every open item, or each of `focus`, ends by the deadline; None without one.

    Unclamped.
    """
    return None if work.days_left is None else float(np.mean(finish_days(work, focus) <= work.days_left))


def _latest(work: Workload, items: Sequence[str]) -> Draws:
    ends = ItemEnds(work)
    finish: Draws = np.max([ends.of(ref) for ref in items], axis=0) if items else np.zeros(DRAWS)
    return finish


def present_closed(work: Workload, days: float, finish: Draws) -> NDArray[np.int64]:
    """Items now open that end within `days` working days; `finish` as of finish_days."""
    return _present_closed(work, (days,), finish)[0]


def projection(work: Workload, days: Sequence[float], finish: Draws) -> list[NDArray[np.int64]]:
    """Items now open that have ended after each of `days`, for fewer futures (a chart needs no more)."""
    return _present_closed(work, days, finish[:_PROJECTION_DRAWS])


def _present_closed(work: Workload, days: Sequence[float], finish: Draws) -> list[NDArray[np.int64]]:
    if not work.rates:
        return queue.present_closed(work, days, finish)
    known = ItemEnds(work)
    ends = np.stack([known.of(ref)[: len(finish)] for ref in work.open])
    return [np.asarray((ends <= day).sum(axis=0), dtype=np.int64) for day in days]
