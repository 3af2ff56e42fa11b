"""A project written down fact by fact into a store, as a collector would have left it."""

import json
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, select, update

from sprintlib.facts.changes import changes_in, note_changes
from sprintlib.history import ProjectState, load_state
from sprintlib.settings import Settings, parse
from sprintlib.store import append, schema, upsert

API, WEB = "acme/api", "acme/web"
IDS = {API: 1, WEB: 2}
SEEN = datetime(2026, 6, 1, tzinfo=UTC)


def at(text: str) -> datetime:
    """'03-02 09:00' of 2026, UTC; '03-02' is its first moment."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=UTC)


class World:
    """Facts of acme/api and acme/web. Everything was fetched at SEEN unless `observed` says otherwise.

    Times are texts such as '03-02 09:00' (2026, UTC) or datetimes. Writing a fact again replaces it.
    """

    def __init__(self, engine: Engine, home: Path = Path("/tmp"), zone: str = "UTC") -> None:
        self.engine = engine
        project = {"name": "acme", "repositories": list(IDS), "time_zone": zone}
        self.settings: Settings = parse({"home": home, "project": project})
        self._numbers: Iterator[int] = iter(range(1, 1_000_000))
        self._pending: list[Callable[[Connection], None]] = []
        for name, key in IDS.items():
            self._write(
                schema.repository, id=key, full_name=name, html_url=f"https://github.com/{name}", default_branch="main"
            )

    def numbers_from(self, first: int) -> None:
        """Number what follows from here on, in a store that holds events already."""
        self._numbers = iter(range(first, 1_000_000))

    def past(self, as_of: str | datetime) -> ProjectState:
        self.flush()
        return load_state(self.engine, self.settings, _moment(as_of))

    def milestone(
        self,
        number: int,
        title: str,
        created: str | datetime = "03-01",
        due: str | None = None,
        closed: str | datetime | None = None,
        updated: str | datetime | None = None,
        repo: str = API,
        **more: Any,
    ) -> None:
        row = {
            "repository_id": IDS[repo],
            "number": number,
            "node_id": f"milestone{repo}{number}",
            "title": title,
            "state": "closed" if closed else "open",
            "due_on": date.fromisoformat(f"2026-{due}") if due else None,
            "html_url": f"https://github.com/{repo}/milestone/{number}",
            "created_at": _moment(created),
            "updated_at": _moment(updated or closed or created),
            "closed_at": _moment(closed),
            **more,
        }
        self._keep("milestone", row)
        self._write(schema.milestone, **row)

    def title(self, number: int, title: str, seen: str | datetime, repo: str = API) -> None:
        """A payload updated at `seen` showed the number under the title."""
        row = {"repository_id": IDS[repo], "number": number, "title": title, "proof": "", "seen_at": _moment(seen)}
        self._later(upsert, schema.milestone_title, row, oldest_by=("seen_at",))

    def snapshot(
        self, number: int, day: str | datetime, title: str, state: str = "open", due: str | None = None
    ) -> None:
        """The picture taken at noon of that day, or at that moment; the first of a day stays."""
        taken = at(f"{day} 12:00") if isinstance(day, str) else day
        row = {
            "repository_id": 1,
            "number": number,
            "day": taken.date(),
            "title": title,
            "state": state,
            "due_on": date.fromisoformat(f"2026-{due}") if due else None,
            "observed_at": taken,
        }
        self._later(append, schema.snapshot, row)

    def issue(self, number: int, created: str | datetime = "03-02 09:00", repo: str = API, **more: Any) -> None:
        row = self._item(number, created, repo, "issues", more)
        self._keep("issue", row)
        self._write(schema.issue, **row)

    def pull(self, number: int, created: str | datetime = "03-02 09:00", repo: str = API, **more: Any) -> None:
        merged = _moment(more.pop("merged", None))
        if merged and "closed" not in more:
            more["closed"] = merged
        pull = {"draft": False, "merged": merged is not None, "merged_at": merged, "requested_reviewers": []}
        pull |= {"head_sha": None, "head_ref": None, "additions": None, "deletions": None}
        pull |= {key: more.pop(key) for key in list(more) if key in pull}
        row = pull | self._item(number, created, repo, "pull", more)
        self._keep("pull", row)
        self._write(schema.pull_request, **row)

    def event(
        self,
        number: int,
        kind: str,
        happened: str | datetime,
        subject: str | None = None,
        detail: str | None = None,
        repo: str = API,
        actor: str | None = "ann",
        **more: Any,
    ) -> None:
        """The item must be written separately; GitHub's payload of it shows the outcome of its events."""
        self._write(
            schema.event,
            id=str(next(self._numbers)),
            repository_id=IDS[repo],
            number=number,
            kind=kind,
            actor=actor,
            actor_type="User",
            subject=subject,
            detail=detail,
            happened_at=_moment(happened),
            **more,
        )

    def comment(self, number: int, body: str, created: str | datetime, repo: str = API, **more: Any) -> None:
        key = more.pop("key", None) or f"c{next(self._numbers)}"
        row = {"author": "bob", "author_type": "User", "kind": "issue", "updated_at": _moment(created), **more}
        row["html_url"] = f"https://github.com/{repo}/issues/{number}#issuecomment-{key}"
        row |= {"id": zlib.crc32(key.encode()), "node_id": key, "repository_id": IDS[repo], "number": number}
        row |= {"created_at": _moment(created)}
        self._write(schema.comment, body=body, **row)

    def review(self, number: int, state: str, submitted: str | datetime, repo: str = API, **more: Any) -> None:
        key = more.pop("key", None) or f"r{next(self._numbers)}"
        row = {"author": "bob", "author_type": "User", "body": None, "html_url": "https://github.com/r", **more}
        row |= {"id": zlib.crc32(key.encode()), "node_id": key, "repository_id": IDS[repo], "number": number}
        row |= {"state": state}
        self._write(schema.review, submitted_at=_moment(submitted), **row)

    def commit(
        self,
        sha: str,
        committed: str | datetime,
        number: int | None = None,
        message: str = "",
        repo: str = API,
        author: str = "Ann",
    ) -> None:
        self._write(
            schema.commit,
            repository_id=IDS[repo],
            sha=sha,
            author=author,
            message=message,
            parents=[],
            committed_at=_moment(committed),
        )
        if number is not None:
            row = {"repository_id": IDS[repo], "number": number, "sha": sha}
            self._later(append, schema.pull_request_commit, row)

    def run(
        self,
        key: int,
        created: str | datetime,
        finished: str | datetime | None,
        conclusion: str = "success",
        repo: str = API,
        **more: Any,
    ) -> None:
        self._write(
            schema.workflow_run,
            id=key,
            attempt=1,
            repository_id=IDS[repo],
            **{"name": "tests", "event": "push", "head_branch": "main", "head_sha": "0" * 40, **more},
            status="completed" if finished else "in_progress",
            conclusion=conclusion if finished else None,
            html_url=f"https://github.com/{repo}/actions/runs/{key}",
            created_at=_moment(created),
            started_at=_moment(created),
            updated_at=_moment(finished or created),
        )

    def blocked_by(self, number: int, blocker: str, observed: str | datetime, repo: str = API) -> None:
        """GitHub listed the blocker when asked at `observed`."""
        row = {"repository_id": IDS[repo], "number": number, "blocker": blocker, "type": "blocks"}
        self._write(schema.dependency, observed=observed, **row)

    def gone(self, table: Table, when: str | datetime, **key: Any) -> None:
        """GitHub was first found at `when` to have the row with these values no longer."""

        def mark(connection: Connection) -> None:
            chosen = [table.c[name] == value for name, value in key.items()]
            connection.execute(update(table).where(*chosen).values(gone_at=_moment(when)))
            rows = [dict(row) for row in connection.execute(select(table).where(*chosen)).mappings()]
            note_changes(connection, list(changes_in(table, rows)))

        self._pending.append(mark)

    def _keep(self, kind: str, row: dict[str, Any]) -> None:
        """The payload that such a row was made from."""
        names = ("node_id", "number", "title", "body", "state", "state_reason", "draft", "additions", "deletions")
        content = {name: row[name] for name in (*names, "html_url") if name in row}
        content["due_on"] = f"{row['due_on']}T00:00:00Z" if row.get("due_on") else None
        for name in ("created_at", "updated_at", "closed_at", "merged_at"):
            content[name] = row[name].isoformat() if row.get(name) else None
        content["head"] = {"sha": row.get("head_sha"), "ref": row.get("head_ref")}
        kept = {"kind": kind, "key": f"{row['repository_id']}-{row['number']}", "digest": str(next(self._numbers))}
        kept |= {"repository_id": row["repository_id"], "body": zlib.compress(json.dumps(content).encode())}
        self._later(append, schema.payload, kept | {"observed_at": _moment(row.get("observed")) or SEEN})

    def _item(
        self, number: int, created: str | datetime, repo: str, folder: str, more: dict[str, Any]
    ) -> dict[str, Any]:
        closed = _moment(more.pop("closed", None))
        updated = _moment(more.pop("updated", None)) or closed or _moment(created)
        row: dict[str, Any] = {
            "title": f"Item {number}",
            "body": "",
            "author": "ann",
            "author_type": "User",
            "state": "closed" if closed else "open",
            "state_reason": None,
            "locked": False,
            "labels": [],
            "assignees": [],
            "milestone_number": more.pop("milestone", None),
        }
        row |= {"node_id": f"{repo}{number}", "repository_id": IDS[repo], "number": number, **more}
        row |= {"created_at": _moment(created), "updated_at": updated, "closed_at": closed}
        return row | {"html_url": f"https://github.com/{repo}/{folder}/{number}"}

    def _write(self, table: Table, observed: str | datetime | None = None, **row: Any) -> None:
        row |= {"source": "test", "observed_at": _moment(observed) or SEEN}
        self._later(upsert, table, row)

    def _later(self, write: Callable[..., None], table: Table, row: dict[str, Any], **how: Any) -> None:
        def wrote(connection: Connection) -> None:
            write(connection, table, [row], **how)
            note_changes(connection, list(changes_in(table, [row])))

        self._pending.append(wrote)

    def flush(self) -> None:
        """Write what was said, in order and in one transaction."""
        with self.engine.begin() as connection:
            for write in self._pending:
                write(connection)
        self._pending.clear()


def _moment(value: str | datetime | None) -> datetime | None:
    return at(value) if isinstance(value, str) else value
