"""Sections about what is written, where and when."""

import re
from datetime import date
from typing import Literal

from pydantic import Field, field_validator

from sprintlib.settings.addresses import checked_address
from sprintlib.settings.section import OWNER, SettingsSection, Weekday

_MAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})")
DigestTarget = Literal["file", "slack", "teams", "email", "issue", "summary"]


class ReportSettings(SettingsSection):
    """When a report is due and how long it may take."""

    at: str = Field("07:30", pattern=r"^([01]\d|2[0-3]):[0-5]\d$", description="local time of day")
    days: tuple[Weekday, ...] = Field(("mon", "tue", "wed", "thu", "fri"), description="days with a report")
    weekly: Weekday | None = Field(None, description="day with a weekly digest of all milestones; default: none")
    at_start: bool = Field(True, description="report on each sprint when it has begun, also between these days")
    retrospective: bool = Field(True, description="look back on each sprint when it is over")
    timeout_seconds: int = Field(300, ge=10, description="wall-clock limit of one report")
    keep_days: int = Field(90, ge=1, description="how long dated reports are kept")
    explain: bool = Field(True, description="explain reports, in a model's words where one answers")
    pseudonyms: bool = Field(False, description="call people dev-1a2b3c in reports and digests")


class LearningSettings(SettingsSection):
    """When `sprint run due` tries to learn from finished sprints, and whether it adopts what would have helped."""

    days: tuple[Weekday, ...] = Field(("mon",), description="days on which 'sprint run due' tries recalibrating")
    adopt: bool = Field(False, description="adopt by itself what would have helped on your own finished sprints")


class StoreSettings(SettingsSection):
    """Where facts and results live."""

    url: str | None = Field(None, description="SQLAlchemy URL; default is data/sprint.db in the home folder")


class TelemetrySettings(SettingsSection):
    """Spans and figures for OpenTelemetry; nothing is sent unless an address is named. Needs `sprintlib[otel]`."""

    otlp_url: str | None = Field(None, description="of a collector, OTLP over HTTP, such as http://127.0.0.1:4318")

    @field_validator("otlp_url")
    @classmethod
    def _reachable(cls, value: str | None) -> str | None:
        return None if value is None else checked_address(value)


class BackupSettings(SettingsSection):
    """Copies of the store, made by `sprint backup` and once a day by `sprint run due`."""

    folder: str = Field("backups", description="where backups go, relative to the home folder; best another disk")
    daily: bool = Field(True, description="have 'sprint run due' make one a day")
    keep_days: int = Field(30, ge=1, description="days of which the last backup is kept")
    keep_weeks: int = Field(4, ge=0, description="weeks before these of which the last backup is kept")


class DigestSettings(SettingsSection):
    """A short message a day or a week. `sprint run due` sends it where `to` names a place."""

    to: tuple[DigestTarget, ...] = Field((), description="where it goes: file, slack, teams, email, issue, summary")
    every: Literal["day", "week"] = Field("day", description="how often: each working day, or once a week")
    weekday: Weekday = Field("mon", description="of a weekly one")
    at: str = Field("08:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d$", description="local time of day")
    snooze_until: date | None = Field(None, description="nothing is sent by itself before this day")
    pages_url: str | None = Field(None, description="where the dashboards are reached, to link to them")
    folder: str = Field("digests", description="where target file writes, relative to the home folder")
    slack_webhook_file: str | None = Field(
        None, description="file with the address of Slack's incoming webhook; SPRINT_SLACK_WEBHOOK goes first"
    )
    teams_webhook_file: str | None = Field(
        None, description="file with the address of the Teams workflow; SPRINT_TEAMS_WEBHOOK goes first"
    )
    issue: str | None = Field(None, description="OWNER/NAME#NUMBER, below which one comment is kept up to date")
    smtp_host: str | None = Field(None, description="the mail server")
    smtp_port: int = Field(587, ge=1, le=65535, description="its port")
    smtp_security: Literal["starttls", "tls", "none"] = Field("starttls", description="none: on this machine only")
    smtp_user: str | None = Field(None, description="who signs in there; default: nobody does")
    smtp_password_file: str | None = Field(
        None, description="file with the password, relative to the home folder; SPRINT_SMTP_PASSWORD goes first"
    )
    sender: str | None = Field(None, description="address that mails come from")
    recipients: tuple[str, ...] = Field((), description="addresses that mails go to")

    @field_validator("pages_url")
    @classmethod
    def _reachable(cls, value: str | None) -> str | None:
        return None if value is None else checked_address(value)

    @field_validator("issue")
    @classmethod
    def _item(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(rf"{OWNER}/[A-Za-z0-9._-]{{1,100}}#[1-9]\d*", value):
            raise ValueError(f"'{value}' is not of the form OWNER/NAME#NUMBER")
        return value

    @field_validator("sender", "recipients")
    @classmethod
    def _mail(cls, value: str | tuple[str, ...] | None) -> str | tuple[str, ...] | None:
        for address in (value,) if isinstance(value, str) else value or ():
            if not _MAIL.fullmatch(address):
                raise ValueError(f"'{address}' is not a mail address such as team@example.com")
        return value


class PathSettings(SettingsSection):
    """Folders, relative to the home folder."""

    data: str = Field("data", description="store, clones, caches")
    reports: str = Field("papermill_runs", description="dated reports")


class LlmSettings(SettingsSection):
    """The optional local language model."""

    host: str = Field("http://127.0.0.1:11434", description="Ollama's address")
    model: str | None = Field(None, description="model name; default: the largest installed one that fits")
    timeout_seconds: float = Field(180, gt=0, description="longest wait for the next words of an answer")
    words_seconds: float = Field(300, gt=0, description="longest wait for all words of one analysis")

    @field_validator("host")
    @classmethod
    def _address(cls, value: str) -> str:
        return checked_address(value if "://" in value else f"http://{value}")  # Ollama's own way of writing it


class ClockSettings(SettingsSection):
    """Where the present comes from, for a simulated project."""

    file: str | None = Field(None, description="file that holds the present moment; default: this machine's clock")
