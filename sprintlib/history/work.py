"""What people worked on, and when: the moments at which somebody did something for an item that was open."""

import polars as pl
from polars._typing import PolarsDataType

from sprintlib.history.state import ProjectState
from sprintlib.store.frames import UTC_DATETIME

_ITEM = ["repository_id", "number"]
_COLUMNS: dict[str, PolarsDataType] = {"repository_id": pl.Int64, "number": pl.Int64, "at": UTC_DATETIME}
WORK = pl.Schema(_COLUMNS)
_ON_PULLS = (
    "assigned",
    "review_requested",
    "ready_for_review",
    "head_ref_force_pushed",
    "reopened",
    "merged",
    "closed",
)
_ON_ISSUES = ("assigned", "referenced", "closed")
_MENTION = "cross-referenced"


def known_items(past: ProjectState) -> pl.DataFrame:
    """Items (schema ITEMS) that are there, and those that were."""
    return pl.concat([past.items, past.holdings.gone])


def work(past: ProjectState) -> pl.DataFrame:
    """Every moment at which a person worked on an item (schema WORK), whether it was open then or not.

    On a pull request: it was opened, committed or force-pushed to, commented, reviewed, given to somebody, taken out of
    draft, reopened, merged or closed. On an issue: somebody was assigned, a commit or a pull request mentioned it,
    somebody commented while it was assigned, or closed it; and whatever is done on a pull request once that has
    mentioned it. A word on an issue that nobody took is no work yet. Machines do not count. All of it rests on what has
    a time of its own, so not on texts, and not on why something was closed.
    """
    items = known_items(past)
    pulls, issues = items.filter(kind="pull"), items.filter(kind="issue")
    events = past.events.filter(~pl.col("actor_is_bot"))
    comments = _of_people(past.comments, "created_at")
    on_pulls = pl.concat(
        [
            _of_people(pulls, "created_at"),
            _moments(events.filter(pl.col("kind").is_in(_ON_PULLS)), "happened_at"),
            _moments(past.commits.filter(pl.col("number").is_not_null() & ~pl.col("author_is_bot")), "committed_at"),
            _of_people(past.reviews, "submitted_at"),
            comments,
        ]
    ).join(pulls, on=_ITEM, how="semi")
    mentioned = _mentions(events, pulls)
    on_issues = pl.concat(
        [
            _moments(events.filter(pl.col("kind").is_in(_ON_ISSUES)), "happened_at"),
            mentioned.select(WORK.names()),
            _while_assigned(comments, events),
            _carried(mentioned, on_pulls),
        ]
    ).join(issues, on=_ITEM, how="semi")
    return pl.concat([on_pulls, on_issues]).unique()


def open_spans(past: ProjectState) -> pl.DataFrame:
    """When each item was open: repository_id, number, opened_at, closed_at (null: still)."""
    ordered = past.transitions.select(*_ITEM, "to", opened_at="at", closed_at=pl.col("at").shift(-1).over(_ITEM))
    return ordered.filter(to="open").drop("to")


def _moments(rows: pl.DataFrame, time: str) -> pl.DataFrame:
    return rows.select(*_ITEM, at=time)


def _of_people(rows: pl.DataFrame, time: str) -> pl.DataFrame:
    return _moments(rows.filter(~pl.col("author_is_bot")), time)


def mentions(events: pl.DataFrame) -> pl.DataFrame:
    """What was mentioned, and by what: repository_id, number, at, by (a reference in lower case)."""
    told = events.filter(kind=_MENTION)
    return told.select(*_ITEM, pl.col("subject").str.to_lowercase().alias("by"), at="happened_at")


def _mentions(events: pl.DataFrame, pulls: pl.DataFrame) -> pl.DataFrame:
    """Items that a pull request of the project mentioned (schema WORK), with the pull request as `by`, `by_number`."""
    told = mentions(events).rename({"by": "ref"})
    named = pulls.select(pl.col("ref").str.to_lowercase(), by="repository_id", by_number="number")
    return told.join(named, on="ref").drop("ref")


def _while_assigned(comments: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """Comments on what somebody had taken: the last that was said of it is an assignment."""
    told = events.filter(pl.col("kind").is_in(("assigned", "unassigned")))
    last = told.select(*_ITEM, "kind", at="happened_at").sort("at", maintain_order=True)
    found = comments.sort("at").join_asof(last, on="at", by=_ITEM, strategy="backward", check_sortedness=False)
    return found.filter(kind="assigned").select(WORK.names())


def _carried(mentioned: pl.DataFrame, on_pulls: pl.DataFrame) -> pl.DataFrame:
    """Work on pull requests as work on the issues that they had mentioned by then."""
    first = mentioned.group_by(*_ITEM, "by", "by_number").agg(pl.col("at").min().alias("since"))
    done = on_pulls.rename({"repository_id": "by", "number": "by_number"})
    return first.join(done, on=["by", "by_number"]).filter(pl.col("at") >= pl.col("since")).select(WORK.names())
