"""Items whose state nobody keeps: what happens to them cannot be seen, so neither can the risk."""

import polars as pl

from sprintlib.forecast import count
from sprintlib.risks.context import SprintContext, listed
from sprintlib.risks.model import Play, Risk

KIND = "untracked_board"
PLACE = 150
PLAY = Play("PB-020", "Link pull requests to {items} with closing keywords, so that work can be seen.")
_LEAST_ITEMS = 3
# What says where an item stands; comments and milestones do not.
_STATUS = (
    "assigned",
    "unassigned",
    "labeled",
    "unlabeled",
    "closed",
    "reopened",
    "referenced",
    "connected",
    "project_v2_item_status_changed",
    "moved_columns_in_project",
)


def detect(context: SprintContext) -> list[Risk]:
    """Late in the sprint, too many open items had no status event and have no pull request, while people work.

    Where nobody works either, the team is away or busy elsewhere, and the board tells the truth.
    """
    limits, gone = context.thresholds, context.time_gone
    if gone is None or gone < limits.untracked_time or len(context.work_items) < _LEAST_ITEMS:
        return []
    seen = _with_status(context)
    silent = [ref for ref in context.work_items if not context.pulls_of[ref] and ref not in seen]
    beside = context.unnamed_work
    if len(silent) <= limits.untracked_share * len(context.work_items) or not beside.is_lively:
        return []
    return [
        Risk(
            kind=KIND,
            severity="medium" if context.near_due else "low",
            statement=(
                f"{len(silent)} of {count(len(context.work_items), 'open item')} show no work {gone:.0%} of the way "
                f"through ({listed(silent, 4)}), although {beside.words()}. The forecast only sees what is closed."
            ),
            rule=(
                f"After {limits.untracked_time:.0%} of the time more than {limits.untracked_share:.0%} of the open "
                "items have no pull request, and since the start nobody assigned, labelled or closed them or named "
                "them in a commit or a pull request, while people work in these repositories: at least three pull "
                "requests or commits name no issue; medium when the deadline is near."
            ),
            items=tuple(silent),
            evidence=(*context.cite(silent), *context.cite(beside.pulls)),
        )
    ]


def _with_status(context: SprintContext) -> set[str]:
    """Open items with an event since the start that says where they stand."""
    past, start = context.sprint.past, context.started_at
    pulls = past.items.filter(pl.col("kind") == "pull")["ref"].to_list()
    events = past.events.filter(
        (pl.col("kind").is_in(_STATUS) & ~pl.col("actor_is_bot"))
        | ((pl.col("kind") == "cross-referenced") & pl.col("subject").is_in(pulls))
    )
    if start is not None:
        events = events.filter(pl.col("happened_at") > start)
    return set(context.sprint.open_items.join(events, on=["repository_id", "number"], how="semi")["ref"])
