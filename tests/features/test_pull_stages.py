"""The stages of merged pull requests: they follow one another, and add up to the cycle time."""

import pytest
from hypothesis import given

from sprintlib.calendar import WorkingCalendar
from sprintlib.features import MilestoneView
from sprintlib.features.pull_stages import STAGES, merged_pulls
from tests.features.builder import at, view
from tests.leaks import CAREFUL, Twins, assert_same, pasts

MERGED = {"kind": "pull", "state": "closed", "closed_as": "done"}


def spans(**facts: object) -> tuple[float | None, ...]:
    """Coding, pickup, review, merge and cycle of the one pull request, opened on Mon 9 Nov and merged on Fri 13."""
    item = {"number": 7, **MERGED, "created_at": at("11-09 00:00"), "closed_at": at("11-13 00:00")}
    (row,) = merged_pulls(view(items=[item], **facts)).select(*STAGES, "cycle").rows()
    return row


def test_every_stage_ends_where_the_next_one_begins() -> None:
    found = spans(
        commits=[{"number": 7, "sha": "a", "committed_at": at("11-06 00:00")}],  # the Friday before
        events=[{"number": 7, "kind": "ready_for_review", "happened_at": at("11-10 00:00")}],
        comments=[{"number": 7, "author": "ben", "created_at": at("11-10 12:00")}],
        reviews=[{"number": 7, "author": "ben", "state": "approved", "submitted_at": at("11-12 06:00")}],
    )
    assert found == (2.0, 0.5, 1.75, 0.75, 5.0)


def test_without_approval_the_review_lasts_until_the_merge() -> None:
    assert spans(comments=[{"number": 7, "author": "ben", "created_at": at("11-11 00:00")}]) == (0, 2.0, 2.0, None, 4.0)


def test_what_nobody_answered_waited_for_the_merge() -> None:
    assert spans(comments=[{"number": 7, "author": "ann", "created_at": at("11-11 00:00")}]) == (
        0,
        None,
        None,
        4.0,
        4.0,
    )


def test_an_answer_before_it_was_ready_ends_no_wait_before_it_began() -> None:
    found = spans(
        events=[{"number": 7, "kind": "ready_for_review", "happened_at": at("11-11 00:00")}],
        comments=[{"number": 7, "author": "ben", "created_at": at("11-10 00:00")}],
    )
    assert found == (2.0, 0.0, 2.0, None, 4.0)


def test_only_what_people_merged_in_the_window_counts() -> None:
    scene = view(
        items=[
            {"number": 1, **MERGED, "author": "bot", "author_is_bot": True, "closed_at": at("11-13 00:00")},
            {"number": 2, **MERGED, "closed_as": "dropped", "closed_at": at("11-13 00:00")},
            {"number": 3, **MERGED, "created_at": at("08-03 00:00"), "closed_at": at("08-20 00:00")},
            {"number": 4, "kind": "pull"},
        ]
    )
    assert merged_pulls(scene).is_empty()


@pytest.mark.slow
@given(pasts())
@CAREFUL
def test_no_stage_sees_the_future(pair: Twins) -> None:
    before, after = (merged_pulls(MilestoneView(past, WorkingCalendar(), {}, None, None, 90)) for past in pair)
    assert_same(before, after, key=["ref"])
