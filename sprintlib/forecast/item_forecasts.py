"""Whether each open item of a sprint closes by its deadline, or the reason why nothing can be said."""

from math import expm1

import polars as pl

from sprintlib.forecast.items import FEWEST_CLOSED, ItemClosings, closings_of
from sprintlib.forecast.items.closing import LOOKBACK_DAYS
from sprintlib.forecast.model import Basis, ItemForecast
from sprintlib.forecast.outlook import Outlook, clamp
from sprintlib.forecast.sprint import Sprint
from sprintlib.forecast.words import count, day_name

_LEARNED = 20  # closings from which on the project's own items outweigh those of others (judgement)


def item_forecasts(outlook: Outlook) -> tuple[ItemForecast, ...]:
    """The open items of a sprint by repository and number, each followed by the pull requests outside that carry it."""
    sprint = outlook.sprint
    if sprint.open_items.is_empty():
        return ()
    closings = closings_of(sprint.past, sprint.calendar)
    reason = _why_missing(closings, sprint)
    inside = sprint.open_items.sort("repo", "number")["ref"].to_list()
    refs = list(dict.fromkeys(each for ref in inside for each in (ref, *closings.carriers.get(ref, ()))))
    chances = dict.fromkeys(refs) if reason else in_time(outlook, refs)
    carried: dict[str, list[str]] = {}
    for ref in inside:
        for pull in closings.carriers.get(ref, ()):
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
            blocked=ref in outlook.work.blocked,
            closes_by_due=chances[ref],
            reason=reason,
            basis=_basis(closings),
            n_history=closings.closed,
        )
        for ref in refs
    )


def in_time(outlook: Outlook, refs: list[str]) -> dict[str, float | None]:
    """P(closed by the deadline) of open items of the project, clamped; None where nothing can be said."""
    sprint = outlook.sprint
    closings = closings_of(sprint.past, sprint.calendar)
    if _why_missing(closings, sprint):
        return dict.fromkeys(refs)
    expected = closings.expected(refs, sprint.days_left or 0.0, outlook.work.blocked)
    return {ref: clamp(-expm1(-value)) for ref, value in zip(refs, expected, strict=True)}


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
