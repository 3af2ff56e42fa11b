"""How far an item had come: untouched, begun, a pull request opened, reviewed, approved."""

import polars as pl
from polars._typing import PolarsDataType

from sprintlib.history import ProjectState
from sprintlib.history.closing_pull_requests import closed_refs
from sprintlib.history.reviews import before_dismissal
from sprintlib.history.started_work import assigned_or_referenced
from sprintlib.store.frames import UTC_DATETIME

STAGES = ("untouched", "begun", "opened", "reviewed", "approved")
_BEGUN, _OPENED, _REVIEWED, _APPROVED = range(1, 5)
_ITEM = ["repository_id", "number"]
_COLUMNS: dict[str, PolarsDataType] = {"ref": pl.String, "pull": pl.String, "since": UTC_DATETIME}
_TOLD = pl.Schema(_COLUMNS)


def stages(past: ProjectState, items: pl.DataFrame, closing_pull_requests: pl.DataFrame) -> pl.Series:
    """The stage of each row. items: repository_id, number, ref, kind, draft and the moment `at`, by which it is sorted.

    carriers: as `carrying` gives them.

    A pull request is `begun` while a draft. An issue is as far as the open pull request that carries it; without one
    it is `begun` once somebody took it or mentioned it in a commit.
    """
    rows = items.select(*_ITEM, "ref", "kind", "draft", "at").with_columns(
        pl.when(pl.col("kind") == "pull").then(_of_pulls(past, items)).otherwise(_of_issues(past, items)).alias("own")
    )
    pulls = rows.filter(pl.col("kind") == "pull").select("at", "own", pull="ref")
    carried = (
        closing_pull_requests.join(pulls, on=["at", "pull"]).group_by("at", "ref").agg(carried=pl.col("own").max())
    )
    found = rows.select("at", "ref", "own").join(carried, on=["at", "ref"], how="left", maintain_order="left")
    names = dict(enumerate(STAGES))
    return found.select(
        pl.max_horizontal("own", pl.col("carried").fill_null(0)).replace_strict(names, return_dtype=pl.String)
    ).to_series()


def _of_pulls(past: ProjectState, items: pl.DataFrame) -> pl.Series:
    """Places in STAGES, right for pull requests."""
    answered = _first(_answers(past))
    marked = pl.col("kind").is_in(["convert_to_draft", "ready_for_review"])
    marks = past.events.filter(marked).select(*_ITEM, mark="kind", when="happened_at")
    rows = (
        items.select(*_ITEM, "at", "draft")
        .join(answered, on=_ITEM, how="left", maintain_order="left")
        .join(_first(marks).select(*_ITEM, first_mark="mark"), on=_ITEM, how="left", maintain_order="left")
        .with_columns(_verdicts(past, items), _last(items, marks, "mark"))
    )
    # before the first mark it was what that mark ended; without any it is what it is now
    draft = pl.coalesce(pl.col("mark") == "convert_to_draft", pl.col("first_mark") == "ready_for_review", "draft")
    return rows.select(
        pl.when(draft)
        .then(_BEGUN)
        .when(pl.col("verdict").eq_missing("approved"))
        .then(_APPROVED)
        .when(pl.col("when") <= pl.col("at"))
        .then(_REVIEWED)
        .otherwise(_OPENED)
    ).to_series()


def _verdicts(past: ProjectState, items: pl.DataFrame) -> pl.Series:
    """For each row of `items` the last verdict of a person that was not dismissed by then, or null."""
    said = pl.col("state").is_in(["approved", "changes_requested"]) & ~pl.col("author_is_bot")
    given = before_dismissal(past.reviews, past.events).filter(said).sort("submitted_at", maintain_order=True)
    stood = items.select(*_ITEM, "at").join(
        given.select(*_ITEM, "submitted_at", "dismissed_at", verdict="state"), on=_ITEM, maintain_order="left_right"
    )
    held = stood.filter(
        (pl.col("submitted_at") <= pl.col("at"))
        & (pl.col("dismissed_at").is_null() | (pl.col("dismissed_at") > pl.col("at")))
    ).unique([*_ITEM, "at"], keep="last")
    joined = items.select(*_ITEM, "at").join(held, on=[*_ITEM, "at"], how="left", maintain_order="left")
    return joined["verdict"]


def _of_issues(past: ProjectState, items: pl.DataFrame) -> pl.Series:
    """Places in STAGES, right for issues that no pull request carries."""
    started = _first(assigned_or_referenced(past).select(*_ITEM, when="happened_at"))
    rows = items.select(*_ITEM, "at").join(started, on=_ITEM, how="left", maintain_order="left")
    return rows.select((pl.col("when") <= pl.col("at")).fill_null(value=False).cast(pl.Int32) * _BEGUN).to_series()


def _answers(past: ProjectState) -> pl.DataFrame:
    """What people other than its author said to an item: repository_id, number, when."""
    said = pl.concat(
        [
            past.comments.filter(~pl.col("author_is_bot")).select(*_ITEM, "author", when="created_at"),
            past.reviews.filter(~pl.col("author_is_bot")).select(*_ITEM, "author", when="submitted_at"),
        ]
    )
    opened = past.items.select(*_ITEM, opened_by="author")
    others = said.join(opened, on=_ITEM).filter(pl.col("author").ne_missing(pl.col("opened_by")))
    return others.select(*_ITEM, "when")


def _first(happened: pl.DataFrame) -> pl.DataFrame:
    """The earliest row of each item."""
    return happened.sort("when", maintain_order=True).unique(_ITEM, keep="first", maintain_order=True)


def _last(items: pl.DataFrame, happened: pl.DataFrame, column: str) -> pl.Series:
    """For each row of `items` (sorted by `at`) the value of the last happening on it up to then, or null."""
    joined = items.select(*_ITEM, "at").join_asof(
        happened.sort("when", maintain_order=True),
        left_on="at",
        right_on="when",
        by=_ITEM,
        strategy="backward",
        check_sortedness=False,
    )
    return joined[column]


def carrying(past: ProjectState, items: pl.DataFrame) -> pl.DataFrame:
    """Which of the pull requests open at a moment carries which of the items open then: at, ref, pull.

    By what its text says it closes; where the text is not loaded, by its mention on the item. items: `at` and `ref`.
    """
    rows = items.select("at", "ref")
    # no other counts: of a long history this is a small part
    pulls = past.items.filter(pl.col("kind") == "pull").join(rows, on="ref", how="semi", maintain_order="left")
    told = [
        (ref, pull, since)
        for pull, repo, title, body, since in pulls.select("ref", "repo", "title", "body", "created_at").iter_rows()
        for ref in closed_refs(f"{title}\n{body or ''}", repo) - {pull}
    ]
    unread = pulls.filter(pl.col("body").is_null()).select(subject="ref")
    mentions = past.events.filter(kind="cross-referenced").join(unread, on="subject", how="semi")
    mentioned = mentions.join(past.items.select(*_ITEM, "ref"), on=_ITEM).select(
        "ref", pull="subject", since="happened_at"
    )
    known = pl.concat([pl.DataFrame(told, schema=_TOLD, orient="row"), mentioned]).group_by("ref", "pull").min()
    both = rows.join(known, on="ref").filter(pl.col("since") <= pl.col("at"))
    return both.join(rows.rename({"ref": "pull"}), on=["at", "pull"]).select("at", "ref", "pull")
