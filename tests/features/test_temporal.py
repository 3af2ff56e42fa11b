"""Durations in working days, pace and scope, on projects written down by hand."""

from dataclasses import replace

import pytest

from sprintlib.features import temporal
from tests.features.builder import at, view

MERGED = {"kind": "pull", "state": "closed", "closed_as": "done"}


def test_lead_time_counts_working_days_of_done_issues() -> None:
    scene = view(
        items=[
            {"number": 1, "state": "closed", "created_at": at("11-09 00:00"), "closed_at": at("11-10 00:00")},
            {"number": 2, "state": "closed", "created_at": at("11-13 00:00"), "closed_at": at("11-17 00:00")},
            {"number": 3, "state": "closed", "closed_as": "dropped", "closed_at": at("11-17 00:00")},
            {"number": 4, "state": "closed", "created_at": at("08-03 00:00"), "closed_at": at("08-20 00:00")},
            {"number": 5},
        ]
    )
    metric = temporal.lead_time(scene)
    assert (metric.value, metric.n, metric.unit) == (1.5, 2, "working days")  # 1 day, and Friday + Monday
    assert metric.p85 == pytest.approx(1.85)
    assert metric.evidence == ("acme/api#2", "acme/api#1")


def test_cycle_time_starts_with_the_first_commit() -> None:
    scene = view(
        items=[{"number": 7, **MERGED, "created_at": at("11-11 00:00"), "closed_at": at("11-12 00:00")}],
        commits=[
            {"number": 7, "sha": "b", "committed_at": at("11-11 12:00")},
            {"number": 7, "sha": "a", "committed_at": at("11-10 00:00")},
        ],
    )
    assert temporal.cycle_time(scene).value == 2.0


def test_pickup_time_waits_for_another_human_after_ready() -> None:
    scene = view(
        items=[{"number": 7, "kind": "pull", "created_at": at("11-10 00:00")}],
        events=[{"number": 7, "kind": "ready_for_review", "happened_at": at("11-11 00:00")}],
        comments=[
            {"number": 7, "author": "ann", "created_at": at("11-11 06:00")},
            {"number": 7, "author": "ci[bot]", "author_is_bot": True, "created_at": at("11-11 07:00")},
        ],
        reviews=[{"number": 7, "author": "ben", "submitted_at": at("11-12 12:00")}],
    )
    assert temporal.pickup_time(scene).value == 1.5


def test_review_and_merge_time() -> None:
    scene = view(
        items=[{"number": 7, **MERGED, "created_at": at("11-09 00:00"), "closed_at": at("11-13 00:00")}],
        reviews=[
            {"number": 7, "author": "ben", "submitted_at": at("11-10 00:00")},
            {"number": 7, "author": "ben", "state": "approved", "submitted_at": at("11-12 00:00")},
            {"number": 7, "author": "eve", "state": "approved", "submitted_at": at("11-16 00:00")},
        ],
    )
    assert temporal.review_time(scene).value == 3.0
    assert temporal.merge_time(scene).value == 1.0


def test_item_age_is_of_open_items_of_the_milestone() -> None:
    scene = view(
        items=[
            {"number": 1, "created_at": at("11-20 12:00")},
            {"number": 2, "repository_id": 2, "created_at": at("11-16 12:00")},
            {"number": 3, "milestone": 4, "created_at": at("01-05 00:00")},
        ]
    )
    metric = temporal.item_age(scene)
    assert (metric.value, metric.n, metric.evidence) == (3.0, 2, ("acme/web#2", "acme/api#1"))


def test_pace_and_gap() -> None:
    closed = [{"number": n, "state": "closed", "closed_at": at("11-12 00:00")} for n in (1, 2, 3)]
    scene = view(
        items=[*closed, {"number": 4}, {"number": 5, "state": "closed", "closed_as": "dropped"}, {"number": 6}]
    )
    assert temporal.pace(scene).value == pytest.approx(3 / 10.5)
    assert temporal.pace_gap(scene).value == pytest.approx(4 / 6 - 10.5 / 15)


def test_pace_is_unknown_before_the_start() -> None:
    scene = replace(view(items=[{"number": 1}]), started_at=None)
    assert (temporal.pace(scene).value, temporal.pace(scene).reason) == (None, "it has not started")
    assert temporal.pace_gap(scene).value is None


def test_carried_over_looks_at_numbers_not_titles() -> None:
    scene = view(
        items=[{"number": 1}, {"number": 2}],
        memberships=[
            {"milestone": 4, "number": 1, "entered_at": at("10-05 00:00"), "left_at": at("11-09 00:00")},
            {"milestone": 5, "number": 1, "entered_at": at("11-09 00:00")},
            {"milestone": 5, "milestone_title": "old name", "number": 2, "entered_at": at("11-09 00:00")},
        ],
    )
    metric = temporal.carried_over(scene)
    assert (metric.value, metric.n, metric.evidence) == (0.5, 2, ("acme/api#1",))


def test_work_in_progress() -> None:
    scene = view(items=[{"number": 1, "assignees": ["ann"]}, {"number": 2}, {"number": 3, "kind": "pull"}])
    assert temporal.work_in_progress(scene).evidence == ("acme/api#1", "acme/api#3")
