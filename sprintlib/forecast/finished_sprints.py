"""How the plans of a project's finished sprints held: planned, ended in time, carried over."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np

from sprintlib.forecast.sprint_history import Finished, SprintHistory


@dataclass(frozen=True)
class EarlierSprint:
    """One dated sprint whose deadline has passed; counts of items.

    committed: inside at the start. kept: of these, done or dropped by the deadline. ended: done or dropped inside it by
    then, whenever they came in. carried_over: still open inside it then.
    planning: kept / committed. capacity: ended / committed. Both null where nothing was committed.
    days_late: days from the due date until its milestones were closed, or until now while one is open; null in
    analyses of version 0.1.0.
    """

    title: str
    due_on: date
    committed: int
    kept: int
    ended: int
    carried_over: int
    planning: float | None
    capacity: float | None
    days_late: int | None = None


@dataclass(frozen=True)
class PlanAccuracy:
    """Means over the sprints that had something committed, n of them, each sprint weighing the same.

    spread: standard deviation of `planning` over the sprints, the less the more predictable; null for one sprint.
    """

    n: int
    planning: float
    capacity: float
    spread: float | None


def earlier_sprints(record: SprintHistory) -> tuple[EarlierSprint, ...]:
    """The finished dated sprints of the record, oldest first."""
    return tuple(_earlier(one) for one in record.finished)


def plan_accuracy(sprints: Iterable[EarlierSprint]) -> PlanAccuracy | None:
    """Planning accuracy, capacity accuracy and predictability; None where no sprint had anything committed.

    Source: LinearB, planning accuracy and capacity accuracy, with items for points.
    """
    known = [(one.planning, one.capacity) for one in sprints if one.planning is not None and one.capacity is not None]
    if not known:
        return None
    planning, capacity = (np.array(column, dtype=np.float64) for column in zip(*known, strict=True))
    spread = float(planning.std(ddof=1)) if len(known) > 1 else None
    return PlanAccuracy(len(known), float(planning.mean()), float(capacity.mean()), spread)


def _earlier(one: Finished) -> EarlierSprint:
    planned = one.committed
    return EarlierSprint(
        title=one.title,
        due_on=one.due_on,
        committed=planned,
        kept=one.kept,
        ended=one.delivered,
        carried_over=one.left,
        planning=one.kept / planned if planned else None,
        capacity=one.delivered / planned if planned else None,
        days_late=one.days_late,
    )
