"""All features at once: the same values as one by one, and which of them move the forecast."""

from dataclasses import replace
from typing import Any

from sprintlib.features import FEATURES, IN_FORECAST, measure, measure_all
from tests.features.builder import API, WEB, at, view

ITEMS: list[dict[str, Any]] = [
    {"number": 1},
    {"number": 2, "milestone": 6, "body": "blocked by #1"},
    {"number": 3, "kind": "pull", "state": "closed", "closed_at": at("11-20 10:00")},
]


def test_milestones_together_are_measured_as_each_alone() -> None:
    first = view(items=ITEMS)
    second = replace(first, numbers={API: 6})
    both = replace(first, numbers={API: 5, WEB: 6})
    assert measure_all([first, second, both]) == [measure(first), measure(second), measure(both)]
    assert measure(first) != measure(second)


def test_what_only_looks_at_the_repositories_is_measured_once() -> None:
    first = view(items=ITEMS)
    found, again = measure_all([first, replace(first, numbers={API: 6})])
    of_repositories = {"lead_time", "cycle_time", "churn", "review_load", "negative_share", "red_time"}
    assert {one.name: one for one in found if one.name in of_repositories} == {
        one.name: one for one in again if one.name in of_repositories
    }


def test_few_features_move_the_forecast_and_tone_and_ownership_do_not() -> None:
    named = {metric.name for metric in measure(view()) if metric.in_forecast}
    assert named == {feature.__name__ for feature in IN_FORECAST}
    assert named == {
        *("pace", "pace_gap", "lead_time", "item_age", "work_in_progress"),
        *("open_blockers", "cross_repository_blocks"),
    }
    assert len(FEATURES) == 32


def test_known_dependencies_are_not_looked_for_again() -> None:
    past = view(items=ITEMS)
    assert measure(replace(past, known_edges=past.edges)) == measure(past)
