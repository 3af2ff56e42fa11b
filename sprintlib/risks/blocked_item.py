"""Items that cannot move because another item is open."""

from sprintlib.forecast import in_time, percent, working_days
from sprintlib.risks.blockades import Blockade
from sprintlib.risks.model import Risk, Severity
from sprintlib.risks.situation import Situation

KIND = "blocked_item"
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
    """Who can move an item: its first assignee, else the author of a pull request, bots never."""
    item = situation.items[ref]
    if item.assignees:
        return item.assignees[0]
    return item.author if item.kind == "pull" and not item.author_is_bot else None


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
            f"An open item is blocked by an open item for more than {working_days(situation.thresholds.blocked_days)} "
            f"(here by {_SAID.get(blockade.source, blockade.source)}); high when the blocker has nobody to act or "
            "lies in another repository, or the deadline is near."
        ),
        items=concerned,
        actor=actor,
        evidence=(*cited, *said),
    )


def _statement(situation: Situation, blockade: Blockade, days: float, actor: str | None) -> str:
    waited = f"{situation.called(blockade.item)} has waited {working_days(round(days, 1))}"
    if blockade.blocker is None:
        return f"{waited} under a label that says blocked; nobody says by what."
    place = " in another repository" if blockade.crosses else ""
    mover = f"where {actor} can act next" if actor else "which nobody is assigned to"
    return f"{waited} for {situation.called(blockade.blocker)}{place}, {mover}{_in_time(situation, blockade)}."


def _in_time(situation: Situation, blockade: Blockade) -> str:
    """How likely a blocker in another repository ends by the deadline, inside the sprint or not, where it is known."""
    if not blockade.crosses or blockade.blocker is None:
        return ""
    probability = in_time(situation.outlook, [blockade.blocker])[blockade.blocker]
    return "" if probability is None else f"; it ends by the deadline with a probability of {percent(probability)}"


def _severity(situation: Situation, blockade: Blockade, actor: str | None) -> Severity:
    return "high" if actor is None or blockade.crosses or situation.near_due else "medium"
