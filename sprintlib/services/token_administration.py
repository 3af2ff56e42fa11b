"""Tokens for programs: made, listed and ended by admins."""

from collections.abc import Sequence
from datetime import timedelta

from sprintlib import access
from sprintlib.access import ApiToken, Role
from sprintlib.errors import AccessError
from sprintlib.project import ProjectHandle


def create_token(
    project: ProjectHandle, name: str, role: Role, lifetime: timedelta, repositories: Sequence[str] = ()
) -> tuple[str, ApiToken]:
    """A token's value, which is told only now, and what is kept of it.

    repositories: it may see only these, and write nothing; none: all of the project's. Raises AccessError.
    """
    known = {one.lower(): one for one in project.settings.project.repositories}
    for one in repositories:
        if one.lower() not in known:
            raise AccessError(
                f"'{one}' is not a repository of {project.name}: choose from {', '.join(known.values())}."
            )
    if repositories and role is not Role.viewer:
        raise AccessError("A token for some repositories can only read: leave out --role, or --repository.")
    seen = [known[one.lower()] for one in repositories] or None
    with project.acting("token", f"create {name}, {role.name}"):
        return access.create_token(project.engine, name, role, lifetime, seen)


def tokens(project: ProjectHandle) -> list[ApiToken]:
    """Every token that was ever made, newest first, without values. Raises AccessError."""
    project.permit("token")
    return access.tokens(project.engine)


def revoke_token(project: ProjectHandle, name: str) -> ApiToken:
    """End a valid token, by its name or number. Raises AccessError."""
    with project.acting("token", f"revoke {name}"):
        return access.revoke_token(project.engine, name)
