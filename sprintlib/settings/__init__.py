"""Settings of one project: `sprint.toml` in the home folder, plus the environment for secrets."""

from sprintlib.settings.addresses import checked_address, is_loopback
from sprintlib.settings.judgement import ActionSettings, RiskSettings
from sprintlib.settings.output import (
    BackupSettings,
    ClockSettings,
    DigestSettings,
    DigestTarget,
    LlmSettings,
    PathSettings,
    ReportSettings,
    StoreSettings,
)
from sprintlib.settings.project import (
    AwaySettings,
    CalendarSettings,
    GitHubAppSettings,
    GitHubSettings,
    MilestoneSettings,
    ProjectSettings,
    SprintSettings,
    SprintSource,
)
from sprintlib.settings.section import Weekday
from sprintlib.settings.serving import ApiSettings, AuthMode, AuthSettings, WebhookSettings
from sprintlib.settings.whole import FILE_NAME, Settings, find_home, load, parse

__all__ = [
    "FILE_NAME",
    "ActionSettings",
    "ApiSettings",
    "AuthMode",
    "AuthSettings",
    "AwaySettings",
    "BackupSettings",
    "CalendarSettings",
    "ClockSettings",
    "DigestSettings",
    "DigestTarget",
    "GitHubAppSettings",
    "GitHubSettings",
    "LlmSettings",
    "MilestoneSettings",
    "PathSettings",
    "ProjectSettings",
    "ReportSettings",
    "RiskSettings",
    "Settings",
    "SprintSettings",
    "SprintSource",
    "StoreSettings",
    "WebhookSettings",
    "Weekday",
    "checked_address",
    "find_home",
    "is_loopback",
    "load",
    "parse",
]
