import random
from datetime import UTC, date, datetime

import pytest

from sprintsim.simulation.clock import WorkSchedule, shift
from sprintsim.simulation.event_log import Person

ANNA = Person("anna", "Anna", {}, day_starts=9)


@pytest.fixture
def desk():
    return WorkSchedule(ANNA, [], random.Random(0))


@pytest.mark.parametrize(
    ("moment", "hours", "expected"),
    [
        (datetime(2026, 11, 23, 10, 0, tzinfo=UTC), 2.0, datetime(2026, 11, 23, 12, 0, tzinfo=UTC)),
        (datetime(2026, 11, 23, 4, 0, tzinfo=UTC), 1.0, datetime(2026, 11, 23, 10, 15, tzinfo=UTC)),
        (datetime(2026, 11, 23, 16, 15, tzinfo=UTC), 3.0, datetime(2026, 11, 24, 11, 15, tzinfo=UTC)),
        (datetime(2026, 11, 20, 16, 15, tzinfo=UTC), 2.0, datetime(2026, 11, 23, 10, 15, tzinfo=UTC)),
        (datetime(2026, 11, 21, 12, 0, tzinfo=UTC), 1.0, datetime(2026, 11, 23, 10, 15, tzinfo=UTC)),
    ],
    ids=["within a day", "before the day", "over night", "over the weekend", "from a weekend"],
)
def test_desk_time_passes_only_at_the_desk(desk, moment, hours, expected):
    assert desk.after(moment, hours) == expected


def test_absences_are_no_desk_time(desk):
    desk.absences.add(date(2026, 11, 24))
    assert desk.after(datetime(2026, 11, 23, 16, 15, tzinfo=UTC), 2.0) == datetime(2026, 11, 25, 10, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "days", "expected"),
    [
        (date(2026, 11, 23), 0, date(2026, 11, 23)),
        (date(2026, 11, 21), 0, date(2026, 11, 23)),
        (date(2026, 11, 20), 1, date(2026, 11, 23)),
        (date(2026, 11, 23), 4, date(2026, 11, 27)),
        (date(2026, 11, 23), -1, date(2026, 11, 20)),
        (date(2026, 11, 22), -1, date(2026, 11, 20)),
    ],
)
def test_shift_counts_working_days(day, days, expected):
    assert shift(day, days) == expected
