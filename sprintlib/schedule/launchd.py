"""Agents of a macOS account: one that calls `sprint run due`, and one for each service that is kept running."""

import os
import plistlib
import shutil
from pathlib import Path
from typing import Any

from sprintlib.errors import SprintError
from sprintlib.schedule.programs import (
    EVERY_MINUTES,
    SEARCH_PATH,
    Service,
    ask,
    command_line,
    first_line,
    log_file,
    service_command,
    tag,
)
from sprintlib.settings import Settings


def definition(settings: Settings, service: Service | None = None) -> str:
    """The property list that is written."""
    log = str(log_file(settings, service))
    how: dict[str, Any] = {"KeepAlive": True} if service else {"StartInterval": EVERY_MINUTES * 60}
    return plistlib.dumps(
        {
            "Label": _label(settings, service),
            "ProgramArguments": service_command(settings, service) if service else command_line(settings),
            **how,
            "RunAtLoad": True,
            "StandardOutPath": log,
            "StandardErrorPath": log,
            "EnvironmentVariables": {"PATH": SEARCH_PATH},
        }
    ).decode()


def install(settings: Settings, service: Service | None = None) -> str:
    """Write the agent and load it; returns what was done. Raises SprintError."""
    if not shutil.which("launchctl"):
        raise SprintError("There is no launchctl here, launchd belongs to macOS: use 'sprint schedule install --cron'.")
    path = _path(settings, service)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(definition(settings, service), encoding="utf-8")
    ask("launchctl", ["bootout", f"{_domain()}/{_label(settings, service)}"])  # fails where it was not loaded: fine
    loaded = ask("launchctl", ["bootstrap", _domain(), str(path)])
    if loaded.returncode != 0:
        raise SprintError(f"launchd did not accept {path} ({first_line(loaded.stderr)}): log in again to load it.")
    log = log_file(settings, service)
    if service:
        return f"launchd keeps 'sprint {service}' running; it writes to {log}."
    return f"launchd calls 'sprint run due' every {EVERY_MINUTES} minutes; it writes to {log}."


def remove(settings: Settings, service: Service | None = None) -> str | None:
    """Unload the agent and delete it; None where there was none."""
    path = _path(settings, service)
    if not path.is_file():
        return None
    if shutil.which("launchctl"):
        ask("launchctl", ["bootout", f"{_domain()}/{_label(settings, service)}"])
    path.unlink()
    if service:
        return f"launchd no longer keeps 'sprint {service}' running for this home folder."
    return "launchd no longer calls 'sprint run due' for this home folder."


def status(settings: Settings, service: Service | None = None) -> str | None:
    """How it is scheduled, or None."""
    path = _path(settings, service)
    if not path.is_file():
        return None
    if service:
        return f"launchd keeps 'sprint {service}' running ({path})"
    return f"launchd, every {EVERY_MINUTES} minutes and at login ({path})"


def _domain() -> str:
    return f"gui/{os.getuid()}"


def _path(settings: Settings, service: Service | None) -> Path:
    return Path.home() / "Library" / "LaunchAgents" / f"{_label(settings, service)}.plist"


def _label(settings: Settings, service: Service | None) -> str:
    return f"sprint.{service or 'run-due'}.{tag(settings)}"
