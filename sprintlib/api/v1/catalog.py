"""Organizations, repositories and milestones (or other sprints), as they are now."""

from typing import Literal

from fastapi import APIRouter, HTTPException

from sprintlib.api.dependencies import Number, Project, Stored
from sprintlib.api.paging import Cursor, Limit, Page, page_of
from sprintlib.api.problems import responses
from sprintlib.services import milestones, organizations, repositories
from sprintlib.services.catalog import Milestone, Organization, Repository

router = APIRouter(dependencies=[Stored])


@router.get("/organizations", tags=["organizations"])
def list_organizations(project: Project, limit: Limit = 50, cursor: Cursor = None) -> Page[Organization]:
    """Who owns the project's repositories."""
    return page_of(organizations(project), lambda one: one.login, limit, cursor)


@router.get("/repositories", tags=["repositories"])
def list_repositories(project: Project, limit: Limit = 50, cursor: Cursor = None) -> Page[Repository]:
    """The project's repositories, and when each was collected last."""
    return page_of(repositories(project), lambda one: str(one.id), limit, cursor)


@router.get("/repositories/{owner}/{name}", tags=["repositories"], responses=responses(404))
def read_repository(project: Project, owner: str, name: str) -> Repository:
    """One of them."""
    full_name = f"{owner}/{name}".lower()
    found = next((one for one in repositories(project) if one.full_name.lower() == full_name), None)
    if found is None:
        raise HTTPException(404, f"{owner}/{name} is not a repository of this project.")
    return found


@router.get("/milestones", tags=["milestones"])
def list_milestones(
    project: Project, state: Literal["open", "closed"] | None = None, limit: Limit = 50, cursor: Cursor = None
) -> Page[Milestone]:
    """The repositories' milestones, or the sprints that `[sprints]` names instead, the one due last first."""
    return page_of(milestones(project, state), lambda one: f"{one.repository}#{one.number}", limit, cursor)


@router.get("/milestones/{owner}/{name}/{number}", tags=["milestones"], responses=responses(404))
def read_milestone(project: Project, owner: str, name: str, number: Number) -> Milestone:
    """One of them."""
    wanted = (f"{owner}/{name}".lower(), number)
    found = next((one for one in milestones(project) if (one.repository.lower(), one.number) == wanted), None)
    if found is None:
        raise HTTPException(404, f"{owner}/{name} has no milestone {number}.")
    return found
