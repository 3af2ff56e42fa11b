"""Items that cannot move because another item is open."""

from sprintlib.forecast import in_time, percent, working_days
from sprintlib.risks.blocked_items import BlockedItem
from sprintlib.risks.model import Risk, Severity
from sprintlib.risks.context import SprintContext

KIND = "blocked_item"
CROSS_KIND = "cross_repository_block"
_SAID = {
    "native": "GitHub's own blocked-by list",
    "footer": "a Depends-On footer",
    "text": "a sentence that says so",
    "weak text": "a sentence that seems to say so",
    "label": "a label",
}


def detect(context: SprintContext) -> list[Risk]:
    """Open items of the sprint whose blocker stays open longer than the threshold."""
    sprint, limit = context.sprint, context.thresholds.blocked_days
    waits = [
        (blocked_item, sprint.calendar.working_time(blocked_item.since, sprint.past.as_of)) for blocked_item in context.blocked_items
    ]
    return [_risk(context, blocked_item, days) for blocked_item, days in waits if days > limit]


def next_actor(context: SprintContext, ref: str) -> str | None:
    """Who can move an item: its first assignee, else the author of a pull request, bots never."""
    item = context.items[ref]
    if item.assignees:
        return item.assignees[0]
    return item.author if item.kind == "pull" and not item.author_is_bot else None


def _risk(context: SprintContext, blocked_item: BlockedItem, days: float) -> Risk:
    mover = blocked_item.blocker or blocked_item.item
    actor = next_actor(context, mover)
    concerned = tuple(filter(None, [blocked_item.item, blocked_item.blocker]))
    cited = context.cite(concerned)
    said = () if any(citation.url == blocked_item.said.url for citation in cited) else (blocked_item.said,)
    return Risk(
        kind=CROSS_KIND if blocked_item.crosses else KIND,
        severity=_severity(context, blocked_item, actor),
        statement=_statement(context, blocked_item, days, actor),
        rule=(
            f"An open item is blocked by an open item for more than {working_days(context.thresholds.blocked_days)} "
            f"(here by {_SAID.get(blocked_item.source, blocked_item.source)}); high when the blocker has nobody to act or "
            "lies in another repository, or the deadline is near."
        ),
        items=concerned,
        actor=actor,
        evidence=(*cited, *said),
    )


def _statement(context: SprintContext, blocked_item: BlockedItem, days: float, actor: str | None) -> str:
    waited = f"{context.called(blocked_item.item)} has waited {working_days(round(days, 1))}"
    if blocked_item.blocker is None:
        return f"{waited} under a label that says blocked; nobody says by what."
    place = " in another repository" if blocked_item.crosses else ""
    mover = f"where {actor} can act next" if actor else "which nobody is assigned to"
    return f"{waited} for {context.called(blocked_item.blocker)}{place}, {mover}{_in_time(context, blocked_item)}."


def _in_time(context: SprintContext, blocked_item: BlockedItem) -> str:
    """How likely a blocker in another repository ends by the deadline, inside the sprint or not, where it is known."""
    if not blocked_item.crosses or blocked_item.blocker is None:
        return ""
    probability = in_time(context.inputs, [blocked_item.blocker])[blocked_item.blocker]
    return "" if probability is None else f"; it ends by the deadline with a probability of {percent(probability)}"


def _severity(context: SprintContext, blocked_item: BlockedItem, actor: str | None) -> Severity:
    return "high" if actor is None or blocked_item.crosses or context.near_due else "medium"
