"""Scope and burn-up of a sprint: those of its parts, added up."""

from collections.abc import Iterable
from datetime import date, datetime

import polars as pl

from sprintlib.analysis.model import BurnUpPoint, Scope
from sprintlib.history import Sprint, SprintPart, scope


def counts(found: scope.Scope) -> Scope:
    """Numbers of items instead of their refs."""
    return Scope(**{name: len(getattr(found, name)) for name in Scope.model_fields})


def total(scopes: Iterable[Scope]) -> Scope:
    """The scope of a sprint from those of its parts."""
    dumped = [one.model_dump() for one in scopes]
    return Scope(**{name: sum(one[name] for one in dumped) for name in Scope.model_fields})


def burn_up_days(sprint: Sprint) -> tuple[BurnUpPoint, ...]:
    """Scope and items done or dropped at the end of each local day, parts added up; from the first start on."""
    frames = [_burn_up(sprint, part) for part in sprint.parts]
    days = pl.concat(frames).group_by("day").agg(pl.col("scope").sum(), pl.col("done").sum()).sort("day")
    return tuple(BurnUpPoint(day=day, scope=inside, done=done) for day, inside, done in days.iter_rows())


def first_day(sprint: Sprint) -> date | None:
    """The local day that counts as the start of the sprint: the earliest of its parts."""
    starts = [part.start for part in sprint.parts if part.start]
    return sprint.calendar.local_date(min(starts) - _INSTANT) if starts else None


def _burn_up(sprint: Sprint, part: SprintPart) -> pl.DataFrame:
    return scope.burn_up(sprint.past, part.repository_id, part.number, sprint.calendar, part.start)


_INSTANT = datetime.resolution
