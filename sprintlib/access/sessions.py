"""Who is signed in: a short signed session, of which the store knows, so that it can be ended at once."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import jwt
from sqlalchemy import Engine, insert, select, update

from sprintlib.access.identity import Identity, Role
from sprintlib.access.keys import load_keys
from sprintlib.errors import SignInError
from sprintlib.settings import AuthSettings
from sprintlib.store.schema import session as table

COOKIE = "sprint_session"
_ALGORITHM = "HS256"
_ISSUER = "sprint"
CHECKED_FOR = timedelta(hours=1)  # then GitHub is asked again who may see what


@dataclass(frozen=True)
class Session:
    """A session as the store knows it. repositories: what may be seen; None: all. organization: by which it is."""

    id: int
    login: str
    organization: str | None
    repositories: tuple[str, ...] | None
    checked_at: datetime


def role_of(auth: AuthSettings, login: str, organization: str | None = None) -> Role | None:
    """What somebody may do by the settings; None for who is on no list and in none of the organizations."""
    listed = {Role.admin: auth.admins, Role.member: auth.members, Role.viewer: auth.viewers}
    for role, logins in listed.items():
        if login.lower() in map(str.lower, logins):
            return role
    return Role.viewer if organization and organization in auth.organizations else None


def begin_session(
    engine: Engine,
    data_dir: Path,
    auth: AuthSettings,
    login: str,
    repositories: Sequence[str] | None = None,
    organization: str | None = None,
) -> str:
    """Sign somebody in: the value of the cookie. Raises SignInError for who is on no list."""
    if role_of(auth, login, organization) is None:
        raise SignInError(f"{login} is not on the list of this project: ask who runs it.")
    now, name = datetime.now(UTC), secrets.token_urlsafe(24)
    until = now + timedelta(hours=auth.session_hours)
    row = {
        "digest": _digest(name),
        "login": login,
        "organization": organization,
        "repositories": None if repositories is None else list(repositories),
        "created_at": now,
        "expires_at": until,
        "checked_at": now,
    }
    with engine.begin() as connection:
        connection.execute(insert(table), row)
    claims = {"iss": _ISSUER, "aud": "session", "sub": login, "jti": name, "iat": now, "exp": until}
    return sign(data_dir, claims)


def find_session(engine: Engine, data_dir: Path, value: str) -> Session:
    """The session of a cookie. Raises SignInError for one that is forged, expired or ended."""
    name = read(data_dir, value, "session").get("jti", "")
    query = select(table).where(table.c.digest == _digest(name), table.c.revoked_at.is_(None))
    with engine.connect() as connection:
        row = connection.execute(query.where(table.c.expires_at > datetime.now(UTC))).mappings().first()
    if row is None:
        raise SignInError("The session has ended: sign in again.")
    repositories = row["repositories"]
    seen = None if repositories is None else tuple(repositories)
    return Session(row["id"], row["login"], row["organization"], seen, row["checked_at"])


def identity_of(auth: AuthSettings, found: Session) -> Identity:
    """Who that is now, by the settings as they are. Raises SignInError for who is no longer on a list."""
    role = role_of(auth, found.login, found.organization)
    if role is None:
        raise SignInError(f"{found.login} is no longer on the list of this project.")
    return Identity(found.login, role, "session", found.repositories)


def renew_check(engine: Engine, found: Session, repositories: Sequence[str] | None, organization: str | None) -> None:
    """Note what GitHub says now of who may see what."""
    values = {
        "repositories": None if repositories is None else list(repositories),
        "organization": organization,
        "checked_at": datetime.now(UTC),
    }
    with engine.begin() as connection:
        connection.execute(update(table).where(table.c.id == found.id).values(values))


def end_session(engine: Engine, found: Session) -> None:
    """Sign out: the cookie counts no longer, wherever a copy of it is."""
    with engine.begin() as connection:
        connection.execute(update(table).where(table.c.id == found.id).values(revoked_at=datetime.now(UTC)))


def sign(data_dir: Path, claims: dict[str, Any]) -> str:
    """Claims, signed with the newest key."""
    key = load_keys(data_dir)[0]
    return jwt.encode(claims, key.derived("sessions"), algorithm=_ALGORITHM, headers={"kid": key.id})


def read(data_dir: Path, value: str, audience: str) -> dict[str, Any]:
    """The claims of what we signed for a purpose, with a key that still counts. Raises SignInError."""
    try:
        named = jwt.get_unverified_header(value).get("kid")
        key = next(key for key in load_keys(data_dir) if key.id == named)
        claims: dict[str, Any] = jwt.decode(
            value,
            key.derived("sessions"),
            algorithms=[_ALGORITHM],
            audience=audience,
            issuer=_ISSUER,
            options={"require": ["exp", "aud", "iss"]},
        )
    except (jwt.InvalidTokenError, StopIteration, ValueError):
        raise SignInError("The session does not count: sign in again.") from None
    return claims


def _digest(name: str) -> str:
    return sha256(name.encode()).hexdigest()
