"""What late means, in one place: a milestone that closed after the end of its due date, or is open past it."""

from datetime import date, datetime

from sprintlib.calendar import WorkingCalendar


def days_late(due_on: date | None, closed_at: datetime | None, as_of: datetime, calendar: WorkingCalendar) -> int:
    """Local days from the due date to the day on which the milestone was closed, or to today while it is open.

    0 where it was closed by the end of its due date in the project's time zone, is not due yet, or has no due date.
    """
    if due_on is None:
        return 0
    ended = calendar.local_date(closed_at if closed_at is not None else as_of)
    return max((ended - due_on).days, 0)
