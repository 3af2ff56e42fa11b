"""The seven closed dated milestones of secp256k1: rebuilt counts against a second, plain computation.

The second one reads the raw timelines with the standard library only and shares no code with the package. Which
title belonged to which number was read off the timelines by eye, so it checks the proofs too.
"""

import json
import sys
import tarfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sprintlib.calendar import WorkingCalendar
from sprintlib.github.dataset import ingest_dataset
from sprintlib.history import load_state
from sprintlib.history.scope import scope, start_of
from sprintlib.history.state import ProjectState
from sprintlib.settings import parse
from sprintlib.store import open_store

pytestmark = pytest.mark.realdata

REPO, SECP256K1 = "bitcoin-core/secp256k1", 16648618
TITLES = {
    1: {"initial release", "initial release (1.0.0-rc.1)", "stable release (1.0.0-rc.1)"},
    2: {"initial release (0.x)"},
    3: {"0.3.0"},
    4: {"0.3.1 (or 0.4.0)", "0.3.2 (or 0.4.0)", "0.3.3 (or 0.4.0)", "0.4.0"},
    5: {"0.4.1 or 0.5.0", "0.4.1"},
    6: {"0.5.0", "0.6.0"},
    8: {"0.6.1", "0.7.0"},
    9: {"0.7.1"},
    10: {"0.7.2", "0.8.0"},
    11: {"next breaking release"},
    13: {"0.8.1"},
}
# number: (due, closed, late by days after the end of the due date)
CLOSED_AND_DATED = {
    3: (date(2023, 3, 8), "2023-04-10T15:23:28Z"),
    4: (date(2023, 9, 1), "2023-09-20T09:54:42Z"),
    5: (date(2023, 12, 21), "2024-01-05T13:12:50Z"),
    6: (date(2024, 11, 1), "2024-11-04T17:26:23Z"),
    8: (date(2025, 7, 18), "2025-07-22T09:27:17Z"),
    9: (date(2026, 1, 16), "2026-01-27T20:50:43Z"),
    10: (date(2026, 8, 2), "2026-08-03T22:15:24Z"),
}
# committed, added, removed, done, dropped, open: at half time, at the deadline, at closing
EXPECTED = {
    3: ((1, 0, 0, 1, 0, 0), (1, 1, 0, 2, 0, 0), (1, 1, 0, 2, 0, 0)),
    4: ((3, 7, 2, 7, 0, 1), (3, 8, 2, 8, 0, 1), (3, 8, 2, 9, 0, 0)),
    5: ((3, 1, 0, 0, 0, 4), (3, 5, 1, 6, 0, 1), (3, 5, 1, 6, 0, 1)),
    6: ((1, 1, 0, 0, 0, 2), (1, 4, 1, 3, 0, 1), (1, 4, 2, 3, 0, 0)),
    8: ((2, 1, 0, 1, 0, 2), (2, 5, 0, 4, 0, 3), (2, 7, 1, 8, 0, 0)),
    9: ((1, 2, 0, 1, 0, 2), (1, 2, 0, 1, 0, 2), (1, 2, 0, 1, 0, 2)),
    10: ((2, 0, 0, 0, 0, 2), (2, 8, 0, 8, 0, 2), (2, 9, 0, 9, 0, 2)),
}
MOMENTS = ("half time", "deadline", "closing")


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


# ------------------------------------------------------------------ the plain computation


def raw_items(archive: Path) -> Iterator[dict[str, Any]]:
    with tarfile.open(archive) as files:
        for member in files:
            content = files.extractfile(member) if member.isfile() else None
            if content and member.name.endswith(".json"):
                whole = json.loads(content.read())
                kinds = ("milestoned", "demilestoned", "closed", "reopened", "merged", "marked_as_duplicate")
                yield {
                    "whole": whole,
                    "item": whole.get("issue") or whole["pull"],
                    "is_pull": whole["type"] == "pull",
                    "events": [event for event in whole["events"] if event.get("event") in kinds],
                }


def was_inside(raw: dict[str, Any], number: int, when: datetime) -> bool:
    now = None
    for event in sorted(raw["events"], key=lambda event: (event["created_at"], event["event"])):
        if moment(event["created_at"]) > when:
            break
        if event["event"] == "milestoned":
            now = event["milestone"]["title"]
        elif event["event"] == "demilestoned":
            now = None
    return now in TITLES[number]


def changed_inside(raw: dict[str, Any], number: int) -> list[datetime]:
    return [
        moment(event["created_at"])
        for event in raw["events"]
        if "milestoned" in event["event"] and event["milestone"]["title"] in TITLES[number]
    ]


def outcome(raw: dict[str, Any], when: datetime) -> str:
    state = "open"
    for event in raw["events"]:
        at = moment(event["created_at"])
        if at > when:
            continue
        if event["event"] == "reopened":
            state = "open"
        elif event["event"] == "merged":
            state = "done"
        elif event["event"] == "closed" and state == "open":
            dropped = raw["is_pull"] or raw["item"].get("state_reason") in ("not_planned", "duplicate")
            state = "dropped" if dropped else "done"
    return state


def plain_start(items: list[dict[str, Any]], number: int) -> datetime:
    """The end of the first weekday (UTC) on which an item was inside."""
    day = min(at for raw in items for at in changed_inside(raw, number)).date()
    while True:
        end = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)
        if day.weekday() < 5 and any(
            was_inside(raw, number, end - timedelta(days=1, seconds=1))
            or any(at.date() == day for at in changed_inside(raw, number))
            for raw in items
        ):
            return end
        day += timedelta(days=1)


def plain_counts(items: list[dict[str, Any]], number: int, start: datetime, when: datetime) -> tuple[int, ...]:
    committed = {
        raw["item"]["number"] for raw in items if was_inside(raw, number, min(start - timedelta(seconds=1), when))
    }
    later = {
        raw["item"]["number"]
        for raw in items
        if any(start <= at <= when and was_inside(raw, number, at) for at in changed_inside(raw, number))
    } - committed
    inside = {raw["item"]["number"]: outcome(raw, when) for raw in items if was_inside(raw, number, when)}
    states = list(inside.values())
    gone = (committed | later) - inside.keys()
    return len(committed), len(later), len(gone), *(states.count(state) for state in ("done", "dropped", "open"))


# ------------------------------------------------------------------ both, side by side


@pytest.fixture(scope="module")
def items(real_data: Path) -> list[dict[str, Any]]:
    everything = raw_items(real_data / "github-backups/bitcoin-core_secp256k1.tar.xz")
    return [raw for raw in everything if raw["item"].get("milestone") or any("milestone" in e for e in raw["events"])]


@pytest.fixture(scope="module")
def history(items: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> "History":
    """Only the items that were ever in a milestone: the others change nothing and take ten times as long."""
    folder = tmp_path_factory.mktemp("real")
    for raw in items:
        path = folder / "data" / ("pulls" if raw["is_pull"] else "issues") / f"{raw['item']['number']}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(raw["whole"]), encoding="utf-8")
    return History(folder / "data", folder)


@pytest.fixture(scope="module")
def everything(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> "History":
    return History(real_data / "github-backups/bitcoin-core_secp256k1.tar.xz", tmp_path_factory.mktemp("real"))


class History:
    """secp256k1 in a store, collected in one go long after everything happened."""

    def __init__(self, dataset: Path, folder: Path) -> None:
        self.engine = open_store(f"sqlite:///{folder / 'sprint.db'}")
        ingest_dataset(self.engine, dataset, "secp256k1", datetime(2026, 9, 1, tzinfo=UTC))
        self.settings = parse({"home": folder, "project": {"name": "secp256k1", "repositories": [REPO]}})

    def past(self, when: datetime) -> ProjectState:
        return load_state(self.engine, self.settings, when)


def test_the_real_milestones(items: list[dict[str, Any]], history: History) -> None:
    calendar, write = WorkingCalendar(), sys.stdout.write
    write(f"\n{'milestone':<22}{'moment':<12}{'as of':<18}committed added removed done dropped open  title then" + "\n")
    for number, (due_on, closed) in CLOSED_AND_DATED.items():
        start, end = plain_start(items, number), datetime(due_on.year, due_on.month, due_on.day, tzinfo=UTC)
        end += timedelta(days=1)
        moments = (start + (end - start) / 2, end, moment(closed))
        assert calendar.deadline(due_on) == end
        for name, when, expected in zip(MOMENTS, moments, EXPECTED[number], strict=True):
            past = history.past(when)
            row = past.milestones.filter(number=number).row(0, named=True)
            rebuilt_start = start_of(past, SECP256K1, number, calendar)
            found = scope(past, SECP256K1, number, rebuilt_start)
            counts = tuple(
                map(len, (found.committed, found.added, found.removed, found.done, found.dropped, found.open))
            )
            places = "{:>9} {:>5} {:>7} {:>4} {:>7} {:>4}".format(*counts)
            write(f"{row['title']:<22}{name:<12}{when:%Y-%m-%d %H:%M}  {places}  {row['title_then']}" + "\n")
            assert rebuilt_start == start
            assert counts == plain_counts(items, number, start, when)
            assert counts == expected
            assert row["due_on"] == due_on
            assert "due_on" in row["known_later"]
            assert row["state"] == ("closed" if name == "closing" else "open")
            assert row["title_then"] in TITLES[number]


def test_every_old_title_is_resolved(items: list[dict[str, Any]], history: History) -> None:
    past = history.past(datetime(2026, 8, 31, tzinfo=UTC))
    assert past.unresolved.is_empty()
    assert past.memberships.height == 114
    wrong = [
        row for row in past.memberships.iter_rows(named=True) if row["milestone_title"] not in TITLES[row["milestone"]]
    ]
    assert wrong == []


def test_what_is_inside_now_is_what_github_says(items: list[dict[str, Any]], history: History) -> None:
    past = history.past(datetime(2026, 8, 31, tzinfo=UTC))
    inside = dict(past.items.filter(past.items["milestone"].is_not_null()).select("number", "milestone").iter_rows())
    says = {raw["item"]["number"]: raw["item"]["milestone"]["number"] for raw in items if raw["item"].get("milestone")}
    assert inside == says


@pytest.mark.slow
def test_states_now_are_what_github_says(everything: History) -> None:
    past = everything.past(datetime(2026, 8, 31, tzinfo=UTC))
    counts = past.items.group_by("kind", "state", "closed_as").len().sort("kind", "state", "closed_as").rows()
    # of 410 issues closed as completed, 11 became discussions and one was a duplicate
    assert counts == [
        ("issue", "closed", "done", 398),
        ("issue", "closed", "dropped", 38),
        ("issue", "open", None, 81),
        ("pull", "closed", "done", 944),
        ("pull", "closed", "dropped", 290),
        ("pull", "open", None, 74),
    ]
