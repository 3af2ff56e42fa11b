"""Taking items out of a sprint: which ones, in which order."""

from collections.abc import Collection, Sequence

import polars as pl

from sprintlib.forecast import Change, ForecastInputs, ended_within, slowest_first
from sprintlib.recommend.candidates import Candidate, with_pull_requests
from sprintlib.risks import SprintContext, listed
from sprintlib.risks.scope_creep import FIX_DAYS

MOST_ITEMS = 8
_SOON = 0.5  # an item likelier than that to end within FIX_DAYS stays: before all have agreed it is done


def can_leave(context: SprintContext, inputs: ForecastInputs) -> list[str]:
    """Open items, the one least likely to be done in time first; none that carry another one, none nearly done.

    A pull request of the last days stays too: it is a fix as a rule, and merged within days.
    """
    carrying = {pull for item, pulls in context.pulls_of.items() for pull in pulls if pull != item}
    soon, new = ended_within(inputs, FIX_DAYS), _new_pull_requests(context)
    order = [ref for ref in slowest_first(inputs) if ref in context.pulls_of] or _least_begun(context)
    return [ref for ref in order if ref not in carrying | new and soon.get(ref, 0.0) < _SOON]


def cut(context: SprintContext, refs: Sequence[str], added: Collection[str] = ()) -> Candidate:
    """Take out these items with their pull requests. added: items that came in after the start."""
    change = Change(drop=with_pull_requests(context, refs))
    names = listed(refs, 4)
    if set(refs) <= set(added):
        action = f"Trade scope: agree with the lead to move out {names}, to make room for what was added."
        return Candidate("PB-009", action, tuple(refs), change=change, size=len(refs))
    action = f"Cut to what the goal needs: agree with the lead to take out or move {names}."
    return Candidate("PB-010", action, tuple(refs), change=change, size=len(refs))


def _new_pull_requests(context: SprintContext) -> set[str]:
    calendar, now = context.sprint.calendar, context.sprint.past.as_of
    pulls = context.sprint.open_items.filter(pl.col("kind") == "pull").select("ref", "created_at")
    return {ref for ref, created in pulls.iter_rows() if calendar.working_time(created, now) <= FIX_DAYS}


def _least_begun(context: SprintContext) -> list[str]:
    """Where nothing is known of single items: those without pull request and assignee first, the newest of each."""
    created = dict(context.sprint.open_items.select("ref", "created_at").iter_rows())
    return sorted(
        created,
        key=lambda ref: (
            bool(context.pulls_of[ref]) + bool(context.items[ref].assignees),
            -created[ref].timestamp(),
            ref,
        ),
    )
