"""Who waits for whom, and where reviews pile up."""

import pytest

from sprintlib.features import graph
from tests.features.builder import API, WEB, at, view

CHAIN = [
    {"number": 1, "body": "Blocked by acme/web#2"},
    {"number": 2, "repository_id": WEB, "milestone": None, "body": "blocked by #3"},
    {"number": 3, "repository_id": WEB, "milestone": None},
    {"number": 4, "body": "blocked by #5"},
    {"number": 5, "state": "closed", "closed_at": at("11-12 00:00")},
    {"number": 6, "body": "Blocked by #1"},
]


def test_only_open_blockers_block() -> None:
    assert graph.open_blockers(view(items=CHAIN)).evidence == ("acme/api#1", "acme/api#6")


def test_across_repositories() -> None:
    metric = graph.cross_repository_blocks(view(items=CHAIN))
    assert (metric.value, metric.evidence) == (1.0, ("acme/api#1",))


def test_critical_path_reads_from_first_to_last() -> None:
    metric = graph.critical_path(view(items=CHAIN))
    assert (metric.value, metric.evidence) == (4.0, ("acme/web#3", "acme/web#2", "acme/api#1", "acme/api#6"))


def test_a_cycle_ends() -> None:
    scene = view(items=[{"number": 1, "body": "blocked by #2"}, {"number": 2, "body": "blocked by #1"}])
    assert graph.critical_path(scene).value == 2.0


def test_without_blockers_the_longest_chain_is_one_item() -> None:
    metric = graph.critical_path(view(items=[{"number": 1}]))
    assert (metric.value, metric.evidence) == (1.0, ())


def review(number: int, author: str, day: str) -> dict[str, object]:
    return {"number": number, "author": author, "submitted_at": at(f"{day} 09:00")}


def test_review_load_counts_what_waits() -> None:
    pulls = [{"number": n, "kind": "pull", "repository_id": API} for n in (7, 8, 9)]
    scene = view(
        items=[*pulls, {"number": 10, "kind": "pull", "draft": True}],
        commits=[{"number": 8, "sha": "late", "committed_at": at("11-20 10:00")}],
        reviews=[review(8, "ben", "11-19"), review(9, "eve", "11-19"), review(9, "ann", "11-19")],
    )
    metric = graph.review_load(scene)
    assert (metric.value, metric.evidence) == (1.0, ("acme/api#7", "acme/api#8"))  # two wait, ben and eve review


def test_review_concentration_names_nobody() -> None:
    scene = view(
        items=[{"number": 7, "kind": "pull"}],
        reviews=[review(7, author, f"11-1{day}") for day, author in enumerate(["ben", "ben", "ben", "eve", "ann"], 2)],
    )
    assert graph.review_concentration(scene).value is None  # one's own review does not count: four are left
    scene = view(
        items=[{"number": 7, "kind": "pull"}],
        reviews=[review(7, author, f"11-1{day}") for day, author in enumerate(["ben", "ben", "ben", "eve", "eve"], 2)],
    )
    metric = graph.review_concentration(scene)
    assert metric.value == pytest.approx(0.6)
    assert "ben" not in repr(metric)
