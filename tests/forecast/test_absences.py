"""Planned absences lower the pace of their days, and nobody is named."""

from datetime import UTC, date, datetime

import pytest

from sprintlib.analysis.pipeline import analyze
from sprintlib.calendar import WorkingCalendar
from sprintlib.errors import SettingsError
from sprintlib.forecast import Absence, days_away
from sprintlib.settings import parse
from tests.sprints import AS_OF, team_in
from tests.world import at

CALENDAR = WorkingCalendar()
FRIDAY_NOON, FRIDAY_LATER = datetime(2026, 3, 20, 12, tzinfo=UTC), datetime(2026, 3, 28, tzinfo=UTC)


def away(who, first, last):
    return Absence(who, date(2026, 3, first), date(2026, 3, last))


@pytest.mark.parametrize(
    ("absences", "days"),
    [
        ([], 0.0),
        ([away("ann", 23, 24)], 2.0),
        ([away("ann", 21, 22)], 0.0),  # a weekend
        ([away("ann", 1, 20)], 0.5),  # what is over is over
        ([away("ann", 27, 31)], 1.0),  # and what comes after the deadline is not lost
        ([away("ann", 23, 24), away("Ann", 24, 25)], 3.0),  # the same person is away once
        ([away("ann", 23, 24), away("ben", 24, 25)], 4.0),
        ([away("ann", 1, 5)], 0.0),
    ],
)
def test_days_are_added_up_over_people(absences, days):
    assert days_away(absences, CALENDAR, FRIDAY_NOON, FRIDAY_LATER) == days


def analysis_with(team, *absences):
    project = {"name": "a", "repositories": ["a/b"]}
    told = parse({"home": team.settings.home, "project": project, "away": absences})
    return analyze(team.engine, team.settings.model_copy(update={"away": told.away}), at(AS_OF))


def test_an_absence_lowers_the_probability_and_is_counted_without_a_name(tmp_path):
    team = team_in(tmp_path)
    before = analysis_with(team)
    after = analysis_with(team, {"who": "secretly-ann", "from": "2026-03-23", "to": "2026-03-26"})
    (one,), (other,) = before.milestones, after.milestones
    assert other.probability < one.probability
    assert "The forecast of 'Sprint 2' counts 4 working days of planned absence until it is due." in after.notes
    assert "secretly-ann" not in after.model_dump_json()
    assert not [note for note in before.notes if "absence" in note]


def test_an_absence_that_is_over_changes_nothing(tmp_path):
    team = team_in(tmp_path)
    gone = {"who": "ann", "from": "2026-03-02", "to": "2026-03-13"}
    one, other = analysis_with(team), analysis_with(team, gone)
    assert one.milestones[0].probability == other.milestones[0].probability
    assert one.notes == other.notes


def test_an_absence_that_ends_before_it_begins_is_refused():
    with pytest.raises(SettingsError, match="it ends on 2026-03-02, before it begins on 2026-03-04"):
        parse(
            {
                "home": "/tmp",
                "project": {"name": "a", "repositories": ["a/b"]},
                "away": [{"who": "ann", "from": "2026-03-04", "to": "2026-03-02"}],
            }
        )
