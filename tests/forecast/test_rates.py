"""Rates learned from few observations."""

from datetime import date

import pytest

from sprintlib.calendar import WorkingCalendar
from sprintlib.forecast.rates import Rate, discounted_counts, prior_arrivals, prior_pace

CALENDAR = WorkingCalendar()
MONDAY = date(2026, 3, 16)


def test_the_posterior_adds_events_and_days() -> None:
    assert Rate(2.0, 4.0).after(6.0, 12.0) == Rate(8.0, 16.0)
    assert Rate(8.0, 16.0).mean == 0.5


@pytest.mark.parametrize(("developers", "mean"), [(1, 0.35), (4, 1.4), (0, 0.175)])
def test_the_prior_pace_grows_with_the_team(developers: float, mean: float) -> None:
    assert prior_pace(developers).mean == pytest.approx(mean)


def test_the_prior_of_arrivals_is_a_fifth_of_the_commitment_in_two_weeks() -> None:
    assert prior_arrivals(20).mean * 10 == pytest.approx(4.0)
    assert prior_arrivals(0).mean * 10 == pytest.approx(0.2)


def test_older_days_weigh_less_and_a_weekend_ages_nothing() -> None:
    friday, today = date(2026, 3, 13), MONDAY
    seen = discounted_counts([friday, today, today], {friday: 1.0, today: 0.5}, today, CALENDAR)
    assert seen.events == pytest.approx(2 + 0.97)
    assert seen.days == pytest.approx(0.5 + 0.97)


def test_an_event_on_a_day_off_is_as_old_as_the_working_day_before_it() -> None:
    saturday = date(2026, 3, 14)
    assert discounted_counts([saturday], {}, MONDAY, CALENDAR) == discounted_counts(
        [date(2026, 3, 13)], {}, MONDAY, CALENDAR
    )
    assert discounted_counts([saturday], {}, MONDAY, CALENDAR).events == pytest.approx(0.97)


def test_what_lies_before_the_window_or_after_today_is_left_out() -> None:
    assert discounted_counts([date(2023, 3, 13), date(2026, 3, 17)], {}, MONDAY, CALENDAR).events == 0.0
