"""Scope and burn-up of a sprint: those of its parts, added up."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

import polars as pl

from sprintlib.analysis.model import BurnUpPoint, Points, Scope
from sprintlib.history import Sprint, SprintPart, scope


def counts(found: scope.ScopeHistory) -> Scope:
    """Numbers of items instead of their refs."""
    return Scope(**{name: len(getattr(found, name)) for name in Scope.model_fields})


def total(scopes: Iterable[Scope]) -> Scope:
    """The scope of a sprint from those of its parts."""
    dumped = [one.model_dump() for one in scopes]
    return Scope(**{name: sum(one[name] for one in dumped) for name in Scope.model_fields})


def in_points(sprint: Sprint) -> Points | None:
    """The scope and the pace in points; None where no item inside has any."""
    past = sprint.past
    known = past.points.join(past.repositories.select("repository_id", "repo"), on="repository_id")
    points = {f"{repo}#{number}": value for repo, number, value in known.select("repo", "number", "points").iter_rows()}
    inside = sprint.items["ref"].to_list()
    if points.keys().isdisjoint(inside):
        return None
    sums = {
        name: sum(points.get(ref, 0.0) for part in sprint.parts for ref in getattr(part.scope, name))
        for name in Scope.model_fields
    }
    return Points(
        **sums,
        per_working_day=_points_a_day(sprint, points),
        without=sum(ref not in points for ref in inside),
    )


def _points_a_day(sprint: Sprint, points: Mapping[str, float]) -> float | None:
    """Of what was closed since the start, by working day until now or the deadline."""
    start = min((part.start for part in sprint.parts if part.start), default=None)
    if start is None:
        return None
    day = sprint.calendar.start_of_day(sprint.calendar.local_date(start - _INSTANT))
    until = min(sprint.past.as_of, sprint.deadline or sprint.past.as_of)
    worked = sprint.calendar.working_time(day, until)
    closed = sprint.items.filter(pl.col("closed_at").is_between(day, until))["ref"]
    return sum(points.get(ref, 0.0) for ref in closed) / worked if worked >= 1 else None


def burn_up_days(sprint: Sprint) -> tuple[BurnUpPoint, ...]:
    """Scope and items done or dropped at the end of each local day, parts added up; from the first start on.

    Days that lie more than a year back stand only where something changed on them or on the next: a line through the
    points is the same.
    """
    frames = [_burn_up(sprint, part) for part in sprint.parts]
    days = pl.concat(frames).group_by("day").agg(pl.col("scope").sum(), pl.col("done").sum()).sort("day")
    told = pl.struct("scope", "done")
    flat = (told == told.shift(1)) & (told == told.shift(-1))
    long_ago = pl.col("day") < pl.col("day").max() - _EACH_DAY
    kept = days.filter(~(flat.fill_null(value=False) & long_ago))
    return tuple(BurnUpPoint(day=day, scope=inside, done=done) for day, inside, done in kept.iter_rows())


def first_day(sprint: Sprint) -> date | None:
    """The local day that counts as the start of the sprint: the earliest of its parts."""
    starts = [part.start for part in sprint.parts if part.start]
    return sprint.calendar.local_date(min(starts) - _INSTANT) if starts else None


def _burn_up(sprint: Sprint, part: SprintPart) -> pl.DataFrame:
    return scope.burn_up(sprint.past, part.repository_id, part.number, sprint.calendar, part.start)


_INSTANT = datetime.resolution
_EACH_DAY = timedelta(days=366)  # of so many days each has its point
