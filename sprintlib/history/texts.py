"""Everything that was said about a project, as stored today: what `sprintlib.knowledge` indexes.

The only way from stored facts to the index. Each text carries when it was said, when it was last edited and when it
was fetched, so that a search as of a moment can leave out the future (docs/as-of.md).
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, Engine, Select, Table, func, select

from sprintlib.history.fact_reader import repositories
from sprintlib.history.machines import Machines
from sprintlib.settings import Settings
from sprintlib.store.schema import (
    analysis,
    changed_file,
    comment,
    commit,
    issue,
    listed,
    pull_request,
    pull_request_commit,
    repository,
    review,
)

MOST_PATHS = 30  # of one commit: generated files and mass renamings say little more


@dataclass(frozen=True)
class Text:
    """One thing that somebody said or did, in words.

    key: identity that survives edits. kind: issue | pull | comment | review | commit | release | analysis.
    ref: how people write it; of a comment or review, the item it belongs to. happened_at: when it was said;
    updated_at: of its last edit, as GitHub counts it; both null where a text has no time.
    """

    key: str
    kind: str
    repository_id: int | None
    number: int | None
    ref: str
    url: str
    title: str
    body: str
    author: str | None = None
    author_is_bot: bool = False
    happened_at: datetime | None = None
    updated_at: datetime | None = None
    observed_at: datetime | None = None


@dataclass(frozen=True)
class _Repository:
    id: int
    name: str
    url: str
    machines: Machines


def read_texts(engine: Engine, settings: Settings) -> Iterator[Text]:
    """Texts of the project's repositories, and of its analyses: the newest of each milestone and day."""
    with engine.connect() as connection:
        found = repositories(connection, settings.project.repositories, datetime.now(UTC))
        machines = Machines.of(settings.project.machines)
        for key, name, url in found.select("repository_id", "repo", "html_url").iter_rows():
            yield from _of_repository(connection, _Repository(key, name, url, machines))
        yield from _analyses(connection, settings.project.name)


def texts_state(engine: Engine, settings: Settings) -> str:
    """Something that changes whenever `read_texts` may give something else; takes milliseconds."""
    with engine.connect() as connection:
        seen = [
            tuple(connection.execute(select(func.count(), func.max(table.c.observed_at)).select_from(table)).one())
            for table in (issue, pull_request, comment, review, commit, listed.release)
        ]
        gone = [
            connection.scalar(select(func.count(table.c.gone_at)))
            for table in (issue, pull_request, comment, listed.release)
        ]
        called = connection.execute(select(repository.c.id, repository.c.full_name).order_by(repository.c.id)).all()
        files = connection.scalar(select(func.count()).select_from(changed_file))
        analyses = connection.execute(select(func.count(), func.max(analysis.c.id)).select_from(analysis)).one()
    project = settings.project
    told = repr(
        (
            sorted(project.repositories),
            project.name,
            sorted(project.machines),
            seen,
            gone,
            list(map(tuple, called)),
            files,
            tuple(analyses),
        )
    )
    return blake2b(told.encode(), digest_size=16).hexdigest()


def _of_repository(connection: Connection, repo: _Repository) -> Iterator[Text]:
    titles: dict[int, str] = {}
    for table, kind in ((issue, "issue"), (pull_request, "pull")):
        names = ("number", "title", "body", "author", "author_type", "html_url")
        query = _select(table, repo, *names, "created_at", "updated_at", "observed_at")
        for row in connection.execute(query.where(table.c.gone_at.is_(None))):
            titles[row.number] = row.title
            yield Text(
                key=f"{kind}:{repo.id}:{row.number}",
                kind=kind,
                number=row.number,
                url=row.html_url,
                title=row.title,
                body=row.body or "",
                happened_at=row.created_at,
                updated_at=row.updated_at,
                **_common(row, repo),
            )
    yield from _comments(connection, repo, titles)
    yield from _reviews(connection, repo, titles)
    yield from _commits(connection, repo, titles)
    yield from _releases(connection, repo)


def _comments(connection: Connection, repo: _Repository, titles: dict[int, str]) -> Iterator[Text]:
    names = ("kind", "id", "number", "body", "path", "author", "author_type", "html_url")
    query = _select(comment, repo, *names, "created_at", "updated_at", "observed_at")
    for row in connection.execute(query.where(comment.c.gone_at.is_(None))):
        if row.number not in titles:  # the item is gone, and what was said there with it
            continue
        yield Text(
            key=f"comment:{row.kind}-{row.id}",
            kind="comment",
            number=row.number,
            url=row.html_url or f"{repo.url}/issues/{row.number}",
            title=titles.get(row.number, ""),
            body=f"{row.path}\n{row.body or ''}" if row.path else row.body or "",
            happened_at=row.created_at,
            updated_at=row.updated_at,
            **_common(row, repo),
        )


def _reviews(connection: Connection, repo: _Repository, titles: dict[int, str]) -> Iterator[Text]:
    names = ("id", "number", "body", "author", "author_type", "html_url", "submitted_at", "observed_at")
    for row in connection.execute(_select(review, repo, *names).where(review.c.body != "")):
        yield Text(
            key=f"review:{row.id}",
            kind="review",
            number=row.number,
            url=row.html_url or f"{repo.url}/pull/{row.number}",
            title=titles.get(row.number, ""),
            body=row.body,
            happened_at=row.submitted_at,
            updated_at=row.submitted_at,
            **_common(row, repo),
        )


def _commits(connection: Connection, repo: _Repository, titles: dict[int, str]) -> Iterator[Text]:
    paths = _paths(connection, repo)
    first_pull = (
        select(pull_request_commit.c.sha, func.min(pull_request_commit.c.number))
        .where(pull_request_commit.c.repository_id == repo.id)
        .group_by(pull_request_commit.c.sha)
    )
    pulls = {sha: number for sha, number in connection.execute(first_pull)}  # noqa: C416 - rows are no pairs to mypy
    names = ("sha", "author", "message", "committed_at", "observed_at")
    for row in connection.execute(_select(commit, repo, *names)):
        subject, _, rest = (row.message or "").partition("\n")
        number = pulls.get(row.sha)
        title = subject or titles.get(number or 0, "")
        yield Text(
            key=f"commit:{repo.id}:{row.sha}",
            kind="commit",
            repository_id=repo.id,
            number=number,
            ref=f"{repo.name}@{row.sha[:7]}",
            url=f"{repo.url}/commit/{row.sha}",
            title=title,
            body="\n".join([rest.strip(), *paths.get(row.sha, [])]).strip(),
            author=row.author,
            author_is_bot=repo.machines.includes(row.author),
            happened_at=row.committed_at,
            updated_at=row.committed_at,
            observed_at=row.observed_at,
        )


def _paths(connection: Connection, repo: _Repository) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    query = select(changed_file.c.sha, changed_file.c.path).where(changed_file.c.repository_id == repo.id)
    for sha, path in connection.execute(query.order_by(changed_file.c.sha, changed_file.c.path)):
        if len(found[sha]) < MOST_PATHS:
            found[sha].append(path)
    return found


def _releases(connection: Connection, repo: _Repository) -> Iterator[Text]:
    names = ("id", "tag", "name", "body", "html_url", "published_at", "observed_at")
    query = _select(listed.release, repo, *names).where(
        listed.release.c.published_at.is_not(None), listed.release.c.gone_at.is_(None)
    )
    for row in connection.execute(query):
        yield Text(
            key=f"release:{row.id}",
            kind="release",
            repository_id=repo.id,
            number=None,
            ref=f"{repo.name} release {row.tag}",
            url=row.html_url or f"{repo.url}/releases",
            title=row.name or row.tag,
            body=row.body or "",
            happened_at=row.published_at,
            updated_at=row.published_at,
            observed_at=row.observed_at,
        )


def _analyses(connection: Connection, project: str) -> Iterator[Text]:
    order = func.row_number().over(
        partition_by=(analysis.c.milestone, func.date(analysis.c.as_of)),
        order_by=(analysis.c.as_of.desc(), analysis.c.revision.desc()),
    )
    ranked = (
        select(analysis.c.as_of, analysis.c.created_at, analysis.c.body, order.label("place"))
        .where(analysis.c.project == project)
        .subquery()
    )
    query = select(ranked.c.as_of, ranked.c.created_at, ranked.c.body).where(ranked.c.place == 1)
    for as_of, created_at, body in connection.execute(query):
        yield from _analysis(as_of, created_at, body)


def _analysis(as_of: datetime, created_at: datetime, body: dict[str, Any]) -> Iterator[Text]:
    parts = body.get("parts") or []
    if not parts:
        return
    title, first = body["title"], parts[0]
    risks = [risk["statement"] for risk in body.get("risks") or []]
    advice = [one["action"] for one in body.get("recommendations") or []]
    yield Text(
        key=f"analysis:{title[:100]}:{as_of.date()}",
        kind="analysis",
        repository_id=None,
        number=None,
        ref=f"{first['repo']} milestone {first['number']}",
        url=first["html_url"],
        title=f"Analysis of {title} as of {as_of:%Y-%m-%d}",
        body="\n".join([body.get("summary") or "", *risks, *advice]),
        happened_at=as_of,
        updated_at=as_of,
        observed_at=created_at,
    )


def _select(table: Table, repo: _Repository, *names: str) -> Select[Any]:
    return select(*(table.c[name] for name in names)).where(table.c.repository_id == repo.id)


def _common(row: Any, repo: _Repository) -> dict[str, Any]:
    return {
        "repository_id": repo.id,
        "ref": f"{repo.name}#{row.number}",
        "author": row.author,
        "author_is_bot": repo.machines.includes(row.author, row.author_type),
        "observed_at": row.observed_at,
    }
