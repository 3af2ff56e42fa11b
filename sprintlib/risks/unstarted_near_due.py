"""Items that nobody has, or that nobody has begun, when the deadline is near."""

from sprintlib.forecast import count, working_days
from sprintlib.risks.context import SprintContext, listed
from sprintlib.risks.model import Risk

KIND = "unstarted_near_due"
PLACE = 50


def detect(context: SprintContext) -> list[Risk]:
    """Open issues without an assignee or without a pull request, with the deadline near or past."""
    if not context.near_due:
        return []
    issues = [ref for ref in context.pulls_of if context.items[ref].kind == "issue"]
    unstarted = [ref for ref in issues if not context.pulls_of[ref]]
    unassigned = [ref for ref in issues if not context.items[ref].assignees]
    concerned = [ref for ref in issues if ref in unstarted or ref in unassigned]
    if not concerned:
        return []
    days = context.sprint.days_left or 0.0
    when = f"{working_days(round(days, 1))} before the deadline" if days else "with the deadline passed"
    both = [ref for ref in unstarted if ref in unassigned]
    return [
        Risk(
            kind=KIND,
            severity="high" if both and days <= context.thresholds.near_due_days / 2 else "medium",
            statement=(
                f"{count(len(concerned), 'open issue')} {when}: {len(unassigned)} without an assignee, "
                f"{len(unstarted)} without a pull request ({listed(concerned, 4)})."
            ),
            rule=(
                "An open issue has no assignee or no open pull request "
                f"{working_days(context.thresholds.near_due_days)} before the deadline or later; high when one has "
                "neither at half that time."
            ),
            items=tuple(concerned),
            evidence=context.cite(concerned),
        )
    ]
