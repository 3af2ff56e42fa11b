"""The time of the live demo, and what is said of a day."""

from datetime import UTC, date, datetime

import pytest

from sprintlib.errors import SettingsError
from sprintlib.live_demo import live_demo
from sprintlib.live_demo.day import SimulatedDay, open_sprints
from sprintlib.live_demo.simulated_time import SimulatedTime
from tests import samples

FRIDAY, MONDAY = date(2026, 11, 13), date(2026, 11, 16)


def at(text):
    return datetime.fromisoformat(f"2026-11-{text}:00+00:00")


def test_working_days_go_by_without_nights_and_weekends():
    time = SimulatedTime([FRIDAY, MONDAY], pace=60)
    assert [time.moment(seconds) for seconds in (0, 30, 59.0625, 60, 90)] == [
        at("13T06:00"),
        at("13T14:00"),
        at("13T21:45"),
        at("16T06:00"),
        at("16T14:00"),
    ]
    assert [time.number(seconds) for seconds in (-1, 0, 59, 60, 119, 120, 500)] == [0, 0, 0, 1, 1, 2, 2]


def test_after_the_last_day_time_stands_still():
    time = SimulatedTime([FRIDAY, MONDAY], pace=5)
    assert time.moment(10) == time.moment(1000) == time.evening(1) == at("16T22:00")


def test_a_day_is_one_line():
    before = samples.milestone(probability=0.55)
    after = before.model_copy(update={"probability": 0.62})
    day = SimulatedDay(FRIDAY, 31, {before.key: before}, {after.key: after})
    scope = after.scope
    total = scope.committed + scope.added - scope.removed
    assert day.line() == (
        f"Fri 13 Nov  31 events  {after.title}: 62% (was 55%), {scope.done + scope.dropped} of {total} done, "
        f"{len(after.risks)} risk{'' if len(after.risks) == 1 else 's'}"
    )


def test_a_quiet_day_and_a_sprint_without_items():
    empty = samples.milestone()
    nothing = dict.fromkeys(type(empty.scope).model_fields, 0)
    empty = empty.model_copy(update={"scope": empty.scope.model_copy(update=nothing)})
    assert SimulatedDay(FRIDAY, 0, {}, {"k": empty}).line() == f"Fri 13 Nov  0 events   {empty.title}: not planned yet"
    assert SimulatedDay(MONDAY, 1, {}, {}).line() == "Mon 16 Nov  1 event"


def test_sprints_that_are_over_are_left_out():
    one = samples.milestone().model_copy(update={"key": "over", "deadline": at("13T00:00")})
    other = one.model_copy(update={"key": "runs", "deadline": at("20T00:00")})
    stored = [(datetime(2026, 11, 12, tzinfo=UTC), each) for each in (one, other)]
    assert list(open_sprints(stored, at("16T00:00"))) == ["runs"]


def test_a_day_to_come_is_refused_before_anything_is_emptied(tmp_path):
    with (
        pytest.raises(SettingsError, match="is in the future"),
        live_demo(tmp_path, 4, date(2200, 1, 3), 60, 0, never, browser=False),
    ):
        pass
    assert not list(tmp_path.iterdir())


def never(name):
    raise AssertionError(f"{name!r} must not begin")
