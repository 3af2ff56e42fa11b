import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from sprintlib.errors import DatasetError
from sprintlib.evaluate.dataset import SPRINT_SCHEMA
from sprintsim.simulation import write_startup
from training.observables import (
    ISSUE_COLUMNS,
    PULL_COLUMNS,
    SPRINT_COLUMNS,
    SPRINT_SHARES,
    dataset_items,
    sprint_states,
)
from training.simulated_sprints import simulated_sprints
from training.two_samples import GROUP

ANNA = {"login": "anna", "type": "User"}
BEN = {"login": "ben", "type": "User"}
BOT = {"login": "ci[bot]", "type": "Bot"}
PULL: dict[str, Any] = {
    "type": "pull",
    "pull": {
        "number": 2,
        "title": "Add a door",
        "body": None,
        "user": ANNA,
        "state": "closed",
        "created_at": "2026-11-02T10:30:00Z",
        "closed_at": "2026-11-03T12:30:00Z",
        "merged_at": "2026-11-03T12:30:00Z",
        "draft": False,
        "commits": 3,
        "additions": 10,
        "deletions": 5,
        "changed_files": 2,
        "labels": [],
    },
    "events": [
        {"event": "ready_for_review", "actor": ANNA, "created_at": "2026-11-02T10:31:00Z"},
        {"event": "reviewed", "user": BOT, "submitted_at": "2026-11-02T10:40:00Z", "state": "COMMENTED"},
        {"event": "reviewed", "user": ANNA, "submitted_at": "2026-11-02T10:50:00Z", "state": "COMMENTED"},
        {"event": "reviewed", "user": BEN, "submitted_at": "2026-11-02T12:30:00Z", "state": "APPROVED"},
        {"event": "commented", "actor": BEN, "user": BEN, "body": "Nice door", "created_at": "2026-11-02T12:31:00Z"},
        {"event": "mentioned", "actor": ANNA, "created_at": "2026-11-02T12:31:00Z"},
    ],
    "comments": [],
}
ISSUE: dict[str, Any] = {
    "type": "issue",
    "issue": {
        "number": 1,
        "title": "A door",
        "body": "It is cold.",
        "user": None,
        "state": "closed",
        "created_at": "2026-11-01T08:00:00Z",
        "closed_at": "2026-11-01T20:00:00Z",
        "state_reason": "not_planned",
        "labels": [{"name": "bug"}],
        "assignees": [],
    },
    "events": [{"event": "closed", "actor": BEN, "created_at": "2026-11-01T20:00:00Z"}],
}


def folder(path: Path, pull: dict[str, Any], issue: dict[str, Any]) -> Path:
    for name, content in (("pulls/2.json", pull), ("issues/1.json", issue)):
        (path / name).parent.mkdir(exist_ok=True)
        (path / name).write_text(json.dumps(content))
    return path


def test_a_pull_request_as_a_row(tmp_path: Path) -> None:
    pulls, _ = dataset_items(folder(tmp_path, PULL, ISSUE))
    assert pulls.to_dicts() == [
        {
            GROUP: "anna",
            "hours_to_first_review": 2.0,  # neither the bot's nor her own
            "hours_from_first_review_to_merge": 24.0,
            "hours_to_merge": 26.0,
            "reviews": 1,
            "reviewers": 1,
            "comments": 1,
            "commits": 3,
            "events": 5,  # without the mention, which nobody did
            "lines": 15,
            "files": 2,
            "title_length": 10,
            "text_length": 0,
            "comment_length": 9,
            "by_bot": 0,
            "draft_or_was": 1,
            "on_weekend": 0,
            "hour": 10.5,
            "closed_unmerged": 0,
        }
    ]


def test_an_issue_as_a_row(tmp_path: Path) -> None:
    _, issues = dataset_items(folder(tmp_path, PULL, ISSUE))
    (row,) = issues.to_dicts()
    assert row[GROUP] == "deleted"
    assert (row["hours_to_close"], row["closed_not_planned"], row["on_weekend"]) == (12.0, 1.0, 1.0)
    assert (row["comment_length"], row["labels"], row["assigned"], row["people"]) == (None, 1.0, 0.0, 0.0)


def test_what_has_not_happened_is_null(tmp_path: Path) -> None:
    waiting = PULL | {"pull": PULL["pull"] | {"state": "open", "merged_at": None, "closed_at": None}, "events": []}
    (row,) = dataset_items(folder(tmp_path, waiting, ISSUE))[0].to_dicts()
    assert [row[name] for name in PULL_COLUMNS if name.startswith("hours")] == [None, None, None]
    assert row["closed_unmerged"] is None


def test_simulated_and_real_items_pass_the_same_code(tmp_path: Path) -> None:
    write_startup(tmp_path, 1, date(2026, 11, 23))
    pulls, issues = dataset_items(tmp_path / "api")
    assert pulls.columns == [GROUP, *PULL_COLUMNS]
    assert issues.columns == [GROUP, *ISSUE_COLUMNS]
    assert pulls["by_bot"].sum() > 0
    assert pulls["hours_to_merge"].drop_nulls().min() > 0


@pytest.mark.realdata
def test_a_backup_is_read(real_data: Path) -> None:
    pulls, issues = dataset_items(real_data / "github-backups" / "bitcoin-core_secp256k1.tar.xz")
    assert (len(pulls), len(issues)) == (1308, 517)


def test_a_folder_that_holds_nothing_readable_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="cannot be read"):
        dataset_items(tmp_path / "nothing")


def test_the_state_of_a_sprint_without_what_was_delivered() -> None:
    row = dict.fromkeys(SPRINT_SCHEMA, 0.0) | {
        "organisation": "o",
        "team": 7,
        "sprint": 1,
        "time": 50,
        "days": 10.0,
        "members": 4.0,
        "items_at_start": 6.0,
        "items_added": 2.0,
        "items_todo": 2.0,
        "items_in_progress": 1.0,
        "items_done": 5.0,
        "work_todo": 4.0,
        "work_done": 12.0,
    }
    states = sprint_states(pl.DataFrame([row], schema=SPRINT_SCHEMA))
    (state,) = states.to_dicts()
    assert state == {
        "organisation": "o",
        "time": 50,
        GROUP: "o 7",
        "planned_days": 10.0,
        "members": 4.0,
        "items": 8.0,
        "items_per_member_and_day": 0.2,
        "added_share": 0.25,
        "removed_share": 0.0,
        "todo_share": 0.25,
        "in_progress_share": 0.125,
        "done_share": 0.625,
        "nothing_begun": False,
        "work_per_item": 2.0,
        "done_work_share": 0.75,
    }
    other = sprint_states(pl.DataFrame([row | {"delivered": 99.0}], schema=SPRINT_SCHEMA))
    assert other.equals(states)


def test_shares_are_between_none_and_all() -> None:
    states = sprint_states(simulated_sprints(20, 1))
    assert set(SPRINT_SHARES) < set(SPRINT_COLUMNS)
    for name in SPRINT_SHARES:
        assert states[name].cast(pl.Float64).is_between(0, 1).all(), name
