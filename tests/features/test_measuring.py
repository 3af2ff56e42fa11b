"""All features at once: the same values as one by one, and which of them move the forecast."""

from dataclasses import replace
from typing import Any

from sprintlib.features import IN_FORECAST, measure, temporal
from tests.features.builder import API, WEB, at, view

ITEMS: list[dict[str, Any]] = [
    {"number": 1},
    {"number": 2, "milestone": 6, "body": "blocked by #1"},
    {"number": 3, "kind": "pull", "state": "closed", "closed_at": at("11-20 10:00")},
]


def test_milestones_of_one_past_are_measured_as_each_alone() -> None:
    first = view(items=ITEMS)
    alone = [measure(replace(first, past=replace(first.past), numbers=numbers)) for numbers in ({API: 5}, {API: 6})]
    assert [measure(replace(first, numbers=numbers)) for numbers in ({API: 5}, {API: 6})] == alone
    assert alone[0] != alone[1]


def test_what_only_looks_at_the_repositories_is_measured_once() -> None:
    whole = view(items=ITEMS)
    first, second, both = (replace(whole, numbers=n) for n in ({API: 5}, {API: 6}, {API: 5, WEB: 6}))
    found = first.shared(temporal.lead_time)
    assert second.shared(temporal.lead_time) is found
    assert both.shared(temporal.lead_time) is not found
    assert found == temporal.lead_time(first)


def test_few_features_move_the_forecast_and_tone_and_ownership_do_not() -> None:
    named = {metric.name for metric in measure(view()) if metric.in_forecast}
    assert named == {feature.__name__ for feature in IN_FORECAST}
    assert named == {
        *("pace", "pace_gap", "lead_time", "item_age", "work_in_progress"),
        *("open_blockers", "cross_repository_blocks"),
    }


def test_known_dependencies_are_not_looked_for_again() -> None:
    past = view(items=ITEMS)
    assert measure(replace(past, known_edges=past.edges)) == measure(past)
