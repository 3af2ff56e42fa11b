"""Sections about who may ask, and from where."""

import re
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from sprintlib.settings.addresses import checked_address, checked_origin
from sprintlib.settings.section import SettingsSection, checked_logins

_HOST = re.compile(r"(?:\*\.)?[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})")
AuthMode = Literal["none", "token", "password", "github"]


class WebhookSettings(SettingsSection):
    """How GitHub's webhooks are checked. SPRINT_WEBHOOK_SECRET goes before the file."""

    secret_file: str | None = Field(None, description="file that holds the secret, relative to the home folder")
    secret_file_before: str | None = Field(None, description="the same for the former secret, while both count")


class AuthSettings(SettingsSection):
    """Who may use the API and the pages. Tokens of `sprint token create` count in every mode."""

    mode: AuthMode = Field(
        "none",
        description="none: the person at this machine, on loopback only; token; password; github: sign in with GitHub",
    )
    viewers: tuple[str, ...] = Field((), description="logins that may look")
    members: tuple[str, ...] = Field((), description="logins that may also answer recommendations")
    admins: tuple[str, ...] = Field((), description="logins that may also run jobs, and see deliveries and the audit")

    organizations: tuple[str, ...] = Field((), description="organizations whose members may look (mode github)")
    passwords: dict[str, str] = Field({}, description="name = hash of 'sprint token password' (mode password)")
    session_hours: int = Field(12, ge=1, le=24, description="how long somebody stays signed in")
    public_url: str | None = Field(None, description="address by which browsers reach sprint serve, with https")
    client_id: str | None = Field(None, description="of the OAuth app on GitHub (mode github)")
    client_secret_file: str | None = Field(
        None, description="file with its secret, relative to the home folder; SPRINT_GITHUB_CLIENT_SECRET goes first"
    )
    github_url: str = Field("https://github.com", description="where people sign in; change it for GitHub Enterprise")

    @field_validator("public_url", "github_url")
    @classmethod
    def _reachable(cls, value: str | None) -> str | None:
        return None if value is None else checked_address(value)

    @field_validator("viewers", "members", "admins")
    @classmethod
    def _people(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return checked_logins(value)


class ApiSettings(SettingsSection):
    """How `sprint serve` answers other programs."""

    hosts: tuple[str, ...] = Field((), description="names it is reached by, besides those of this machine")
    origins: tuple[str, ...] = Field((), description="web addresses whose pages may ask it from a browser (CORS)")
    proxies: tuple[str, ...] = Field((), description="addresses of proxies that are believed whose request it is")
    requests_per_minute: int = Field(100, ge=1, description="requests a minute of one user or address")
    limits_url: str = Field("memory://", description="where requests are counted: memory://, or redis://HOST:PORT")
    answers_url: str = Field(
        "memory://", description="where answers are kept until the store changes: memory://, or redis://HOST:PORT"
    )

    @field_validator("origins")
    @classmethod
    def _addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(checked_origin(one) for one in value)

    @field_validator("hosts")
    @classmethod
    def _names(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            if not _HOST.fullmatch(name):
                raise ValueError(f"'{name}' is not a host name such as sprint.example.com")
        return value

    @field_validator("limits_url", "answers_url")
    @classmethod
    def _memory_or_redis(cls, value: str) -> str:
        if urlsplit(value).scheme not in ("memory", "redis", "rediss"):
            raise ValueError("write memory://, or redis://HOST:PORT")
        return value
