"""What has been collected: organizations, repositories and milestones, as GitHub has them now."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select

from sprintlib.history.item_status import repository_ids
from sprintlib.project import ProjectHandle
from sprintlib.services.moments import Moment
from sprintlib.settings import SprintSource
from sprintlib.store import schema


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True)


class Repository(_Model):
    """A repository of the project. private: null where GitHub did not say."""

    id: int
    full_name: str
    organization: str | None
    html_url: str
    default_branch: str | None
    private: bool | None
    archived: bool | None
    observed_at: Moment


class Organization(_Model):
    """Who owns repositories of the project."""

    login: str
    kind: str | None
    repositories: tuple[str, ...]


class Milestone(_Model):
    """A milestone as it is on GitHub now, or a sprint of another source, with a part in each repository.

    number: of a milestone; of a sprint the one by which every command knows it.
    """

    repository: str
    number: int
    title: str
    state: Literal["open", "closed"]
    due_on: date | None
    html_url: str
    created_at: Moment
    closed_at: Moment | None
    source: SprintSource = "milestones"


def repositories(project: ProjectHandle) -> list[Repository]:
    """Those of the project that were collected and may be seen, by name."""
    project.permit("read")
    table = schema.repository
    with project.engine.connect() as connection:
        ids = list(repository_ids(connection, project.settings.project.repositories).values())
        columns = [table.c[name] for name in Repository.model_fields]
        rows = connection.execute(select(*columns).where(table.c.id.in_(ids)).order_by(table.c.full_name))
        return [Repository(**row) for row in rows.mappings()]


def organizations(project: ProjectHandle) -> list[Organization]:
    """Owners of `repositories`, by login."""
    owned: dict[str, list[str]] = {}
    for one in repositories(project):
        owned.setdefault(one.full_name.partition("/")[0], []).append(one.full_name)
    table = schema.organization
    with project.engine.connect() as connection:
        kinds = dict(
            connection.execute(select(table.c.login, table.c.kind).where(table.c.login.in_(list(owned)))).all()
        )
    return [
        Organization(login=login, kind=kinds.get(login), repositories=tuple(owned[login])) for login in sorted(owned)
    ]


def milestones(project: ProjectHandle, state: str | None = None) -> list[Milestone]:
    """What the sprints are of `repositories`, the one due last first; those without a due date come last."""
    names = {one.id: one.full_name for one in repositories(project)}
    if not names:
        return []
    source = project.settings.sprints.source
    taken = [name for name in Milestone.model_fields if name not in ("repository", "source")]
    rows = _collected(project, list(names), state) if source == "milestones" else _planned(project, state)
    found = [
        Milestone(repository=names[row["repository_id"]], source=source, **{name: row[name] for name in taken})
        for row in rows
        if row["repository_id"] in names
    ]
    return sorted(found, key=lambda one: (-(one.due_on or date.min).toordinal(), one.repository, -one.number))


def _planned(project: ProjectHandle, state: str | None) -> Sequence[Mapping[str, Any]]:
    """Sprints that are no milestones, as every command sees them now."""
    found = project.state(project.clock()).milestones
    return (found if state is None else found.filter(state=state)).to_dicts()


def _collected(project: ProjectHandle, ids: list[int], state: str | None) -> Sequence[Mapping[str, Any]]:
    table = schema.milestone
    query = select(table).where(table.c.repository_id.in_(ids), table.c.gone_at.is_(None))
    if state is not None:
        query = query.where(table.c.state == state)
    with project.engine.connect() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]
