"""How far a sprint is: the time that has gone, and the work that somebody has begun."""

from collections.abc import Mapping, Sequence

from sprintlib.history import Sprint
from sprintlib.history.started_work import started as begun_items
from sprintlib.history.started_work import started_at


def time_gone(sprint: Sprint) -> float | None:
    """Share of the working time between start and deadline that has passed, 0-1; None without either."""
    start, deadline = started_at(sprint), sprint.deadline
    if start is None or deadline is None:
        return None
    whole = sprint.calendar.working_time(start, deadline)
    gone = sprint.calendar.working_time(start, min(sprint.past.as_of, deadline))
    return gone / whole if whole else 1.0


def work_items(sprint: Sprint, pulls_of: Mapping[str, Sequence[str]]) -> list[str]:
    """Open items, without the pull requests that carry another one of them: each piece of work once."""
    carrying = {pull for item, pulls in pulls_of.items() for pull in pulls if pull != item}
    return [ref for ref in pulls_of if ref not in carrying]


def started(sprint: Sprint, pulls_of: Mapping[str, Sequence[str]]) -> list[str]:
    """The pieces of work that somebody has begun."""
    found = begun_items(sprint, pulls_of)
    return [ref for ref in work_items(sprint, pulls_of) if ref in found]
