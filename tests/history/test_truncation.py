"""A rewound past agrees with one loaded at that moment."""

from pathlib import Path

import pytest

from sprintlib.history.truncation import truncate
from tests.sprints import team_in
from tests.world import World, at


@pytest.fixture
def team(tmp_path: Path) -> World:
    """Two sprints, with a reopening, an item that left, and a review."""
    team = team_in(tmp_path)
    team.event(12, "reopened", "03-19 09:00")
    team.event(14, "demilestoned", "03-19 10:00", subject="Sprint 2")
    team.pull(20, created="03-18 12:00")
    team.review(20, "dismissed", "03-18 14:00", html_url="https://github.com/acme/api/pull/20#pullrequestreview-7")
    team.event(20, "review_dismissed", "03-19 10:30", "changes_requested", "7")
    team.review(20, "approved", "03-19 12:00")
    return team


@pytest.mark.parametrize("moment", ["03-02 07:00", "03-09 12:00", "03-16 08:30", "03-18 16:00", "03-19 11:00"])
def test_it_equals_what_is_loaded(team: World, moment: str) -> None:
    loaded, rewound = team.past(moment), truncate(team.past("03-20 12:00"), at(moment))
    states = ["ref", "state", "closed_at", "closed_as", "milestone"]
    assert rewound.as_of == loaded.as_of
    assert rewound.items.select(states).sort("ref").equals(loaded.items.select(states).sort("ref"))
    for frame, order in (("memberships", ["number", "entered_at"]), ("transitions", ["number", "at"])):
        assert getattr(rewound, frame).sort(order).equals(getattr(loaded, frame).sort(order))
    marks = ["title", "state", "closed_at"]
    assert rewound.milestones.select(marks).sort("title").equals(loaded.milestones.select(marks).sort("title"))
    assert rewound.events.height == loaded.events.height
    verdicts = ["number", "state", "submitted_at"]
    assert rewound.reviews.select(verdicts).equals(loaded.reviews.select(verdicts))


def test_the_same_moment_changes_nothing_that_is_counted(team: World) -> None:
    past = team.past("03-20 12:00")
    again = truncate(past, past.as_of)
    assert again.items.drop("known_later").equals(past.items.drop("known_later"))
    assert again.memberships.equals(past.memberships)
