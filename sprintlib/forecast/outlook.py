"""What a forecast rests on: the pace, the arrivals and the open items of every part of a sprint."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sprintlib.forecast.course import Course, course
from sprintlib.forecast.model import Basis
from sprintlib.forecast.rates import Rate, prior_arrivals, prior_pace, tally
from sprintlib.forecast.simulation import Workload, finish_days
from sprintlib.forecast.sprint import Sprint, SprintPart
from sprintlib.history.past import Past

MINIMUM_CLOSING_DAYS = 5  # Lighthouse's rule: no forecast under five active days
UNBLOCK_DAYS = 3.0  # mean working days until a blocked item is free (judgement)
ACTIVE_DAYS = 28  # calendar days within which somebody must have acted to count as active
LOWEST, HIGHEST = 0.03, 0.97  # forecasts of sprints are over-confident beyond (docs/forecast.md)


@dataclass(frozen=True)
class Outlook:
    """What a forecast rests on: a workload and the observations behind it for each part of a sprint.

    priors: the pace of each part before anything was observed. closing_days: distinct working days with a closing.
    """

    sprint: Sprint
    workloads: tuple[Workload, ...]
    courses: tuple[Course, ...]
    priors: tuple[Rate, ...]
    closing_days: int

    @property
    def n_history(self) -> int:
        """Closings of milestone items that the pace rests on."""
        return sum(len(seen.closings) for seen in self.courses)

    @property
    def basis(self) -> Basis:
        """`prior` where the general prior outweighs what was observed, after discounting."""
        if self.closing_days < MINIMUM_CLOSING_DAYS:
            return "insufficient-data"
        observed = sum(work.pace.days - prior.days for work, prior in zip(self.workloads, self.priors, strict=True))
        return "learned" if observed >= sum(prior.days for prior in self.priors) else "prior"

    def part(self, index: int) -> "Outlook":
        """The outlook of one part alone, with as many closing days as the whole has."""
        return replace(
            self,
            sprint=self.sprint.only(self.sprint.parts[index]),
            workloads=self.workloads[index : index + 1],
            courses=self.courses[index : index + 1],
            priors=self.priors[index : index + 1],
        )


def prepare(sprint: Sprint, blocked: Collection[str] = ()) -> Outlook:
    """Observe every part of a sprint. `blocked`: refs of open items that wait for another open item."""
    courses = tuple(course(sprint.past, sprint.calendar, part.repo, part.number) for part in sprint.parts)
    priors = tuple(prior_pace(active_developers(sprint.past, part.repo)) for part in sprint.parts)
    workloads = tuple(
        _workload(sprint, part, seen, prior, blocked)
        for part, seen, prior in zip(sprint.parts, courses, priors, strict=True)
    )
    days = {sprint.calendar.local_date(entry.at) for seen in courses for entry in seen.closings}
    return Outlook(sprint, workloads, courses, priors, sum(map(sprint.calendar.is_working_day, days)))


def _workload(sprint: Sprint, part: SprintPart, seen: Course, prior: Rate, blocked: Collection[str]) -> Workload:
    calendar, today = sprint.calendar, sprint.calendar.local_date(sprint.past.as_of)
    closed = tally((calendar.local_date(entry.at) for entry in seen.closings), seen.worked, today, calendar)
    added = tally((calendar.local_date(entry.at) for entry in seen.arrivals), seen.offered, today, calendar)
    items = sprint.items_of(part)
    refs = tuple(items.filter(pl.col("state") == "open").sort("number")["ref"])
    return Workload(
        repo=part.repo,
        pace=prior.after(closed.events, closed.days),
        arrivals=prior_arrivals(items.height).after(added.events, added.days),
        open=refs,
        blocked={ref: UNBLOCK_DAYS for ref in refs if ref in blocked},
        days_left=calendar.working_time(sprint.past.as_of, part.deadline) if part.deadline else None,
    )


def active_developers(past: Past, repo: str) -> float:
    """People who acted in a repository lately; one who acted in several counts for an equal share in each."""
    since = past.as_of - timedelta(days=ACTIVE_DAYS)
    acts = pl.concat(
        [
            past.events.filter(~pl.col("actor_is_bot") & (pl.col("happened_at") > since)).select("repo", who="actor"),
            past.reviews.filter(~pl.col("author_is_bot") & (pl.col("submitted_at") > since)).select(
                "repo", who="author"
            ),
            past.items.filter(~pl.col("author_is_bot") & (pl.col("created_at") > since)).select("repo", who="author"),
        ]
    )
    shares = acts.drop_nulls().unique().with_columns(share=1.0 / pl.len().over("who"))
    return float(shares.filter(pl.col("repo") == repo)["share"].sum())


def chance(workloads: Sequence[Workload]) -> float | None:
    """Share of futures in which every part ends by its deadline, unclamped; None without a deadline."""
    if any(work.days_left is None for work in workloads):
        return None
    return float(np.mean(in_time(workloads)))


def clamp(probability: float) -> float:
    """Within [.03, .97], to a thousandth: beyond that the forecast is not reliable."""
    return round(min(max(probability, LOWEST), HIGHEST), 3)


def in_time(workloads: Sequence[Workload]) -> NDArray[np.bool_]:
    """Futures in which every part ends by its deadline."""
    parts = np.stack([finish_days(work) <= (work.days_left or 0.0) for work in workloads])
    return np.asarray(parts.all(axis=0))
