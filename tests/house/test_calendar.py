"""Working days, and time measured in them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sprintlib.calendar import WorkingCalendar
from sprintlib.errors import SettingsError
from sprintlib.settings import Settings

BERLIN = ZoneInfo("Europe/Berlin")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_working_days_leave_out_weekend_holiday_and_day_off() -> None:
    calendar = WorkingCalendar(BERLIN, days_off=frozenset({date(2026, 12, 24)}), country="DE")
    assert calendar.working_days(date(2026, 12, 23), date(2026, 12, 29)) == [
        date(2026, 12, 23),
        date(2026, 12, 28),
        date(2026, 12, 29),
    ]


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2026-11-20 12:00", "2026-11-23 12:00", 1.0),  # Friday noon to Monday noon
        ("2026-11-21 00:00", "2026-11-23 00:00", 0.0),  # a weekend
        ("2026-11-23 06:00", "2026-11-23 18:00", 0.5),
        ("2026-11-16 00:00", "2026-11-30 00:00", 10.0),
        ("2026-11-24 00:00", "2026-11-23 00:00", 0.0),
    ],
)
def test_working_time(start: str, end: str, days: float) -> None:
    assert WorkingCalendar().working_time(utc(start), utc(end)) == pytest.approx(days)


def test_a_day_begins_where_the_team_is() -> None:
    calendar = WorkingCalendar(BERLIN)
    assert calendar.end_of_day(date(2026, 11, 27)) == utc("2026-11-27 23:00")
    assert calendar.local_date(utc("2026-11-27 23:30")) == date(2026, 11, 28)


def test_the_day_of_the_clock_change_is_one_day() -> None:
    calendar = WorkingCalendar(BERLIN, weekend=frozenset())
    day = date(2026, 10, 25)
    assert calendar.working_time(calendar.start_of_day(day), calendar.end_of_day(day)) == pytest.approx(1.0)


def test_following_days() -> None:
    days = WorkingCalendar().following(date(2026, 11, 26))
    assert [next(days) for _ in range(2)] == [date(2026, 11, 27), date(2026, 11, 30)]


def test_from_settings() -> None:
    values = {"home": "/x", "project": {"name": "p", "repositories": ["a/b"], "time_zone": "Europe/Berlin"}}
    calendar = WorkingCalendar.from_settings(Settings.model_validate({**values, "calendar": {"weekend": ["fri"]}}))
    assert (calendar.time_zone, calendar.weekend) == (BERLIN, frozenset({4}))
    with pytest.raises(SettingsError, match="no public holidays are known for 'XX'"):
        WorkingCalendar.from_settings(Settings.model_validate({**values, "calendar": {"country": "XX"}}))


moments = st.integers(0, 360 * 24 * 60).map(lambda minutes: utc("2026-01-01 00:00") + timedelta(minutes=minutes))


@given(moments, moments, moments)
def test_working_time_adds_up(a: datetime, b: datetime, c: datetime) -> None:
    first, second, third = sorted((a, b, c))
    calendar = WorkingCalendar(BERLIN, country="DE")
    parts = calendar.working_time(first, second) + calendar.working_time(second, third)
    assert calendar.working_time(first, third) == pytest.approx(parts, abs=1e-9)
