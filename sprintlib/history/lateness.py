"""What late means, in one place: a milestone that closed after the end of its due date, or is open past it."""

from datetime import date, datetime

import polars as pl

from sprintlib.calendar import WorkingCalendar
from sprintlib.history.sprint import Sprint


def days_late(due_on: date | None, closed_at: datetime | None, as_of: datetime, calendar: WorkingCalendar) -> int:
    """Local days from the due date to the day on which the milestone was closed, or to today while it is open.

    0 where it was closed by the end of its due date in the project's time zone, is not due yet, or has no due date.
    """
    if due_on is None:
        return 0
    return days_after(due_on, calendar.local_date(closed_at if closed_at is not None else as_of))


def days_after(due_on: date, day: date) -> int:
    """Days from a due date to a later local day; 0 up to the due date itself."""
    return max((day - due_on).days, 0)


def sprint_days_late(sprint: Sprint) -> int:
    """The same of a sprint, which is closed once the milestones of all its parts are."""
    parts = pl.DataFrame(
        {"repository_id": [key.repository_id for key in sprint.keys], "number": [key.number for key in sprint.keys]},
        schema={name: sprint.past.milestones.schema[name] for name in ("repository_id", "number")},
    )
    closed = sprint.past.milestones.join(parts, on=parts.columns, how="semi")["closed_at"]
    ended: datetime | None = None if closed.null_count() or closed.is_empty() else closed.max()  # type: ignore[assignment]
    return days_late(sprint.due_on, ended, sprint.past.as_of, sprint.calendar)
