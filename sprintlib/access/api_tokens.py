"""Tokens for programs: shown once, stored as a digest, with a role, perhaps for some repositories, and with an end."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Engine, insert, select, update
from sqlalchemy.exc import IntegrityError

from sprintlib.access.identity import Identity, Role
from sprintlib.errors import AccessError, SignInError
from sprintlib.store.schema import api_token

PREFIX = "sprint_"  # by which scanners for secrets know one
_NAME = re.compile(r"[\w.@-]{1,64}")
_FORM = re.compile(r"sprint_[A-Za-z0-9_-]{43}")
_FORGOTTEN = timedelta(minutes=5)  # the last use is written at most so often


@dataclass(frozen=True)
class ApiToken:
    """A token without its value. used_at: when it was last used, to within five minutes."""

    id: int
    name: str
    role: str
    repositories: tuple[str, ...] | None
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    used_at: datetime | None

    def as_dict(self) -> dict[str, Any]:
        """For JSON; times as RFC 3339."""
        told: dict[str, Any] = {"id": self.id, "name": self.name, "role": self.role, "state": self.state}
        told["repositories"] = self.repositories and list(self.repositories)
        moments = ("created_at", "expires_at", "revoked_at", "used_at")
        return told | {name: getattr(self, name) and getattr(self, name).isoformat() for name in moments}

    @property
    def state(self) -> str:
        """valid, expired or revoked."""
        if self.revoked_at:
            return "revoked"
        return "valid" if self.expires_at > datetime.now(UTC) else "expired"


def create_token(
    engine: Engine, name: str, role: Role, lifetime: timedelta, repositories: Sequence[str] | None = None
) -> tuple[str, ApiToken]:
    """Make a token; its value, which is kept nowhere, and what is kept.

    Raises AccessError for a name that is taken by a valid token, or is none.
    """
    if not _NAME.fullmatch(name):
        raise AccessError(f"'{name}' is no name for a token: use up to 64 letters, digits, '.', '-', '_' and '@'.")
    if any(one.name == name and one.state == "valid" for one in tokens(engine)):
        raise AccessError(f"There is a token '{name}' already: revoke it, or choose another name.")
    value, now = PREFIX + secrets.token_urlsafe(32), datetime.now(UTC)
    row = {
        "name": name,
        "digest": _digest(value),
        "role": role.name,
        "repositories": None if repositories is None else list(repositories),
        "created_at": now,
        "expires_at": now + lifetime,
    }
    try:
        with engine.begin() as connection:
            connection.execute(insert(api_token), row)
    except IntegrityError as error:
        raise AccessError("The token could not be stored: try again.") from error
    return value, next(one for one in tokens(engine) if one.name == name)


def tokens(engine: Engine) -> list[ApiToken]:
    """Every token that was ever made, newest first."""
    with engine.connect() as connection:
        rows = connection.execute(select(api_token).order_by(api_token.c.id.desc())).mappings().all()
    return [_token(row) for row in rows]


def revoke_token(engine: Engine, name: str) -> ApiToken:
    """End a valid token, by its name or number. Raises AccessError where there is none."""
    found = next((one for one in tokens(engine) if one.state == "valid" and name in (one.name, str(one.id))), None)
    if found is None:
        raise AccessError(f"There is no valid token '{name}': 'sprint token list' shows them.")
    with engine.begin() as connection:
        connection.execute(update(api_token).where(api_token.c.id == found.id).values(revoked_at=datetime.now(UTC)))
    return next(one for one in tokens(engine) if one.id == found.id)


def identify_token(engine: Engine, value: str) -> Identity:
    """Who a token stands for. Raises SignInError for one that is unknown, expired or revoked, and says no more."""
    row = None
    if _FORM.fullmatch(value):
        with engine.connect() as connection:
            # looked up by digest: how long that takes tells nothing of the value
            query = select(api_token).where(api_token.c.digest == _digest(value))
            row = connection.execute(query).mappings().first()
    found = _token(row) if row else None
    if found is None or found.state != "valid":
        raise SignInError("The token does not count: it is unknown, expired or revoked.")
    _note_use(engine, found)
    return Identity(found.name, Role[found.role], "token", found.repositories)


def _note_use(engine: Engine, found: ApiToken) -> None:
    now = datetime.now(UTC)
    if found.used_at is None or now - found.used_at > _FORGOTTEN:
        with engine.begin() as connection:
            connection.execute(update(api_token).where(api_token.c.id == found.id).values(used_at=now))


def _digest(value: str) -> str:
    # 256 random bits need no slow hash, unlike a password
    return sha256(value.encode()).hexdigest()


def _token(row: Any) -> ApiToken:
    values = {name: row[name] for name in ApiToken.__dataclass_fields__}
    repositories = values["repositories"]
    return ApiToken(**values | {"repositories": None if repositories is None else tuple(repositories)})
