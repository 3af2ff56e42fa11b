"""Items that cannot move because another item is open."""

from sprintlib.forecast import in_time, working_days
from sprintlib.risks.blockades import Blockade
from sprintlib.risks.model import Risk, Severity
from sprintlib.risks.presence import present
from sprintlib.risks.situation import Situation, a_chance, span

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


def detect(situation: Situation) -> list[Risk]:
    """Open items of the sprint whose blocker stays open longer than the threshold."""
    sprint, limit = situation.sprint, situation.thresholds.blocked_days
    waits = [
        (blockade, sprint.calendar.working_time(blockade.since, sprint.past.as_of)) for blockade in situation.blockades
    ]
    return [_risk(situation, blockade, days) for blockade, days in waits if days > limit]


def next_actor(situation: Situation, ref: str) -> str | None:
    """Who can move an item: its first assignee who is there, else the author of a pull request; machines never."""
    item, there = situation.items[ref], present(situation.sprint.past)
    mine = [item.author] if item.kind == "pull" and not item.author_is_bot and item.author else []
    return next((login for login in [*item.assignees, *([] if item.assignees else mine)] if login in there), None)


def _risk(situation: Situation, blockade: Blockade, days: float) -> Risk:
    mover = blockade.blocker or blockade.item
    actor = next_actor(situation, mover)
    concerned = tuple(filter(None, [blockade.item, blockade.blocker]))
    cited = situation.cite(concerned)
    said = () if any(citation.url == blockade.said.url for citation in cited) else (blockade.said,)
    return Risk(
        kind=CROSS_KIND if blockade.crosses else KIND,
        severity=_severity(situation, blockade, actor),
        statement=_statement(situation, blockade, days, actor),
        rule=(
            "An open item has been blocked by another open item for more than "
            f"{working_days(situation.thresholds.blocked_days)} (here by "
            f"{_SAID.get(blockade.source, blockade.source)}); high when nobody can act on the blocker, when it is in "
            "another repository, or when the deadline is near."
        ),
        items=concerned,
        actor=actor,
        evidence=(*cited, *said),
    )


def _statement(situation: Situation, blockade: Blockade, days: float, actor: str | None) -> str:
    waited = f"{situation.called(blockade.item)} has waited {span(days)}"
    if blockade.blocker is None:
        return f"{waited} with a label that says blocked, but nothing says by what."
    place = " in another repository" if blockade.crosses else ""
    idle = "nobody active is assigned to" if situation.items[blockade.blocker].assignees else "nobody is assigned to"
    mover = f"where {actor} can act next" if actor else f"which {idle}"
    return f"{waited} for {situation.called(blockade.blocker)}{place}, {mover}{_in_time(situation, blockade)}."


def _in_time(situation: Situation, blockade: Blockade) -> str:
    """How likely a blocker in another repository ends by the deadline, inside the sprint or not, where it is known."""
    if not blockade.crosses or blockade.blocker is None:
        return ""
    probability = in_time(situation.outlook, [blockade.blocker])[blockade.blocker]
    return (
        "" if probability is None else f". {blockade.blocker} has {a_chance(probability)} of being done by the deadline"
    )


def _severity(situation: Situation, blockade: Blockade, actor: str | None) -> Severity:
    return "high" if actor is None or blockade.crosses or situation.near_due else "medium"
