"""The startup that goes on working: in whatever steps, it ends as the whole one, and shows nothing that is to come."""

import json
import subprocess
from datetime import UTC, date, datetime, timedelta

import pytest

from sprintsim.fake_github import load
from sprintsim.live import LiveStartup
from sprintsim.simulation import simulate
from sprintsim.simulation.startup import write_startup

STAGE, END = date(2026, 11, 16), date(2026, 11, 18)
BEGIN, OVER = datetime(2026, 11, 16, 6, tzinfo=UTC), datetime(2026, 11, 17, 23, 59, 59, tzinfo=UTC)


@pytest.fixture(scope="module")
def event_log():
    return simulate(4, STAGE, until=END)


@pytest.fixture(scope="module")
def lived(tmp_path_factory, event_log):
    """Two days lived in steps of an hour: the startup, what it said at each step, and all webhooks."""
    startup = LiveStartup(tmp_path_factory.mktemp("live") / "github", event_log, BEGIN)
    moment, told, latest = BEGIN, [], []
    while moment < OVER:
        moment = min(moment + timedelta(hours=1), OVER)
        told += startup.advance(moment)
        latest.append((moment, max(_times(startup.datasets))))
    return startup, told, latest


def _times(datasets):
    for dataset in datasets:
        for item in dataset.items.values():
            yield from (item.updated_at, item.created_at)
            yield from (entry.created_at for entry in (*item.timeline, *item.review_comments))
        yield from (run["updated_at"] for run in dataset.extras["workflow_runs"])
        yield from (each["updated_at"] for each in dataset.milestones())
        yield from (each["created_at"] for each in dataset.extras["releases"])


def test_going_on_changes_nothing_of_what_was_before(event_log):
    short = simulate(4, STAGE)
    assert [one for one in event_log.happenings if one.at < short.until] == [
        one for one in short.happenings if one.at < short.until
    ]


def test_nothing_is_shown_before_it_happens(lived):
    _, _, latest = lived
    assert all(newest <= f"{moment:%Y-%m-%dT%H:%M:%SZ}" for moment, newest in latest)
    assert len({newest for _, newest in latest}) > 9  # it moves


def test_it_ends_as_the_whole_startup(lived, tmp_path, event_log):
    """The same items, but for ids that were given out in another order, and for pictures of milestones in old items."""
    startup, _, _ = lived
    write_startup(tmp_path / "whole", 4, STAGE, until=END)
    whole = {dataset.full_name: dataset for dataset in load(tmp_path / "whole")}
    for dataset in startup.datasets:
        there = whole[dataset.full_name]
        assert dataset.items.keys() == there.items.keys()
        for number, item in dataset.items.items():
            other = there.items[number]
            assert (item.state, item.updated_at, item.labels, item.assignees, item.comments) == (
                other.state,
                other.updated_at,
                other.labels,
                other.assignees,
                other.comments,
            )
            assert _entries(item) == _entries(other)
            assert (item.milestone or {}).get("number") == (other.milestone or {}).get("number")
            if item.is_pull:
                assert _size(item) == _size(other)
        assert _refs(dataset) == _refs(there)


def _entries(item):
    return [(entry.kind, entry.created_at) for entry in item.timeline]


def _size(item):
    detail = json.loads(item.pull_detail)
    return {name: detail[name] for name in ("commits", "additions", "deletions", "changed_files")}


def _refs(dataset):
    shown = subprocess.run(
        ("git", "for-each-ref", "--format=%(objectname) %(refname)"),
        cwd=dataset.git_dir,
        capture_output=True,
        check=True,
        text=True,
    )
    return shown.stdout.splitlines()


def test_every_event_is_told_once_and_in_order(lived, event_log):
    _, told, _ = lived
    assert [one.at for one in told] == sorted(one.at for one in told)
    opened = [item for item in event_log.items if BEGIN < item.created_at <= OVER]
    by_kind = {(one.event, one.payload["action"]) for one in told}
    assert {("issues", "closed"), ("pull_request", "opened"), ("workflow_run", "completed")} <= by_kind
    assert sum(one.payload["action"] == "opened" for one in told) == len(opened)
    comments = [one for one in told if one.event == "issue_comment"]
    assert len({one.payload["comment"]["id"] for one in comments}) == len(comments)
    assert len(comments) == sum(one.kind == "commented" and BEGIN < one.at <= OVER for one in event_log.happenings)


def test_time_does_not_go_back(lived):
    startup, _, _ = lived
    before = startup.datasets[0].repository()
    assert startup.advance(BEGIN) == []
    assert startup.advance(OVER) == []
    assert startup.datasets[0].repository() == before
