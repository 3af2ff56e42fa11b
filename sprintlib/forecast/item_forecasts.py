"""Whether each open item of a sprint closes by its deadline, or the reason why nothing can be said."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from sprintlib.forecast.inputs import ForecastInputs, clamp
from sprintlib.forecast.item_ends import ItemEnds
from sprintlib.forecast.items import FEWEST_CLOSED, ItemClosings, closings_of
from sprintlib.forecast.items.item_features import LOOKBACK_DAYS
from sprintlib.forecast.model import Basis, ItemForecast
from sprintlib.forecast.words import count, day_name
from sprintlib.history.sprint import Sprint

_TWO_WEEKS = 10.0  # working days, where there is no deadline
_LEARNED = 20  # closings from which on the project's own items outweigh those of others (judgement)


def item_forecasts(inputs: ForecastInputs) -> tuple[ItemForecast, ...]:
    """The open items of a sprint by repository and number, each followed by the pull requests outside that carry it."""
    sprint = inputs.sprint
    if sprint.open_items.is_empty():
        return ()
    closings = closings_of(sprint.past, sprint.calendar)
    reason = _why_missing(closings, sprint)
    inside = sprint.open_items.sort("repo", "number")["ref"].to_list()
    refs = list(dict.fromkeys(each for ref in inside for each in (ref, *closings.closing_pull_requests.get(ref, ()))))
    chances = dict.fromkeys(refs) if reason else in_time(inputs, refs)
    carried: dict[str, list[str]] = {}
    for ref in inside:
        for pull in closings.closing_pull_requests.get(ref, ()):
            carried.setdefault(pull, []).append(ref)
    facts = sprint.past.items.filter(pl.col("ref").is_in(refs)).select("ref", "kind", "title", "html_url")
    known = {row["ref"]: row for row in facts.to_dicts()}
    stages = dict(closings.standing.select("ref", "stage").iter_rows())
    return tuple(
        ItemForecast(
            **known[ref],
            inside=ref in inside,
            carries=tuple(carried.get(ref, ())),
            stage=stages[ref],
            blocked=ref in inputs.work.blocked,
            closes_by_due=chances[ref],
            reason=reason,
            basis=_basis(closings),
            n_history=closings.closed,
        )
        for ref in refs
    )


def in_time(inputs: ForecastInputs, refs: Sequence[str]) -> dict[str, float | None]:
    """P(done or dropped by the deadline of the sprint) of open items of the project, clamped; None where unknown.

    The futures are those of the forecast, so that no item of the sprint is less likely than all of them. What carries
    an item of the sprint ends with it at the latest: GitHub closes the item when its pull request is merged.
    """
    sprint, work = inputs.sprint, inputs.work
    closings = closings_of(sprint.past, sprint.calendar)
    if _why_missing(closings, sprint):
        return dict.fromkeys(refs)
    wider = replace(work, rates={**closings.rates(refs), **work.rates})
    left = sprint.days_left or 0.0
    ends = ItemEnds(wider)
    return {ref: clamp(float(np.mean(ends.of(ref) <= left))) for ref in refs}


def slowest_first(inputs: ForecastInputs) -> list[str]:
    """Open items of the sprint with rates, the one that is most likely still open at the deadline first."""
    work = inputs.work
    days = work.days_left or _TWO_WEEKS
    ends = ItemEnds(work)
    shares = {ref: float(np.mean(ends.of(ref) <= days)) for ref in work.open if ref in work.rates}
    return sorted(shares, key=lambda ref: (shares[ref], ref))


def ended_within(inputs: ForecastInputs, days: float) -> dict[str, float]:
    """P(done or dropped within so many working days) of the open items with rates."""
    ends = ItemEnds(inputs.work)
    return {ref: float(np.mean(ends.of(ref) <= days)) for ref in inputs.work.open if ref in inputs.work.rates}


def _basis(closings: ItemClosings) -> Basis:
    if closings.closed < FEWEST_CLOSED:
        return "insufficient-data"
    return "learned" if closings.closed >= _LEARNED else "prior"


def _why_missing(closings: ItemClosings, sprint: Sprint) -> str | None:
    if sprint.deadline is None:
        return "The milestone has no due date, so there is no deadline to meet: set one on GitHub."
    if sprint.overdue:
        return f"The deadline passed on {day_name(sprint.due_on)}."
    if closings.closed < FEWEST_CLOSED:
        return (
            f"Only {count(closings.closed, 'item')} closed in the {LOOKBACK_DAYS} days before; "
            f"a probability of single items needs {FEWEST_CLOSED}."
        )
    return None
