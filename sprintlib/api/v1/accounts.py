"""Who asks, and what was changed by whom."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict

from sprintlib.access import AuditEntry, entries
from sprintlib.access.identity import Proof
from sprintlib.api.dependencies import Project, Who, context
from sprintlib.api.paging import Cursor, Limit, Page, numbered_page
from sprintlib.project import ProjectHandle
from sprintlib.services.moments import Moment
from sprintlib.settings import AuthMode

router = APIRouter(tags=["auth"])


class Account(BaseModel):
    """Who asks. csrf: what writes of a page must send as X-CSRF-Token; null where a token was given.

    repositories: those that are shown; withheld: how many are not.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    role: str
    by: Proof
    mode: AuthMode
    repositories: tuple[str, ...]
    withheld: int
    csrf: str | None


class AuditRecord(BaseModel):
    """A write, or one that was refused."""

    model_config = ConfigDict(frozen=True)

    id: int
    happened_at: Moment
    name: str
    role: str
    proof: str
    action: str
    subject: str
    outcome: str


@router.get("/auth/me")
def me(request: Request, who: Who, project: Project) -> Account:
    """Who asks, with which role, and what they may see."""
    return Account(
        name=who.name,
        role=who.role.name,
        by=who.by,
        mode=project.settings.auth.mode,
        repositories=project.settings.project.repositories,
        withheld=len(project.withheld),
        csrf=None if who.by == "token" else context(request).csrf.make(who.name),
    )


def _for_admins(project: Project) -> ProjectHandle:
    project.permit("audit")
    return project


@router.get("/audit")
def audit(
    project: Annotated[ProjectHandle, Depends(_for_admins)], limit: Limit = 50, cursor: Cursor = None
) -> Page[AuditRecord]:
    """Every write, newest first; for admins."""

    def read(most: int, before: int | None) -> list[AuditEntry]:
        return entries(project.engine, most, before)

    found = numbered_page(read, lambda one: one.id, limit, cursor)
    records = [AuditRecord(**{name: getattr(one, name) for name in AuditRecord.model_fields}) for one in found.items]
    return Page(items=records, next=found.next)
