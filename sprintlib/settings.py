"""Settings of one project: `sprint.toml` in the home folder, plus the environment for secrets."""

import os
import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any, Literal, get_args
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from sprintlib.errors import SettingsError

FILE_NAME = "sprint.toml"
_PLAIN = {
    "extra_forbidden": "there is no such setting",
    "missing": "this setting is missing",
    "string_pattern_mismatch": 'write it as HH:MM on a 24-hour clock, such as "07:30"',  # the one pattern there is
    "int_parsing": "write a whole number",
    "int_type": "write a whole number",
    "int_from_float": "write a whole number",
    "float_parsing": "write a number",
    "float_type": "write a number",
    "bool_parsing": "write true or false",
    "bool_type": "write true or false",
    "date_from_datetime_parsing": "write a date such as 2026-12-24",
    "date_type": "write a date such as 2026-12-24",
    "literal_error": "choose from {expected}",
    "greater_than": "write more than {gt:g}",
    "greater_than_equal": "write at least {ge:g}",
    "less_than": "write less than {lt:g}",
    "less_than_equal": "write at most {le:g}",
    "too_short": "list at least {min_length} item",
    "string_type": "write it in quotes",
    "tuple_type": 'write a list such as ["one", "two"]',
}
_LOGIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?(?:\[bot\])?")
_OWNER = r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,38})"  # a login of GitHub; managed ones hold an underscore
_REPOSITORY = re.compile(rf"{_OWNER}/(?!\.\.?$)[A-Za-z0-9._-]{{1,100}}")
_FIRST_YEAR = 2008
_FIRST_YEAR = 2008
_LENGTH = re.compile(r"([1-9]\d{0,2}) (day|week)s?")
_BOARD = re.compile(rf"{_OWNER}/[1-9]\d{{0,8}}")
_HOST = re.compile(r"(?:\*\.)?[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})")
_MAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})")
DigestTarget = Literal["file", "slack", "teams", "email", "issue", "summary"]
AuthMode = Literal["none", "token", "password", "github"]
SprintSource = Literal["milestones", "cadence", "projects"]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def checked_address(value: str) -> str:
    """An address that requests may go to. Raises ValueError for anything but http(s)://HOST, with a path if need be."""
    try:
        parts = urlsplit(value)
        whole = bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise ValueError(f"'{value}' is not an address such as https://host.example") from None
    if "@" in parts.netloc:
        raise ValueError("an address holds no user name and no password")
    odd = not value.isprintable() or " " in value or "\\" in value or parts.query or parts.fragment
    if parts.scheme not in ("http", "https") or not whole or odd:
        raise ValueError(f"'{value}' is not an address such as https://host.example")
    return value


def is_loopback(url: str) -> bool:
    """Whether a URL points at this machine."""
    return urlsplit(url).hostname in ("127.0.0.1", "localhost", "::1")


def _checked_logins(value: tuple[str, ...]) -> tuple[str, ...]:
    for login in value:
        if not _LOGIN.fullmatch(login):
            raise ValueError(f"'{login}' is not a GitHub login")
    return value


def _checked_origin(value: str) -> str:
    if urlsplit(checked_address(value)).path:
        raise ValueError(f"'{value}' is not an origin such as https://app.example.com: leave out the path")
    return value


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ProjectSettings(_Section):
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
            if not _REPOSITORY.fullmatch(full_name):
                raise ValueError(f"'{full_name}' is not of the form OWNER/NAME")
        if len({full_name.lower() for full_name in value}) < len(value):
            raise ValueError("a repository is listed twice")
        return value

    @field_validator("machines")
    @classmethod
    def _logins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return _checked_logins(value)

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"'{value}' is not a time zone; use a name such as Europe/Berlin") from error
        return value


class GitHubSettings(_Section):
    """Where and how facts are collected."""

    api_url: str = Field("https://api.github.com", description="REST API root; change it for GitHub Enterprise")
    wait_for_reset_seconds: int = Field(120, ge=0, description="longest wait for the rate limit before stopping")
    clone: bool = Field(True, description="read changed files from a bare partial clone")
    details_days: int = Field(180, ge=0, description="fetch sizes of closed pull requests this far back")

    @field_validator("api_url")
    @classmethod
    def _address(cls, value: str) -> str:
        return checked_address(value)


class CalendarSettings(_Section):
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


class MilestoneSettings(_Section):
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


class SprintSettings(_Section):
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
        if value is not None and not _LENGTH.fullmatch(value):
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


class AwaySettings(_Section):
    """A planned absence, as often as there are any: it lowers the pace of those days. No page tells who is away."""

    who: str = Field(min_length=1, description="who is away; only tells overlapping absences of one person apart")
    since: date = Field(alias="from", description="first day")
    until: date = Field(alias="to", description="last day, included")

    @model_validator(mode="after")
    def _in_order(self) -> "AwaySettings":
        if self.until < self.since:
            raise ValueError(f"it ends on {self.until}, before it begins on {self.since}")
        return self


class RiskSettings(_Section):
    """Thresholds of the risk detectors."""

    stale_pull_request_days: float = Field(1.0, gt=0, description="working days without activity by a person")
    blocked_days: float = Field(1.0, gt=0, description="working days a blocker may stay open")
    scope_creep_share: float = Field(0.15, gt=0, description="added items as a share of committed ones")
    scope_planning_share: float = Field(0.2, ge=0, lt=1, description="share of the time in which a sprint is filled")
    red_default_branch_hours: float = Field(1.0, gt=0, description="hours the default branch may fail")
    near_due_days: int = Field(5, ge=1, description="working days before the deadline that count as near")
    review_queue: float = Field(2.0, gt=0, description="pull requests that wait for a review, per active reviewer")
    review_share: float = Field(0.6, gt=0, le=1, description="share of the reviews that one person may give")
    late_start_time: float = Field(0.3, gt=0, le=1, description="share of the time after which work must have started")
    late_start_share: float = Field(0.1, gt=0, le=1, description="share of the items that must have started by then")
    ageing_factor: float = Field(1.5, gt=0, description="age in units of the team's own 85th percentile")
    wip_per_person: float = Field(1.5, gt=0, description="items in progress per active person")
    flaky_commits: int = Field(2, ge=1, description="commits a week on which a workflow both failed and passed")
    pull_request_lines: int = Field(400, ge=1, description="lines added and deleted in one pull request")
    single_owner_share: float = Field(0.75, gt=0, le=1, description="share of a path's commits by one author")
    quiet_days: float = Field(3.0, gt=0, description="working days without activity on any item")
    quiet_share: float = Field(0.1, ge=0, le=1, description="or this share of the working time left, if that is longer")
    concurrent_edits: float = Field(0.5, gt=0, description="files that two open pull requests share, rare ones count 1")
    overcommitted_probability: float = Field(
        0.5, gt=0, le=1, description="chance of finishing below which a sprint is overcommitted"
    )
    overcommitted_time: float = Field(0.3, ge=0, le=1, description="share of the time after which this is reported")
    untracked_share: float = Field(0.5, gt=0, le=1, description="share of open items that show no work")
    untracked_time: float = Field(0.5, ge=0, le=1, description="share of the time after which this is reported")


class ActionSettings(_Section):
    """What to do today."""

    target: float = Field(0.8, ge=0.05, le=0.95, description="probability that the first actions aim at, 0-1")


class ReportSettings(_Section):
    """When a report is due and how long it may take."""

    at: str = Field("07:30", pattern=r"^([01]\d|2[0-3]):[0-5]\d$", description="local time of day")
    days: tuple[Weekday, ...] = Field(("mon", "tue", "wed", "thu", "fri"), description="days with a report")
    weekly: Weekday | None = Field(None, description="day with a weekly digest of all milestones; default: none")
    retrospective: bool = Field(True, description="look back on each sprint when it is over")
    timeout_seconds: int = Field(300, ge=10, description="wall-clock limit of one report")
    keep_days: int = Field(90, ge=1, description="how long dated reports are kept")
    explain: bool = Field(True, description="explain reports, in a model's words where one answers")


class StoreSettings(_Section):
    """Where facts and results live."""

    url: str | None = Field(None, description="SQLAlchemy URL; default is data/sprint.db in the home folder")


class BackupSettings(_Section):
    """Copies of the store, made by `sprint backup` and once a day by `sprint run due`."""

    folder: str = Field("backups", description="where backups go, relative to the home folder; best another disk")
    daily: bool = Field(True, description="have 'sprint run due' make one a day")
    keep_days: int = Field(30, ge=1, description="days of which the last backup is kept")
    keep_weeks: int = Field(4, ge=0, description="weeks before these of which the last backup is kept")


class WebhookSettings(_Section):
    """How GitHub's webhooks are checked. SPRINT_WEBHOOK_SECRET goes before the file."""

    secret_file: str | None = Field(None, description="file that holds the secret, relative to the home folder")
    secret_file_before: str | None = Field(None, description="the same for the former secret, while both count")


class ClockSettings(_Section):
    """Where the present comes from, for a simulated project."""

    file: str | None = Field(None, description="file that holds the present moment; default: this machine's clock")


class AuthSettings(_Section):
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
        return _checked_logins(value)


class ApiSettings(_Section):
    """How `sprint serve` answers other programs."""

    hosts: tuple[str, ...] = Field((), description="names it is reached by, besides those of this machine")
    origins: tuple[str, ...] = Field((), description="web addresses whose pages may ask it from a browser (CORS)")
    proxies: tuple[str, ...] = Field((), description="addresses of proxies that are believed whose request it is")
    requests_per_minute: int = Field(100, ge=1, description="requests a minute of one user or address")
    limits_url: str = Field("memory://", description="where requests are counted: memory://, or redis://HOST:PORT")

    @field_validator("origins")
    @classmethod
    def _addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_checked_origin(one) for one in value)

    @field_validator("hosts")
    @classmethod
    def _names(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            if not _HOST.fullmatch(name):
                raise ValueError(f"'{name}' is not a host name such as sprint.example.com")
        return value

    @field_validator("limits_url")
    @classmethod
    def _store_of_limits(cls, value: str) -> str:
        if urlsplit(value).scheme not in ("memory", "redis", "rediss"):
            raise ValueError("write memory://, or redis://HOST:PORT")
        return value


class DigestSettings(_Section):
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
        if value is not None and not re.fullmatch(rf"{_OWNER}/[A-Za-z0-9._-]{{1,100}}#[1-9]\d*", value):
            raise ValueError(f"'{value}' is not of the form OWNER/NAME#NUMBER")
        return value

    @field_validator("sender", "recipients")
    @classmethod
    def _mail(cls, value: str | tuple[str, ...] | None) -> str | tuple[str, ...] | None:
        for address in (value,) if isinstance(value, str) else value or ():
            if not _MAIL.fullmatch(address):
                raise ValueError(f"'{address}' is not a mail address such as team@example.com")
        return value


class PathSettings(_Section):
    """Folders, relative to the home folder."""

    data: str = Field("data", description="store, clones, caches")
    reports: str = Field("papermill_runs", description="dated reports")


class LlmSettings(_Section):
    """The optional local language model."""

    host: str = Field("http://127.0.0.1:11434", description="Ollama's address")
    model: str | None = Field(None, description="model name; default: the largest installed one that fits")
    timeout_seconds: float = Field(180, gt=0, description="longest wait for the next words of an answer")
    words_seconds: float = Field(300, gt=0, description="longest wait for all words of one analysis")

    @field_validator("host")
    @classmethod
    def _address(cls, value: str) -> str:
        return checked_address(value if "://" in value else f"http://{value}")  # Ollama's own way of writing it


class Settings(_Section):
    """All of `sprint.toml`, with the folder it was read from."""

    home: Path
    project: ProjectSettings
    github: GitHubSettings = GitHubSettings()
    calendar: CalendarSettings = CalendarSettings()
    sprints: SprintSettings = SprintSettings()
    milestones: dict[str, MilestoneSettings] = {}
    away: tuple[AwaySettings, ...] = ()
    risks: RiskSettings = RiskSettings()
    actions: ActionSettings = ActionSettings()
    report: ReportSettings = ReportSettings()
    store: StoreSettings = StoreSettings()
    backup: BackupSettings = BackupSettings()
    digest: DigestSettings = DigestSettings()
    webhooks: WebhookSettings = WebhookSettings()
    clock: ClockSettings = ClockSettings()
    auth: AuthSettings = AuthSettings()
    api: ApiSettings = ApiSettings()
    paths: PathSettings = PathSettings()
    llm: LlmSettings = LlmSettings()

    @property
    def sprint_parts(self) -> dict[str, tuple[str, ...]]:
        """Title of a sprint -> its milestones, where `[milestones."TITLE"] parts` says so."""
        return {title: known.parts for title, known in self.milestones.items() if known.parts}

    @property
    def sprint_days(self) -> int:
        """Days from the first day of a sprint to that of the next, in a cadence."""
        match = _LENGTH.fullmatch(self.sprints.length or "")
        return int(match[1]) * (7 if match[2] == "week" else 1) if match else self.project.cadence_days

    @property
    def time_zone(self) -> ZoneInfo:
        return ZoneInfo(self.project.time_zone)

    @property
    def data_dir(self) -> Path:
        return (self.home / self.paths.data).resolve()

    @property
    def reports_dir(self) -> Path:
        return (self.home / self.paths.reports).resolve()

    @property
    def database_url(self) -> str:
        """SPRINT_DATABASE_URL, else `[store] url`, else SQLite in the data folder."""
        return os.environ.get("SPRINT_DATABASE_URL") or self.store.url or f"sqlite:///{self.data_dir / 'sprint.db'}"


def find_home(home: str | Path | None = None) -> Path:
    """The home folder: the argument, else SPRINT_HOME, else the working folder."""
    return Path(home or os.environ.get("SPRINT_HOME") or Path.cwd()).expanduser().resolve()


def load(home: str | Path | None = None) -> Settings:
    """Read `sprint.toml` of the home folder. Raises SettingsError with one sentence."""
    folder = find_home(home)
    path = folder / FILE_NAME
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError(
            f"No {FILE_NAME} in {folder}: run 'sprint init' there, or name the folder with --home."
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not valid TOML: {error}.") from None
    return parse({**values, "home": folder}, source=str(path))


def parse(values: dict[str, Any], source: str = FILE_NAME) -> Settings:
    """Validate settings. Raises SettingsError naming the first wrong key, after its source if that has a name."""
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        problems = error.errors()
        first = next((one for one in problems if one["type"] == "extra_forbidden"), problems[0])  # a key misspelt
        key = ".".join(str(part) for part in first["loc"]) or "file"
        plain = _PLAIN.get(first["type"])
        said = plain.format(**first.get("ctx", {})) if plain else first["msg"].removeprefix("Value error, ")
        raise SettingsError(f"{f'{source}: ' if source else ''}{key}: {said}.") from None
