"""More work begun than the people at hand can finish."""

import polars as pl

from sprintlib.features import MilestoneView
from sprintlib.forecast import count
from sprintlib.risks.context import SprintContext, listed
from sprintlib.risks.model import Play, Risk

KIND = "too_much_wip"
PLACE = 100
PLAY = Play("PB-012", "Set a limit for work in progress and finish the oldest first: {items}.")
_LEAST_ITEMS = 3  # two things begun are no queue


def detect(context: SprintContext) -> list[Risk]:
    """Items begun and open exceed the threshold for each person who is active in the sprint's repositories."""
    limit, refs, people = context.thresholds.wip_per_person, context.started, _active_people(context)
    if not people or len(refs) < _LEAST_ITEMS or len(refs) <= limit * people:
        return []
    share = len(refs) / people
    return [
        Risk(
            kind=KIND,
            severity="medium" if share > 2 * limit or context.near_due else "low",
            statement=(
                f"{count(len(refs), 'item')} in progress for {people} active "
                f"{'person' if people == 1 else 'people'}, {share:.1f} each (limit: {limit:g}): {listed(refs, 4)}."
            ),
            rule=(
                f"More than {limit:g} items per person are in progress; active is whoever wrote or reviewed a pull "
                f"request in {context.view.window} or has an item in progress; medium above twice that, or when "
                "the deadline is near."
            ),
            items=tuple(refs),
            evidence=context.cite(refs),
        )
    ]


def _active_people(context: SprintContext) -> int:
    """How many people wrote or reviewed pull requests lately, or hold a begun item."""
    held = (context.items[ref] for ref in context.started)
    holders = {login for item in held if not item.author_is_bot for login in item.assignees}
    return len(context.view.shared(_wrote_or_reviewed) | holders)


def _wrote_or_reviewed(view: MilestoneView) -> frozenset[str]:
    """Logins of the people who wrote or reviewed pull requests within the window."""
    theirs = pl.col("repository_id").is_in(list(view.numbers)) & ~pl.col("author_is_bot")
    lately = (pl.col("created_at") > view.since) | (pl.col("closed_at") > view.since)
    pulls = view.past.items.filter(theirs & (pl.col("kind") == "pull") & lately)
    reviews = view.in_window(view.past.reviews, "submitted_at").filter(theirs)
    return frozenset(pl.concat([pulls["author"], reviews["author"]]).drop_nulls())
