"""All of `sprint.toml`, and reading it."""

import os
import tomllib
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationError

from sprintlib.errors import SettingsError
from sprintlib.settings.judgement import ActionSettings, RiskSettings
from sprintlib.settings.output import (
    BackupSettings,
    ClockSettings,
    DigestSettings,
    LearningSettings,
    LlmSettings,
    PathSettings,
    ReportSettings,
    StoreSettings,
    TelemetrySettings,
)
from sprintlib.settings.project import (
    LENGTH,
    AwaySettings,
    CalendarSettings,
    GitHubAppSettings,
    GitHubSettings,
    MilestoneSettings,
    ProjectSettings,
    SprintSettings,
)
from sprintlib.settings.section import SettingsSection
from sprintlib.settings.serving import ApiSettings, AuthSettings, WebhookSettings

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


class Settings(SettingsSection):
    """All of `sprint.toml`, with the folder it was read from."""

    home: Path
    project: ProjectSettings
    github: GitHubSettings = GitHubSettings()
    github_app: GitHubAppSettings = GitHubAppSettings()
    calendar: CalendarSettings = CalendarSettings()
    sprints: SprintSettings = SprintSettings()
    milestones: dict[str, MilestoneSettings] = Field(default_factory=dict)
    away: tuple[AwaySettings, ...] = ()
    risks: RiskSettings = RiskSettings()
    actions: ActionSettings = ActionSettings()
    report: ReportSettings = ReportSettings()
    learning: LearningSettings = LearningSettings()
    store: StoreSettings = StoreSettings()
    backup: BackupSettings = BackupSettings()
    digest: DigestSettings = DigestSettings()
    webhooks: WebhookSettings = WebhookSettings()
    clock: ClockSettings = ClockSettings()
    telemetry: TelemetrySettings = TelemetrySettings()
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
        match = LENGTH.fullmatch(self.sprints.length or "")
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
