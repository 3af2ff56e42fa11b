"""Earlier sprints: what was planned, what ended in time, what was carried over, and how well plans hold."""

from markupsafe import Markup

from sprintlib.analysis.model import Analysis
from sprintlib.forecast import EarlierSprint
from sprintlib.views.templating import macro, render
from sprintlib.views.words import count, day

HEAD = ("Sprint", "Due", "Planned", "Of these in time", "All in time", "Carried over", "Planning accuracy", "Closed")
FEW = 5  # sprints below which the figures are called an impression


def earlier_sprints(analysis: Analysis) -> Markup:
    """The finished dated sprints, newest first, under what they say together."""
    if not analysis.earlier:
        return Markup()
    rows = [cells(sprint) for sprint in reversed(analysis.earlier)]
    table = macro("macros.html", "table", "Items of each sprint", HEAD, rows, (2, 3, 4, 5, 6))
    return render("earlier.html", accuracy=accuracy(analysis), table=table)


def cells(sprint: EarlierSprint) -> tuple[str, ...]:
    """One sprint in the columns of HEAD; plain text."""
    planning = "–" if sprint.planning is None else f"{sprint.planning:.0%}"
    counts = (sprint.committed, sprint.kept, sprint.ended, sprint.carried_over)
    late = (
        "–" if sprint.days_late is None else f"{count(sprint.days_late, 'day')} late" if sprint.days_late else "in time"
    )
    return (sprint.title, day(sprint.due_on), *map(str, counts), planning, late)


def accuracy(analysis: Analysis) -> str:
    """Planning accuracy, capacity accuracy and predictability in words; plain text."""
    found = analysis.plan_accuracy
    if found is None:
        return "No finished sprint had anything planned at its start."
    spread = ""
    if found.spread is not None:
        spread = f" It varies from sprint to sprint by {100 * found.spread:.0f} points; less is more predictable."
    few = f" Only {count(found.n, 'sprint')}: treat this as a rough guide." if found.n < FEW else ""
    return (
        f"Planning accuracy {found.planning:.0%}: the share of the planned items that was done or dropped in time."
        f"{spread} Capacity accuracy {found.capacity:.0%}: all items done or dropped in time, also those added later, "
        f"relative to the planned ones. Averages of {count(found.n, 'sprint')}.{few}"
    )
