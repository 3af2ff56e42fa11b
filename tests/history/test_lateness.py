"""What late means: after the end of the due date, in the project's time zone."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from sprintlib.calendar import WorkingCalendar
from sprintlib.history.lateness import days_late
from tests.world import at

DUE = date(2026, 3, 13)


@pytest.mark.parametrize(
    ("closed", "now", "days"),
    [
        ("03-13 23:59", "03-20", 0),  # the last minute of the due date
        ("03-14 00:00", "03-20", 1),
        ("03-16 08:00", "03-20", 3),
        (None, "03-13 23:59", 0),  # open, and still due today
        (None, "03-20", 7),  # open past it
    ],
)
def test_late_is_after_the_end_of_the_due_date(closed: str | None, now: str, days: int) -> None:
    assert days_late(DUE, at(closed) if closed else None, at(now), WorkingCalendar()) == days


def test_the_day_ends_where_the_project_is() -> None:
    tokyo = WorkingCalendar(time_zone=ZoneInfo("Asia/Tokyo"))
    honolulu = WorkingCalendar(time_zone=ZoneInfo("Pacific/Honolulu"))
    assert days_late(DUE, at("03-13 15:00"), at("03-20"), tokyo) == 1
    assert days_late(DUE, at("03-14 09:00"), at("03-20"), honolulu) == 0


def test_without_a_due_date_nothing_is_late() -> None:
    assert days_late(None, None, at("12-31"), WorkingCalendar()) == 0
