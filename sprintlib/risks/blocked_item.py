"""Items that cannot move because another item is open."""

from sprintlib.forecast import in_time, working_days
from sprintlib.risks.context import SprintContext, a_chance, span
from sprintlib.risks.model import Risk, Severity
from sprintlib.risks.presence import present
from sprintlib.risks.waiting import BlockedItem

KIND = "blocked_item"
PLACE = 10
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
        (blocked_item, sprint.calendar.working_time(blocked_item.since, sprint.past.as_of))
        for blocked_item in context.blocked_items
    ]
    return [_risk(context, blocked_item, days) for blocked_item, days in waits if days > limit]


def next_actor(context: SprintContext, ref: str) -> str | None:
    """Who can move an item: its first assignee who is there, else the author of a pull request; machines never."""
    item, there = context.items[ref], present(context.sprint.past)
    mine = [item.author] if item.kind == "pull" and not item.author_is_bot and item.author else []
    return next((login for login in [*item.assignees, *([] if item.assignees else mine)] if login in there), None)


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
            "An open item has been blocked by another open item for more than "
            f"{working_days(context.thresholds.blocked_days)} (here by "
            f"{_SAID.get(blocked_item.source, blocked_item.source)}); high when nobody can act on the blocker, when it "
            "is in another repository, or when the deadline is near."
        ),
        items=concerned,
        actor=actor,
        evidence=(*cited, *said),
    )


def _statement(context: SprintContext, blocked_item: BlockedItem, days: float, actor: str | None) -> str:
    waited = f"{context.called(blocked_item.item)} has waited {span(days)}"
    if blocked_item.blocker is None:
        return f"{waited} with a label that says blocked, but nothing says by what."
    place = " in another repository" if blocked_item.crosses else ""
    idle = "nobody active is assigned to" if context.items[blocked_item.blocker].assignees else "nobody is assigned to"
    mover = f"where {actor} can act next" if actor else f"which {idle}"
    return f"{waited} for {context.called(blocked_item.blocker)}{place}, {mover}{_in_time(context, blocked_item)}."


def _in_time(context: SprintContext, blocked_item: BlockedItem) -> str:
    """How likely a blocker in another repository ends by the deadline, inside the sprint or not, where it is known."""
    if not blocked_item.crosses or blocked_item.blocker is None:
        return ""
    probability = in_time(context.inputs, [blocked_item.blocker])[blocked_item.blocker]
    return (
        ""
        if probability is None
        else f". {blocked_item.blocker} has {a_chance(probability)} of being done by the deadline"
    )


def _severity(context: SprintContext, blocked_item: BlockedItem, actor: str | None) -> Severity:
    return "high" if actor is None or blocked_item.crosses or context.near_due else "medium"
