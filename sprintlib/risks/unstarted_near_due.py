"""Items that nobody has, or that nobody has begun, when the deadline is near."""

from sprintlib.forecast import count, working_days
from sprintlib.risks.model import Risk
from sprintlib.risks.situation import Situation, listed

KIND = "unstarted_near_due"
PLACE = 50


def detect(situation: Situation) -> list[Risk]:
    """Open issues without an assignee or without a pull request, with the deadline near or past."""
    if not situation.near_due:
        return []
    issues = [ref for ref in situation.pulls_of if situation.items[ref].kind == "issue"]
    unstarted = [ref for ref in issues if not situation.pulls_of[ref]]
    unassigned = [ref for ref in issues if not situation.items[ref].assignees]
    concerned = [ref for ref in issues if ref in unstarted or ref in unassigned]
    if not concerned:
        return []
    days = situation.sprint.days_left or 0.0
    when = f"{working_days(round(days, 1))} before the deadline" if days else "with the deadline passed"
    both = [ref for ref in unstarted if ref in unassigned]
    return [
        Risk(
            kind=KIND,
            severity="high" if both and days <= situation.thresholds.near_due_days / 2 else "medium",
            statement=(
                f"{count(len(concerned), 'open issue')} {when}: {len(unassigned)} without an assignee, "
                f"{len(unstarted)} without a pull request ({listed(concerned, 4)})."
            ),
            rule=(
                "An open issue has no assignee or no open pull request "
                f"{working_days(situation.thresholds.near_due_days)} before the deadline or later; high when one has "
                "neither at half that time."
            ),
            items=tuple(concerned),
            evidence=situation.cite(concerned),
        )
    ]
