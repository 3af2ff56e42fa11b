"""What `--as-of` accepts."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from sprintlib.as_of import named_day, parse_as_of
from sprintlib.errors import SettingsError
from sprintlib.settings import Settings, parse


@pytest.fixture
def berlin(tmp_path: Path) -> Settings:
    project = {"name": "acme", "repositories": ["acme/api"], "time_zone": "Europe/Berlin"}
    return parse({"home": tmp_path, "project": project})


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-08-22", datetime(2026, 8, 22, 21, 59, 59, tzinfo=UTC)),
        ("2026-03-29", datetime(2026, 3, 29, 21, 59, 59, tzinfo=UTC)),  # the clocks went forward that day
        ("2026-08-22T12:00:00Z", datetime(2026, 8, 22, 12, tzinfo=UTC)),
        ("2026-08-22T12:00:00+02:00", datetime(2026, 8, 22, 10, tzinfo=UTC)),
        ("2026-08-22 12:00:00.5-05:00", datetime(2026, 8, 22, 17, 0, 0, 500000, tzinfo=UTC)),
    ],
)
def test_dates_and_times(berlin: Settings, text: str, moment: datetime) -> None:
    assert parse_as_of(text, berlin) == moment


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "+d",
        "2026-13-01",
        "2026-08-22T12:00:00",
        "22.8.2026",
        "0001-01-01",
        "9999-12-31",
        "1026-03-01T12:00:00Z",
    ],
)
def test_anything_else_is_one_sentence(berlin: Settings, text: str) -> None:
    with pytest.raises(SettingsError, match=r"is not a date or a time: write a date such as 2026-11-23.*\.$"):
        parse_as_of(text, berlin)


def test_nothing_is_now(berlin: Settings) -> None:
    before = datetime.now(UTC)
    assert before <= parse_as_of(None, berlin) <= datetime.now(UTC)


def test_days_by_name() -> None:
    today = date(2026, 11, 27)
    named = {word: named_day(word, today) for word in ("yesterday", "Today", "tomorrow", "+3d", "-30d", "+3", "3d", "")}
    assert named == {
        "yesterday": date(2026, 11, 26),
        "Today": today,
        "tomorrow": date(2026, 11, 28),
        "+3d": date(2026, 11, 30),
        "-30d": date(2026, 10, 28),
        "+3": None,
        "3d": None,
        "": None,
    }


def test_yesterday_is_its_end_in_the_zone_of_the_project(berlin: Settings) -> None:
    day = (datetime.now(berlin.time_zone) - timedelta(days=1)).date()
    assert parse_as_of("yesterday", berlin) == parse_as_of(day.isoformat(), berlin)
