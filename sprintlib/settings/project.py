"""Sections about the team: its repositories, its calendar, and what its sprints are."""

import re
from datetime import date
from typing import Literal, Self, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator, model_validator

from sprintlib.settings.addresses import checked_address
from sprintlib.settings.section import OWNER, REPOSITORY, SettingsSection, Weekday, checked_logins

_FIRST_YEAR = 2008
LENGTH = re.compile(r"([1-9]\d{0,2}) (day|week)s?")
_BOARD = re.compile(rf"{OWNER}/[1-9]\d{{0,8}}")
SprintSource = Literal["milestones", "cadence", "projects"]


class ProjectSettings(SettingsSection):
    """Which repositories are looked at together."""

    name: str = Field(description="name shown in reports")
    repositories: tuple[str, ...] = Field(min_length=1, description="OWNER/NAME, usually two or three")
    time_zone: str = Field("UTC", description="IANA name; a due date ends at midnight there")
    cadence_days: int = Field(14, ge=1, description="length of a sprint where no milestone has a due date")
    machines: tuple[str, ...] = Field((), description="logins of bots that GitHub lists as users")

    @field_validator("repositories")
    @classmethod
    def _owner_and_name(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for full_name in value:
            if not REPOSITORY.fullmatch(full_name):
                raise ValueError(f"'{full_name}' is not of the form OWNER/NAME")
        if len({full_name.lower() for full_name in value}) < len(value):
            raise ValueError("a repository is listed twice")
        return value

    @field_validator("machines")
    @classmethod
    def _logins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return checked_logins(value)

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"'{value}' is not a time zone; use a name such as Europe/Berlin") from error
        return value


class GitHubSettings(SettingsSection):
    """Where and how facts are collected."""

    api_url: str = Field("https://api.github.com", description="REST API root; change it for GitHub Enterprise")
    wait_for_reset_seconds: int = Field(120, ge=0, description="longest wait for the rate limit before stopping")
    clone: bool = Field(True, description="read changed files from a bare partial clone")
    details_days: int = Field(180, ge=0, description="fetch sizes of closed pull requests this far back")

    @field_validator("api_url")
    @classmethod
    def _address(cls, value: str) -> str:
        return checked_address(value)


class GitHubAppSettings(SettingsSection):
    """A GitHub App that collects and is told of events, in place of a token and of a webhook in each repository."""

    id: int | None = Field(None, ge=1, description="its App ID")
    private_key_file: str | None = Field(
        None, description="file with its private key, of mode 600, relative to the home folder"
    )
    installation: int | None = Field(
        None, ge=1, description="id of its installation; default: the one that has the first repository"
    )

    @model_validator(mode="after")
    def _has_a_key(self) -> Self:
        if (self.id is None) != (self.private_key_file is None):
            raise ValueError("a GitHub App takes both, id and private_key_file")
        return self


class CalendarSettings(SettingsSection):
    """On which days work happens."""

    weekend: tuple[Weekday, ...] = Field(("sat", "sun"), description="days of the week without work")
    country: str | None = Field(None, description="ISO code whose public holidays are days off, such as DE")
    days_off: tuple[date, ...] = Field((), description="further days without work")

    @field_validator("weekend")
    @classmethod
    def _leaves_a_working_day(cls, value: tuple[Weekday, ...]) -> tuple[Weekday, ...]:
        if len(set(value)) == len(get_args(Weekday)):
            raise ValueError("a week needs at least one working day: leave one out")
        return value


class MilestoneSettings(SettingsSection):
    """What GitHub does not know about one milestone."""

    start: date | None = Field(None, description="first day of the sprint")
    parts: tuple[str, ...] = Field(
        (), description="its milestones as OWNER/NAME#NUMBER, where titles do not say which belong together"
    )

    @field_validator("parts")
    @classmethod
    def _milestone_references(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for part in value:
            if not re.fullmatch(r"[\w.-]+/[\w.-]+#\d+", part):
                raise ValueError(f"'{part}' is not of the form OWNER/NAME#NUMBER")
        return value


class SprintSettings(SettingsSection):
    """What a sprint is: a milestone, a step of one length, or an iteration of a GitHub Project."""

    source: SprintSource = Field(
        "milestones", description="milestones: of GitHub; cadence: steps of one length; projects: iterations of a board"
    )
    start: date | None = Field(None, description="first day of the first sprint (cadence)")
    length: str | None = Field(
        None, description='length of a sprint, such as "2 weeks" or "10 days" (cadence); default: project.cadence_days'
    )

    project: str | None = Field(None, description="OWNER/NUMBER of the GitHub Project, such as acme/3 (projects)")
    iteration: str | None = Field(None, description="name of its iteration field; default: the first (projects)")
    points: str | None = Field(None, description="name of its number field with points (projects)")

    @field_validator("project")
    @classmethod
    def _owner_and_number(cls, value: str | None) -> str | None:
        if value is not None and not _BOARD.fullmatch(value):
            raise ValueError(f"'{value}' is not of the form OWNER/NUMBER, such as acme/3")
        return value

    @field_validator("length")
    @classmethod
    def _number_of_days(cls, value: str | None) -> str | None:
        if value is not None and not LENGTH.fullmatch(value):
            raise ValueError(f'\'{value}\' is not a length such as "2 weeks" or "10 days"')
        return value

    @field_validator("start")
    @classmethod
    def _since_there_is_github(cls, value: date | None) -> date | None:
        if value is not None and value.year < _FIRST_YEAR:
            raise ValueError(f"there was no GitHub in {value.year}: write a later day")
        return value

    @model_validator(mode="after")
    def _says_where(self) -> "SprintSettings":
        if self.source == "projects" and self.project is None:
            raise ValueError('name the GitHub Project as OWNER/NUMBER, such as project = "acme/3"')
        if self.source == "cadence" and self.start is None:
            raise ValueError("a cadence needs the first day of its first sprint, such as start = 2026-01-05")
        return self


class AwaySettings(SettingsSection):
    """A planned absence, as often as there are any: it lowers the pace of those days. No page tells who is away."""

    who: str = Field(min_length=1, description="who is away; only tells overlapping absences of one person apart")
    since: date = Field(alias="from", description="first day")
    until: date = Field(alias="to", description="last day, included")

    @model_validator(mode="after")
    def _in_order(self) -> "AwaySettings":
        if self.until < self.since:
            raise ValueError(f"it ends on {self.until}, before it begins on {self.since}")
        return self
