"""Collecting everything that is new, from GitHub into the store.

Order: what exists, milestones and all about open ones, the lists, single items, changed files. Whatever stops it,
what had arrived is stored together with where to go on.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Literal

from sqlalchemy import Connection, Engine, func, insert, select, update
from sqlalchemy.exc import DatabaseError

from sprintlib.errors import CollectError, NotFoundError, RateLimitError, SprintError, TokenError
from sprintlib.facts.batch import payload_errors, write_names, write_project, write_repository, write_snapshots
from sprintlib.facts.changes import forget_changes
from sprintlib.facts.rows import Origin
from sprintlib.github.backfill import GRAPHQL, backfill_or_leave, is_wanted
from sprintlib.github.boards import collect_board
from sprintlib.github.client import Client, Response, RetryPolicy, connect
from sprintlib.github.clone import Clone, CloneError, collect_changed_files
from sprintlib.github.comparing import compare
from sprintlib.github.cursors import (
    Cursor,
    find_id,
    find_repository,
    follow_renaming,
    read_cursor,
    read_cursors,
    write_cursor,
)
from sprintlib.github.endpoints import COMMENTS, ISSUES, LISTS, MILESTONES, ListEndpoint
from sprintlib.github.items import collect_items, collect_open_milestones, note_completeness
from sprintlib.github.lists import Failures, RepositoryCollector
from sprintlib.github.lock import sync_lock
from sprintlib.github.progress import OnProgress, silent
from sprintlib.github.set_aside import BOARD, COMMIT, REPOSITORY, SetAside, Shelf, set_aside
from sprintlib.github.summary import LABELS, Completeness, SyncSummary, renaming
from sprintlib.github.token import Token
from sprintlib.settings import Settings
from sprintlib.store import schema, store_error

Via = Literal["rest", "graphql", "auto"]
_CLOCK_TOLERANCE_SECONDS = 300
_FULL_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}/[A-Za-z0-9._-]{1,100}")


def sync(
    engine: Engine,
    settings: Settings,
    token: Token | None,
    progress: OnProgress | None = None,
    retry_policy: RetryPolicy | None = None,
    via: Via = "auto",
) -> SyncSummary:
    """Bring the store up to date with GitHub, and say how complete it is.

    via: how a first collection asks about single items; `auto` is GraphQL with a token, and REST without one.

    Raises CollectError and its kinds, or StoreError, with one sentence; what had arrived is kept, and the next sync
    goes on there. Two syncs of one data folder never overlap.
    """
    with sync_lock(settings.data_dir):
        client = connect(settings, token, retry_policy)
        run = _Run(engine, settings, token, client, progress or silent, via)
        try:
            return run.run()
        except DatabaseError as error:
            raise store_error(settings.database_url, error) from error


@dataclass
class _Run:
    engine: Engine
    settings: Settings
    token: Token | None
    client: Client
    progress: OnProgress
    via: Via = "auto"
    readers: list[RepositoryCollector] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    failures: Failures = field(default_factory=Failures)
    renamings: list[str] = field(default_factory=list)

    def run(self) -> SyncSummary:
        started_at = datetime.now(UTC)
        run_id = self._start(started_at)
        try:
            warnings = self._collect()
        except (SprintError, KeyboardInterrupt) as error:
            self._finish(run_id, "failed", str(error) or "stopped by hand")
            raise
        aside = self._set_aside()
        summary = SyncSummary(
            started_at=started_at,
            finished_at=datetime.now(UTC),
            requests=self.client.requests,
            not_modified=self.client.not_modified,
            completeness=self._completeness(aside),
            warnings=tuple(warnings),
            set_aside=tuple(aside),
        )
        self._finish(run_id, "ok", "; ".join(warnings) or None)
        return summary

    def _collect(self) -> list[str]:
        readers = self.readers = self._readers()
        for reader in readers:
            reader.collect_list(MILESTONES)
            compare(reader, MILESTONES)
            self._snapshots(reader)
        for reader in readers:
            if not self._is_complete(reader, ISSUES):
                collect_open_milestones(reader)
        for reader in readers:
            for kind in LISTS:
                if kind is COMMENTS and self._asks_graphql(reader):
                    backfill_or_leave(reader, must=self.via == GRAPHQL)
                reader.collect_list(kind)
                compare(reader, kind)
            reader.collect_set_aside()
        for reader in readers:
            collect_items(reader)
            note_completeness(reader, self.client.now())
        self._board(readers)
        warnings = [*self.renamings, *self._clock_warning()]
        for reader in readers:
            warnings += self._changed_files(reader)
        return warnings

    def _readers(self) -> list[RepositoryCollector]:
        """The repositories that can be read, two names of one once; one that is known and cannot be is set aside.

        Raises the error of one that nobody has ever seen, and of the first where none can be read.
        """
        readers: dict[int, RepositoryCollector] = {}
        errors, ids = [], []
        # before any of them is told its new name, which may be what another was called
        meant = {name: self._known(name) for name in self.settings.project.repositories}
        for name, known in meant.items():
            try:
                reader = self._repository(name, known)
            except CollectError as error:
                if isinstance(error, RateLimitError) or not self.client.answered:
                    raise
                if known is None and isinstance(error, NotFoundError | TokenError):
                    raise
                errors.append((known.repository if known else name, error))
                ids += [known.repository_id] if known else []
            else:
                readers.setdefault(reader.repository_id, reader)
                ids.append(reader.repository_id)
                if reader.full_name.lower() != name.lower():
                    self.renamings.append(renaming(name, reader.full_name))
        if not readers:
            raise errors[0][1]
        for name, refusal in errors:
            self._shelf(name).put(REPOSITORY, "", refusal)
        self.refused = [name for name, _ in errors]
        with self.engine.begin() as connection:
            write_project(connection, self.settings.project.name, dict.fromkeys(ids))
        return list(readers.values())

    def _shelf(self, repository: str) -> Shelf:
        return Shelf(self.engine, repository, self.client.now())

    def _repository(self, name: str, known: Cursor | None) -> RepositoryCollector:
        """Store the repository that a name of the settings means, under the name that GitHub gives it today.

        known: what the store knows of it.
        """
        response = self._ask(name, known)
        as_of = response.date or self.client.now()
        if known and response.status == 304:
            cursor = replace(known, as_of=as_of)
        else:
            with payload_errors(f"the repository {name}"):
                cursor = _identity(response, as_of)
        with self.engine.begin() as connection:
            if response.status != 304:
                follow_renaming(connection, cursor.repository_id, cursor.repository)
                with payload_errors(f"the repository {name}"):
                    write_repository(connection, response.body, Origin(cursor.repository_id, "rest", as_of))
            write_names(connection, cursor.repository_id, [name], as_of)
            write_cursor(connection, cursor)
        shelf = self._shelf(cursor.repository)
        shelf.clear(REPOSITORY, "")
        if name != cursor.repository:
            self._shelf(name).clear(REPOSITORY, "")  # before anybody knew what it is called
        return RepositoryCollector(
            engine=self.engine,
            client=self.client,
            repository_id=cursor.repository_id,
            full_name=cursor.repository,
            window_start=self._window_start(),
            on_progress=self.progress,
            shelf=shelf,
            failures=self.failures,
        )

    def _known(self, name: str) -> Cursor | None:
        """What the store knows under this name; None where the settings list that under its own name as well."""
        with self.engine.connect() as connection:
            known = find_repository(connection, name)
        others = {other.lower() for other in self.settings.project.repositories} - {name.lower()}
        return known if known and known.repository.lower() not in others else None

    def _ask(self, name: str, known: Cursor | None) -> Response:
        """GitHub's answer about a repository: by name and, where that leads nowhere or to another, by its id."""
        if known is None:
            return self.client.get(f"/repos/{name}")
        path = f"/repos/{known.repository}"
        response = self.client.get(path, etag=known.etag, accept=(404,))
        is_same = isinstance(response.body, Mapping) and response.body.get("id") == known.repository_id
        if response.status == 304 or (response.status == 200 and is_same):
            return response
        by_id = self.client.get(f"/repositories/{known.repository_id}", accept=(404,))
        if by_id.status == 200:
            return by_id
        return response if response.status == 200 else self.client.get(path)

    def _window_start(self) -> datetime:
        return self.client.now() - timedelta(days=self.settings.github.details_days)

    def _snapshots(self, reader: RepositoryCollector) -> None:
        now = self.client.now()
        with self.engine.begin() as connection:
            write_snapshots(connection, reader.repository_id, now.astimezone(self.settings.time_zone).date(), now)

    def _is_complete(self, reader: RepositoryCollector, kind: ListEndpoint) -> bool:
        with self.engine.connect() as connection:
            cursor = read_cursor(connection, reader.repository_id, kind.name)
        return bool(cursor and cursor.complete)

    def _board(self, readers: list[RepositoryCollector]) -> None:
        """The GitHub Project whose iterations are the sprints; what cannot be read is set aside."""
        asked = self.settings.sprints
        if asked.source != "projects" or asked.project is None:
            return
        self.progress(f"project {asked.project}", 0, None)
        ids = {reader.full_name.lower(): reader.repository_id for reader in readers}

        def read() -> None:
            today = collect_board(self.engine, self.client, asked, ids).name
            if today.lower() != str(asked.project).lower():
                self.renamings.append(renaming(f"The GitHub Project {asked.project}", today))

        readers[0].attempt(BOARD, asked.project, read)

    def _asks_graphql(self, reader: RepositoryCollector) -> bool:
        wants = self.via == GRAPHQL or (self.via == "auto" and self.token is not None)
        return wants and is_wanted(reader)

    def _changed_files(self, reader: RepositoryCollector) -> list[str]:
        """Read changed files where something was pushed; a clone that fails is a warning."""
        if not self.settings.github.clone:
            return []
        now = self.client.now()
        with self.engine.connect() as connection:
            about = read_cursor(connection, reader.repository_id, "repository")
            cursor = read_cursor(connection, reader.repository_id, "changed_files")
        facts: dict[str, Any] = about.position if about else {}
        known = cursor.position if cursor else {}
        again = reader.shelf.due(COMMIT)
        is_same = facts.get("pushed_at") and known.get("pushed_at") == facts["pushed_at"]
        if cursor and cursor.complete and is_same and not again:
            self._note_changed_files(replace(cursor, as_of=now), reader)
            return []
        self.progress(f"{reader.full_name} changed files", 0, None)
        cursor = Cursor(reader.repository_id, reader.full_name, "changed_files", now, position=known)
        try:
            clone = Clone.at(
                self.settings.data_dir / "clones",
                reader.repository_id,
                facts.get("clone_url") or "",
                self.token,
                self.settings.github.api_url,
            )
            origin = Origin(reader.repository_id, "git", now)
            tips = collect_changed_files(
                self.engine,
                origin,
                clone,
                known.get("tips", []),
                reader.window_start,
                again=again,
                on_bad=partial(reader.shelf.put, COMMIT),
            )
        except CloneError as error:
            self._note_changed_files(replace(cursor, note=f"unknown: {error}"), reader)
            return [f"changed files unknown for {reader.full_name}: {error}"]
        for sha in again:
            reader.shelf.clear_collected(COMMIT, sha)
        position = {"tips": tips, "pushed_at": facts.get("pushed_at")}
        self._note_changed_files(replace(cursor, complete=True, position=position, note="from git"), reader)
        return []

    def _note_changed_files(self, cursor: Cursor, reader: RepositoryCollector) -> None:
        file = schema.changed_file.c
        held = select(func.count(file.sha.distinct())).where(file.repository_id == reader.repository_id)
        with self.engine.begin() as connection:
            write_cursor(connection, replace(cursor, collected=connection.execute(held).scalar_one()))

    def _clock_warning(self) -> list[str]:
        skew = self.client.clock_skew or 0.0
        if abs(skew) <= _CLOCK_TOLERANCE_SECONDS:
            return []
        side = "ahead of" if skew > 0 else "behind"
        return [f"this machine's clock is {abs(skew) / 60:,.0f} minutes {side} GitHub's: set it right"]

    def _names(self) -> list[str]:
        return [*(reader.full_name for reader in self.readers), *self.refused]

    def _set_aside(self) -> list[SetAside]:
        with self.engine.connect() as connection:
            return set_aside(connection, self._names())

    def _completeness(self, aside: list[SetAside]) -> tuple[Completeness, ...]:
        order = list(LABELS)
        with self.engine.connect() as connection:
            return tuple(
                Completeness.of(cursor, aside)
                for name in self._names()
                for cursor in sorted(_cursors(connection, name), key=lambda one: order.index(one.kind))
            )

    def _start(self, started_at: datetime) -> int:
        row = {"state": "running", "requests": 0, "not_modified": 0, "started_at": started_at}
        with self.engine.begin() as connection:
            # the lock is ours: whoever left a run open was killed
            left = update(schema.sync_run).where(schema.sync_run.c.state == "running")
            connection.execute(left.values(state="failed", message="did not finish", finished_at=started_at))
            return int(
                connection.execute(insert(schema.sync_run).values(row).returning(schema.sync_run.c.id)).scalar_one()
            )

    def _finish(self, run_id: int, state: str, message: str | None) -> None:
        row = {
            "state": state,
            "requests": self.client.requests,
            "not_modified": self.client.not_modified,
            "message": message,
            "finished_at": datetime.now(UTC),
        }
        with self.engine.begin() as connection:
            connection.execute(update(schema.sync_run).where(schema.sync_run.c.id == run_id).values(row))
            forget_changes(connection)


def _cursors(connection: Connection, name: str) -> list[Cursor]:
    key = find_id(connection, name)
    return read_cursors(connection, key) if key is not None else []


def _identity(response: Response, as_of: datetime) -> Cursor:
    """What a repository is called and where it is cloned from. Raises ValueError for what neither can be."""
    body = response.body
    facts = {key: body.get(key) for key in ("clone_url", "pushed_at")}
    name, number = body["full_name"], body["id"]
    if not _FULL_NAME.fullmatch(name):
        raise ValueError("full_name is not OWNER/NAME")
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < 2**63:
        raise ValueError("id is no number")
    return Cursor(number, name, "repository", as_of, response.etag, {"id": number, **facts}, True, 1, 1)
