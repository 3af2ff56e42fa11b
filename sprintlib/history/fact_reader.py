"""Stored facts of a project's repositories, read as typed frames and cut at a moment where the database can do it."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

import polars as pl
from sqlalchemy import ColumnElement, Connection, Select, Table, and_, false, func, or_, select, true
from sqlalchemy.sql.elements import KeyedColumnElement

from sprintlib.facts.batch import read_payload
from sprintlib.facts.names import former_names, repositories_meant
from sprintlib.facts.rows import Origin, item_reference, milestone_row
from sprintlib.history.listed import ListedFrame
from sprintlib.history.machines import Machines
from sprintlib.history.presence import LEAVING
from sprintlib.history.reviews import before_dismissal
from sprintlib.history.state import (
    CHANGED_FILES,
    COMMENTS,
    COMMITS,
    DEPENDENCIES,
    EVENTS,
    REPOSITORIES,
    REVIEWS,
    RUNS,
)
from sprintlib.history.touched import Touched
from sprintlib.store import frame
from sprintlib.store.frames import UTC_DATETIME, empty_frame
from sprintlib.store.nature import nature
from sprintlib.store.schema import (
    changed_file,
    comment,
    commit,
    dependency,
    event,
    issue,
    milestone,
    milestone_change,
    milestone_title,
    payload,
    pull_request,
    pull_request_commit,
    repository,
    review,
    snapshot,
    sync_cursor,
    workflow_run,
)

# Who was told about an item says nothing about its course, and is a fifth of all events.
UNREAD_EVENTS = ("mentioned", "subscribed", "unsubscribed")
MILESTONE_EVENTS = ("milestoned", "demilestoned", "converted_to_discussion", "transferred")

_ITEM = ["repository_id", "number"]
RUN_ORDER = ["created_at", "id", "attempt"]
_BY_DEFAULT = Machines()
_PAYLOAD = (
    "repository_id",
    "number",
    "title",
    "author",
    "author_type",
    "state",
    "state_reason",
    "milestone_number",
    "html_url",
    "created_at",
    "updated_at",
    "closed_at",
    "gone_at",
    "observed_at",
)
_PULL_PAYLOAD = ("draft", "merged_at", "head_sha", "head_ref", "additions", "deletions")


def repositories(connection: Connection, names: tuple[str, ...], as_of: datetime) -> pl.DataFrame:
    """The project's repositories that have been collected (schema REPOSITORIES), in the order of the settings."""
    meant = repositories_meant(connection, names)
    collected = select(sync_cursor.c.as_of).where(
        sync_cursor.c.repository_id == repository.c.id, sync_cursor.c.kind == "issues", sync_cursor.c.complete
    )
    run = select(workflow_run.c.id).where(
        workflow_run.c.repository_id == repository.c.id,
        workflow_run.c.created_at <= as_of,
        _there(workflow_run, as_of),
    )
    heard = select(func.max(payload.c.observed_at)).where(
        payload.c.repository_id == repository.c.id, payload.c.observed_at <= as_of
    )
    found = frame(
        connection,
        select(
            repository.c.id.label("repository_id"),
            repository.c.full_name.label("repo"),
            repository.c.html_url,
            repository.c.default_branch,
            run.exists().label("has_ci_facts"),
            collected.scalar_subquery().label("observed_at"),
            heard.scalar_subquery().label("heard_at"),
        ).where(repository.c.id.in_(list(meant))),
    )
    named = pl.Series([meant[key] for key in found["repository_id"]], dtype=pl.String)
    place = pl.Series([list(meant).index(key) for key in found["repository_id"]], dtype=pl.Int64)
    return found.with_columns(named.alias("named"), place.alias("place")).sort("place").select(REPOSITORIES.names())


class FactReader:
    """Reads one project's facts on one connection. `as_of` cuts whatever carries the time it happened.

    machines: which accounts are no people. touched: only facts about these; all where it is not given.
    """

    def __init__(
        self,
        connection: Connection,
        repos: pl.DataFrame,
        as_of: datetime,
        machines: Machines = _BY_DEFAULT,
        touched: Touched | None = None,
    ) -> None:
        self._touched = touched
        self._connection = connection
        self._names = repos.select("repository_id", "repo")
        self._ids = repos["repository_id"].to_list()
        self._as_of = as_of
        self._is_bot = machines.expression
        self._former = former_names(connection)

    @property
    def former_names(self) -> dict[str, str]:
        """Former name in lower case -> OWNER/NAME of today."""
        return self._former

    def items(self) -> pl.DataFrame:
        """The newest payload of every issue and pull request created by then, without its text.

        `gone_at` tells when GitHub was found to have it no longer; an issue that became a pull request is one.
        """
        issues = self._frame(select(*_columns(issue, _PAYLOAD)), issue, issue.c.created_at)
        pulls = self._frame(
            select(*_columns(pull_request, _PAYLOAD + _PULL_PAYLOAD)), pull_request, pull_request.c.created_at
        )
        issues, pulls = issues.sort(_ITEM), pulls.sort(_ITEM)
        empty = pulls.clear().select(_PULL_PAYLOAD)
        issues = issues.join(pulls, on=_ITEM, how="anti", maintain_order="left").with_columns(
            pl.lit(None, dtype=kind).alias(name) for name, kind in empty.schema.items()
        )
        return pl.concat(
            [
                issues.select(pl.all(), pl.lit("issue").alias("kind")),
                pulls.select(issues.columns).with_columns(pl.lit("pull").alias("kind")),
            ]
        )

    def bodies(self, numbers: dict[int, list[int]]) -> pl.DataFrame:
        """Text of the named items: repository_id, number, body."""
        found = [
            frame(self._connection, select(*_columns(table, ("repository_id", "number", "body"))).where(condition))
            for table in (issue, pull_request)
            if (condition := _of_items(table, numbers)) is not None
        ]
        empty = pl.DataFrame(schema={"repository_id": pl.Int64, "number": pl.Int64, "body": pl.String})
        # an issue that became a pull request left its row behind
        return pl.concat([empty, *found]).unique(_ITEM, keep="last", maintain_order=True)

    def milestones(self) -> pl.DataFrame:
        """The newest payload of every milestone, whenever it was created: identity may use later facts."""
        names = (
            "repository_id",
            "number",
            "title",
            "state",
            "due_on",
            "html_url",
            "created_at",
            "updated_at",
            "closed_at",
            "gone_at",
            "observed_at",
        )
        return self._frame(select(*_columns(milestone, names)), milestone)

    def titles(self) -> pl.DataFrame:
        """Titles under which payloads showed a milestone number."""
        return self._frame(
            select(*_columns(milestone_title, ("repository_id", "number", "title", "seen_at"))), milestone_title
        )

    def snapshots(self) -> pl.DataFrame:
        """Milestones as seen by then: daily pictures, and every payload of the milestone list."""
        names = ("repository_id", "number", "title", "state", "due_on", "observed_at")
        daily = self._frame(select(*_columns(snapshot, names)), snapshot, snapshot.c.observed_at).drop("repo")
        daily = daily.with_columns(pl.lit(None, dtype=UTC_DATETIME).alias("closed_at"))
        query = select(payload.c.repository_id, payload.c.body, payload.c.observed_at)
        listed = self._payloads(query, "milestone")
        rows = [
            milestone_row(read_payload(body), Origin(repository_id, "", observed_at))
            for repository_id, body, observed_at in listed.drop("repo").iter_rows()
        ]
        return pl.concat(
            [daily, pl.DataFrame([{name: row[name] for name in daily.columns} for row in rows], daily.schema)]
        )

    def milestone_edits(self) -> pl.DataFrame:
        """Edits of milestones after the moment, which tell what was until then: field, before; the first of each."""
        names = ("repository_id", "number", "field", "before", "happened_at")
        query = select(*_columns(milestone_change, names)).where(milestone_change.c.happened_at > self._as_of)
        later = self._frame(query, milestone_change).drop("repo").sort("happened_at")
        return later.unique(["repository_id", "number", "field"], keep="first", maintain_order=True)

    def milestone_events(self) -> pl.DataFrame:
        """Events by which items enter and leave milestones, of all times: identity may use later facts."""
        query = select(*_columns(event, ("repository_id", "number", "kind", "subject", "happened_at", "id")))
        return self._frame(query.where(event.c.kind.in_(MILESTONE_EVENTS)), event).sort("happened_at", "id")

    def leaving_events(self) -> pl.DataFrame:
        """Events of items that left their repository, of all times: repository_id, number, kind, happened_at."""
        query = select(*_columns(event, ("repository_id", "number", "kind", "happened_at")))
        return self._frame(query.where(event.c.kind.in_(LEAVING)), event).drop("repo").sort("happened_at")

    def later_events(self, kinds: tuple[str, ...]) -> pl.DataFrame:
        """Events after the moment, from which an older value can be read back (the old title of a renaming)."""
        query = select(*_columns(event, ("repository_id", "number", "kind", "subject", "detail", "happened_at", "id")))
        query = query.where(event.c.kind.in_(kinds), event.c.happened_at > self._as_of)
        return self._frame(query, event).sort("happened_at", "id")

    def events(self) -> pl.DataFrame:
        """The timeline (schema EVENTS), oldest first, without notifications."""
        names = ("repository_id", "number", "kind", "actor", "actor_type", "subject", "detail", "happened_at", "id")
        query = select(*_columns(event, names)).where(event.c.kind.not_in(UNREAD_EVENTS))
        found = self._frame(query, event, event.c.happened_at).sort("happened_at", *_ITEM, "id")
        is_bot = self._is_bot("actor", "actor_type").alias("actor_is_bot")
        return _in_schema(found.with_columns(is_bot, self._of_today("subject")), EVENTS)

    def comments(self, numbers: dict[int, list[int]]) -> pl.DataFrame:
        """Comments (schema COMMENTS), oldest first; the text only of the named items."""
        names = ("id", "repository_id", "number", "kind", "author", "author_type", "html_url")
        times = ("created_at", "updated_at", "observed_at")
        query = select(*_columns(comment, names + times)).where(_there(comment, self._as_of))
        found = self._frame(query, comment, comment.c.created_at)
        texts = self._texts(comment, comment.c.created_at, numbers)
        edited = (pl.col("updated_at") > self._as_of) & (pl.col("observed_at") > self._as_of)
        found = found.join(texts, on=["kind", "id"], how="left", maintain_order="left").with_columns(
            self._is_bot("author", "author_type").alias("author_is_bot"),
            _known_later("body", edited).alias("known_later"),
        )
        return _in_schema(found.sort("created_at", *_ITEM, "kind", "id"), COMMENTS)

    def reviews(self, later: pl.DataFrame) -> pl.DataFrame:
        """Reviews (schema REVIEWS), oldest first.

        later: events after the moment, from which the verdict of a review that was dismissed after it is read back.
        """
        names = ("id", "repository_id", "number", "author", "author_type", "state", "body", "html_url")
        query = select(*_columns(review, (*names, "submitted_at", "observed_at")))
        found = self._frame(query, review, review.c.submitted_at).with_columns(pl.col("state").str.to_lowercase())
        found = before_dismissal(found, later)
        lost = pl.col("overwritten") & (pl.col("observed_at") > self._as_of)
        found = found.with_columns(
            self._is_bot("author", "author_type").alias("author_is_bot"),
            _known_later("state", lost).alias("known_later"),
        )
        return _in_schema(found.sort("submitted_at", *_ITEM, "id"), REVIEWS)

    def commits(self) -> pl.DataFrame:
        """Commits (schema COMMITS), oldest first; one row per pull request a commit belongs to."""
        belongs = _columns(pull_request_commit, ("repository_id", "sha", "number"))
        pulls = self._frame(select(*belongs), pull_request_commit).drop("repo")
        columns = _columns(commit, ("repository_id", "sha", "author", "message", "committed_at"))
        found = self._frame(select(*columns).where(self._of_commits(pulls)), commit, commit.c.committed_at)
        found = found.join(pulls, on=["repository_id", "sha"], how="left", maintain_order="left")
        found = found.with_columns(self._is_bot("author").alias("author_is_bot"))
        return _in_schema(found.sort("committed_at", "sha", *_ITEM), COMMITS)

    def runs(self) -> pl.DataFrame:
        """Workflow runs (schema RUNS), oldest first; what ended later is still running."""
        began = func.coalesce(workflow_run.c.started_at, workflow_run.c.created_at)
        names = ("repository_id", "id", "attempt", "workflow_id", "path", "name", "event", "head_branch", "head_sha")
        more = ("head_repository_id", "status", "conclusion", "html_url", "created_at", "updated_at")
        query = select(*_columns(workflow_run, names + more)).where(_there(workflow_run, self._as_of))
        found = self._frame(query, workflow_run, began).sort(RUN_ORDER)
        elsewhere = pl.col("head_repository_id") != pl.col("repository_id")
        ended = (pl.col("status") == "completed") & (pl.col("updated_at") <= self._as_of)
        return _in_schema(
            found.with_columns(
                pl.when(ended).then("conclusion").alias("conclusion"),
                pl.when(ended).then("updated_at").alias("finished_at"),
                # GitHub's names of workflows are not unique, and an older answer may say nothing else
                pl.coalesce(pl.col("workflow_id").cast(pl.String), "path", "name").alias("workflow"),
                elsewhere.fill_null(value=False).alias("from_fork"),
            ),
            RUNS,
        )

    def dependencies(self) -> pl.DataFrame:
        """Edges that GitHub listed when last asked by then (schema DEPENDENCIES)."""
        names = ("repository_id", "number", "blocker", "type", "observed_at")
        kept = self._frame(select(*_columns(dependency, names)), dependency, dependency.c.observed_at)
        listed = self._listed_blockers()
        kept = kept.join(listed, on=_ITEM, how="anti")
        found = pl.concat([kept.select(DEPENDENCIES.names()), listed.drop_nulls("blocker")])
        return found.with_columns(self._of_today("blocker")).sort("repository_id", "number", "blocker")

    def _listed_blockers(self) -> pl.DataFrame:
        """The newest list of each item by then, from its payload; one row with a null blocker for an empty list."""
        query = select(payload.c.key, payload.c.repository_id, payload.c.body, payload.c.observed_at)
        lists = self._payloads(query, "blocked_by")
        newest = lists.sort("observed_at", maintain_order=True).group_by("key", maintain_order=True).last()
        rows = [
            (repository_id, repo, int(key.rpartition("-")[2]), blocker, "blocks", observed_at)
            for key, repository_id, body, observed_at, repo in newest.iter_rows()
            for blocker in [item_reference(one) for one in read_payload(body)["blocked_by"]] or [None]
        ]
        return pl.DataFrame(rows, schema=DEPENDENCIES, orient="row")

    def listed(self, kind: ListedFrame) -> pl.DataFrame:
        """Things of a repository that belong to no item and were there by then, oldest first."""
        table = kind.table
        names = tuple("html_url" if name == "url" else name for name in kind.columns if name != "repo")
        query = select(*_columns(table, names)).where(_there(table, self._as_of))
        found = self._frame(query, table, table.c[kind.at]).rename({"html_url": "url"}, strict=False)
        return _in_schema(found.sort(kind.at, kind.then), kind.columns)

    def changed_files(self) -> pl.DataFrame:
        """Files that commits of the last year changed (schema CHANGED_FILES), oldest first."""
        of_commit = and_(commit.c.repository_id == changed_file.c.repository_id, commit.c.sha == changed_file.c.sha)
        names = ("repository_id", "sha", "path", "additions", "deletions")
        query = (
            select(*_columns(changed_file, names), commit.c.author, commit.c.committed_at)
            .select_from(changed_file.join(commit, of_commit))
            .where(commit.c.committed_at > self._as_of - timedelta(days=365))
        )
        found = self._frame(query, changed_file, commit.c.committed_at)
        return _in_schema(found.sort("committed_at", "sha", "path", "repository_id"), CHANGED_FILES)

    def _texts(self, table: Table, time: ColumnElement[Any], numbers: dict[int, list[int]]) -> pl.DataFrame:
        condition = _of_items(table, numbers)
        query = select(*_columns(table, ("kind", "id", "body")))
        if condition is None:
            return frame(self._connection, query.limit(0))
        return frame(self._connection, query.where(condition, time <= self._as_of))

    def _of_commits(self, pulls: pl.DataFrame) -> ColumnElement[bool]:
        """Commits that were touched, and those of the pull requests that were."""
        if self._touched is None:
            return true()
        shas = {key: set(found) for key, found in self._touched.commits.items()}
        for key, sha in pulls.select("repository_id", "sha").iter_rows():
            shas.setdefault(key, set()).add(sha)
        return _keyed(commit, commit.c.sha, shas)

    def _payloads(self, query: Select[Any], kind: str) -> pl.DataFrame:
        """Kept payloads of milestones or of lists of blockers, fetched by then."""
        query = query.where(payload.c.kind == kind)
        if self._touched is not None:
            numbers = self._touched.milestones if kind == "milestone" else self._touched.items
            keys = [f"{repository_id}-{number}" for repository_id, own in numbers.items() for number in own]
            if not keys:
                return self._named(empty_frame(query))
            query = query.where(payload.c.key.in_(keys))
        return self._frame(query, payload, payload.c.observed_at)

    def _of_today(self, column: str) -> pl.Expr:
        """References (owner/repo#n) to repositories that were renamed since, under their name of today."""
        if not self._former:
            return pl.col(column)
        repo = pl.col(column).str.extract(r"^([^\s/#]+/[^\s/#]+)#\d+$").str.to_lowercase()
        today = repo.replace_strict(self._former, default=None, return_dtype=pl.String)
        moved = pl.concat_str(today, pl.col(column).str.extract(r"(#\d+)$"))
        return pl.coalesce(moved, column).alias(column)

    def _frame(self, query: Select[Any], table: Table, time: ColumnElement[Any] | None = None) -> pl.DataFrame:
        """Rows of the project's repositories, happened by then, with the repository's name."""
        query = query.where(table.c.repository_id.in_(self._ids))
        if self._touched is not None:
            about = _touches(table, self._touched)
            if about is None:
                return self._named(empty_frame(query))
            query = query.where(about)
        if time is not None:
            query = query.where(time <= self._as_of)
        return self._named(frame(self._connection, query))

    def _named(self, rows: pl.DataFrame) -> pl.DataFrame:
        return rows.join(self._names, on="repository_id", how="left", maintain_order="left")


def _there(table: Table, as_of: datetime) -> ColumnElement[bool]:
    """What GitHub had not been found to have no longer."""
    return or_(table.c.gone_at.is_(None), table.c.gone_at > as_of)


def _columns(table: Table, names: tuple[str, ...]) -> list[KeyedColumnElement[Any]]:
    return [table.c[name] for name in names]


def _of_items(table: Table, numbers: dict[int, list[int]]) -> ColumnElement[bool] | None:
    parts = [and_(table.c.repository_id == key, table.c.number.in_(wanted)) for key, wanted in numbers.items()]
    return or_(*parts) if parts else None


def _keyed(table: Table, column: ColumnElement[Any], keys: Mapping[int, Collection[Any]]) -> ColumnElement[bool]:
    parts = [and_(table.c.repository_id == key, column.in_(sorted(wanted))) for key, wanted in keys.items() if wanted]
    return or_(*parts) if parts else false()


def _touches(table: Table, touched: Touched) -> ColumnElement[bool] | None:
    """Which rows of a table are about what was touched; None where there can be none.

    All where the table says so little that it is read whole.
    """
    if nature(table).about == ("item", "number"):
        return _keyed(table, table.c.number, touched.items) if touched.items else None
    if table is snapshot:
        return _keyed(table, table.c.number, touched.milestones) if touched.milestones else None
    if table is workflow_run:
        return table.c.id.in_(sorted(touched.runs)) if touched.runs else None
    if nature(table).listed:
        where = touched.repositories_of(table.name)
        return table.c.repository_id.in_(sorted(where)) if where else None
    if table is changed_file:
        return _keyed(table, table.c.sha, touched.commits) if touched.commits else None
    return true()


def _known_later(column: str, condition: pl.Expr) -> pl.Expr:
    names, none = (pl.lit(value, dtype=pl.List(pl.String)) for value in ([column], []))
    return pl.when(condition).then(names).otherwise(none)


def _in_schema(found: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    return found.select(pl.col(name).cast(kind) for name, kind in schema.items())
