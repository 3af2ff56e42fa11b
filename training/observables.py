"""What can be seen of a sprint, a pull request or an issue, one row each, to judge a simulation by.

Pull requests and issues are read from GitHub's own JSON, so that simulated and real ones pass the same code.
"""

from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from sprintlib.github.dataset import dataset_files
from sprintlib.history.machines import Machines
from training.two_samples import GROUP

SPRINT_COLUMNS = (
    "planned_days",
    "members",
    "items",
    "items_per_member_and_day",
    "added_share",
    "removed_share",
    "todo_share",
    "in_progress_share",
    "done_share",
    "nothing_begun",
    "work_per_item",
    "done_work_share",
)
# Without lengths and sizes, which a simulation assumes rather than explains.
SPRINT_SHARES = SPRINT_COLUMNS[4:10]
PULL_COLUMNS = (
    "hours_to_first_review",
    "hours_from_first_review_to_merge",
    "hours_to_merge",
    "reviews",
    "reviewers",
    "comments",
    "commits",
    "events",
    "lines",
    "files",
    "title_length",
    "text_length",
    "comment_length",
    "by_bot",
    "draft_or_was",
    "on_weekend",
    "hour",
    "closed_unmerged",
)
_TEXTS = ("title_length", "text_length", "comment_length")
PULL_PROCESS = tuple(name for name in PULL_COLUMNS if name not in _TEXTS)
ISSUE_COLUMNS = (
    "hours_to_close",
    "comments",
    "people",
    "events",
    "labels",
    "assigned",
    "title_length",
    "text_length",
    "comment_length",
    "by_bot",
    "on_weekend",
    "hour",
    "closed_not_planned",
)
ISSUE_PROCESS = tuple(name for name in ISSUE_COLUMNS if name not in _TEXTS)
# Kinds of events that GitHub writes for its own sake: nobody did something to the item.
_NOTICES = {"mentioned", "subscribed", "unsubscribed", "cross-referenced", "referenced"}
_HOUR = 3600.0


def sprint_states(sprints: pl.DataFrame) -> pl.DataFrame:
    """SPRINT_COLUMNS of each row of simulate.sprints.SPRINT_SCHEMA, with `time`, `organisation` and the board as GROUP.

    The work delivered by the end is not among them: it is what a forecast is about, not what it can see.
    """
    inside = pl.col("items_todo") + pl.col("items_in_progress") + pl.col("items_done")
    work = pl.col("work_todo") + pl.col("work_in_progress") + pl.col("work_done")
    ever = pl.max_horizontal(pl.col("items_at_start") + pl.col("items_added"), 1.0)
    capacity = pl.max_horizontal("members", 1.0) * pl.max_horizontal("days", 1.0)
    return sprints.select(
        "organisation",
        "time",
        pl.concat_str("organisation", "team", separator=" ").alias(GROUP),
        planned_days="days",
        members="members",
        items=inside,
        items_per_member_and_day=inside / capacity,
        added_share=pl.col("items_added") / ever,
        removed_share=pl.col("items_removed") / ever,
        todo_share=pl.col("items_todo") / inside,
        in_progress_share=pl.col("items_in_progress") / inside,
        done_share=pl.col("items_done") / inside,
        nothing_begun=pl.col("items_in_progress") + pl.col("items_done") == 0,
        work_per_item=work / inside,
        done_work_share=pl.when(work > 0).then(pl.col("work_done") / work),
    )


def dataset_items(folder: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Pull requests (PULL_COLUMNS) and issues (ISSUE_COLUMNS) of one repository's dataset; GROUP is the author.

    folder: see github.dataset. Times are hours of the calendar; null where it has not happened. Raises DatasetError.
    """
    pulls: list[dict[str, object]] = []
    issues: list[dict[str, object]] = []
    for name, content in dataset_files(folder):
        if name.startswith("pulls/"):
            pulls.append(_pull(content))
        elif name.startswith("issues/"):
            issues.append(_issue(content))
    return _frame(pulls, PULL_COLUMNS), _frame(issues, ISSUE_COLUMNS)


def _frame(rows: list[dict[str, object]], columns: tuple[str, ...]) -> pl.DataFrame:
    schema = {GROUP: pl.String, **dict.fromkeys(columns, pl.Float64)}
    return pl.DataFrame([{name: _number(row[name]) for name in schema} for row in rows], schema=schema)


def _number(value: object) -> object:
    return float(value) if isinstance(value, (bool, int)) else value


def _pull(content: dict[str, Any]) -> dict[str, object]:
    pull, events = content["pull"], content["events"]
    opened, merged = _moment(pull["created_at"]), _moment(pull.get("merged_at"))
    author = _login(pull)
    reviews = [
        (moment, who)
        for event in events
        if event["event"] == "reviewed" and (who := _login(event)) != author and not _is_bot(event)
        if (moment := _moment(event.get("submitted_at")))
    ]
    first = min((moment for moment, _ in reviews), default=None)
    return {
        **_common(pull, events),
        "hours_to_first_review": _hours(opened, first),
        "hours_from_first_review_to_merge": _hours(first, merged) if merged and first and first <= merged else None,
        "hours_to_merge": _hours(opened, merged),
        "reviews": len(reviews),
        "reviewers": len({who for _, who in reviews}),
        "commits": pull.get("commits"),
        "lines": pull.get("additions", 0) + pull.get("deletions", 0),
        "files": pull.get("changed_files"),
        "draft_or_was": bool(pull.get("draft")) or any(event["event"] == "ready_for_review" for event in events),
        "closed_unmerged": None if pull["state"] == "open" else merged is None,
    }


def _issue(content: dict[str, Any]) -> dict[str, object]:
    issue, events = content["issue"], content["events"]
    closed = _moment(issue.get("closed_at"))
    reason = issue.get("state_reason")
    return {
        **_common(issue, events),
        "hours_to_close": _hours(_moment(issue["created_at"]), closed),
        "people": len({_login(event) for event in events if event["event"] == "commented"}),
        "labels": len(issue["labels"]),
        "assigned": bool(issue["assignees"]),
        "closed_not_planned": None if closed is None else reason in ("not_planned", "duplicate"),
    }


def _common(item: dict[str, Any], events: list[dict[str, Any]]) -> dict[str, object]:
    opened = _moment(item["created_at"])
    comments = [event for event in events if event["event"] == "commented"]
    lengths = sorted(len(event.get("body") or "") for event in comments)
    return {
        GROUP: _login(item) or "deleted",
        "comments": len(comments),
        "events": sum(event["event"] not in _NOTICES for event in events),
        "title_length": len(item["title"]),
        "text_length": len(item.get("body") or ""),
        "comment_length": lengths[len(lengths) // 2] if lengths else None,
        "by_bot": _is_bot(item),
        "on_weekend": opened.weekday() >= 5 if opened else None,
        "hour": opened.hour + opened.minute / 60 if opened else None,
    }


def _login(entry: dict[str, Any]) -> str | None:
    user = entry.get("user") or entry.get("actor")
    return user["login"] if user else None


def _is_bot(entry: dict[str, Any]) -> bool:
    user = entry.get("user") or entry.get("actor") or {}
    return Machines().includes(user.get("login"), user.get("type"))


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _hours(since: datetime | None, until: datetime | None) -> float | None:
    return (until - since).total_seconds() / _HOUR if since and until else None
