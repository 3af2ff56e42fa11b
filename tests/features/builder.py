"""A small project written down row by row, for tests of features."""

from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import polars as pl

from sprintlib.calendar import WorkingCalendar
from sprintlib.features import MilestoneView
from sprintlib.history import state as schemas
from sprintlib.history.listed import RELEASES
from sprintlib.history.state import ProjectState

API, WEB = 1, 2
NAMES = {API: "acme/api", WEB: "acme/web"}
_DEFAULTS: dict[str, dict[str, Any]] = {
    "items": {
        "kind": "issue",
        "title": "an item",
        "author": "ann",
        "author_is_bot": False,
        "state": "open",
        "draft": False,
        "labels": [],
        "assignees": [],
        "milestone": 5,
        "known_later": [],
    },
    "comments": {"kind": "issue", "author_is_bot": False, "body": ""},
    "reviews": {"author_is_bot": False, "state": "commented"},
    "runs": {"attempt": 1, "name": "tests", "event": "push", "head_branch": "main", "head_sha": "s"},
    "events": {"actor_is_bot": False},
    "releases": {"prerelease": False},
}


def at(text: str) -> datetime:
    """'11-23 12:00' of 2026, UTC."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=UTC)


AS_OF = at("11-23 12:00")  # a Monday


def rows(name: str, *values: dict[str, Any]) -> pl.DataFrame:
    """Rows of one frame of Past; what is not given has a default or is null."""
    schema: pl.Schema = RELEASES if name == "releases" else getattr(schemas, name.upper())
    complete = []
    for value in values:
        row: dict[str, Any] = {"repository_id": API, **_DEFAULTS.get(name, {}), **value}
        repo = NAMES[row["repository_id"]]
        row |= {"repo": repo}
        if name == "items":
            row |= {"ref": f"{repo}#{row['number']}", "html_url": f"https://github.com/{repo}/issues/{row['number']}"}
            row.setdefault("created_at", at("11-02 09:00"))
            if row["state"] == "closed":
                row.setdefault("closed_as", "done")
        complete.append({column: row.get(column) for column in schema.names()})
    return pl.DataFrame(complete, schema=schema)


def view(**frames: list[dict[str, Any]]) -> MilestoneView:
    """Milestone 5 of acme/api and of acme/web, 9 to 27 November, as of Monday the 23rd at noon."""
    frames_of_state = {one.name for one in fields(ProjectState) if one.type is pl.DataFrame}
    names = frames_of_state - {"repositories", "unresolved"}
    repositories = rows(
        "repositories",
        *({"repository_id": key, "default_branch": "main", "has_ci_facts": bool(frames.get("runs"))} for key in NAMES),
    )
    past = ProjectState(
        project="shop",
        as_of=AS_OF,
        repositories=repositories,
        unresolved=pl.DataFrame(schema=schemas.MEMBERSHIPS),
        listed={"release": rows("releases", *frames.get("releases", []))},
        **{name: rows(name, *frames.get(name, [])) for name in names},
    )
    return MilestoneView(
        past=past,
        calendar=WorkingCalendar(),
        numbers={API: 5, WEB: 5},
        started_at=at("11-09 00:00"),
        deadline=at("11-28 00:00"),
    )
