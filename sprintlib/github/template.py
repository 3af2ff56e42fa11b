"""A commented sprint.toml for new projects."""

import contextlib
import os
from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import tomlkit
from pydantic import BaseModel
from tomlkit.items import Table

from sprintlib.errors import SettingsError
from sprintlib.settings import FILE_NAME, Settings

_HEADER = """Settings of sprintlib. Lines that begin with '#' show defaults.
The GitHub token does not belong here: set GITHUB_TOKEN, or use 'gh auth login'."""
_SECTIONS = ("project", "sprints", "github", "calendar", "risks", "report", "llm")


def settings_text(settings: Settings) -> str:
    """sprint.toml with what differs from the defaults set, and the rest as comments. Holds no secret."""
    document = tomlkit.document()
    for line in _HEADER.splitlines():
        document.add(tomlkit.comment(line))
    for name in _SECTIONS:
        document.add(tomlkit.nl())
        document.add(name, _table(getattr(settings, name)))
    document.add(tomlkit.nl())
    for line in ('[milestones."Title of a milestone"]', "start = 2026-11-16  # first day of the sprint"):
        document.add(tomlkit.comment(line))
    return tomlkit.dumps(document)


def write_settings(home: Path, settings: Settings, force: bool = False) -> Path:
    """Write sprint.toml, all or nothing. Raises SettingsError where one exists, unless forced."""
    check_overwrite(home, force)
    path = home / FILE_NAME
    try:
        home.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".toml.new")
        draft.write_text(settings_text(settings), encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        raise SettingsError(f"{path} cannot be written: {error.strerror}.") from None
    return path


def check_overwrite(home: Path, force: bool) -> None:
    """Raises SettingsError where sprint.toml exists, unless forced."""
    path = home / FILE_NAME
    if path.exists() and not force:
        raise SettingsError(f"{path} exists already: edit it, or replace it with 'sprint init --force'.")


def guess_time_zone() -> str:
    """The IANA name of this machine's time zone, or UTC where it cannot be told."""
    for name in (os.environ.get("TZ", "").lstrip(":"), *_from_system()):
        try:
            if name and ZoneInfo(name):
                return name
        except (ZoneInfoNotFoundError, ValueError):
            continue
    return "UTC"


def guess_project_name(repositories: Sequence[str], home: Path) -> str:
    """The owner, if all repositories have the same; else the name of the home folder."""
    owners = {name.partition("/")[0] for name in repositories}
    return owners.pop() if len(owners) == 1 else home.name or "project"


def _from_system() -> list[str]:
    found = []
    with contextlib.suppress(OSError):  # most systems have only the link
        found.append(Path("/etc/timezone").read_text(encoding="utf-8").strip())
    target = str(Path("/etc/localtime").resolve())
    if "/zoneinfo/" in target:
        found.append(target.rpartition("/zoneinfo/")[2])
    return found


def _table(section: BaseModel) -> Table:
    table = tomlkit.table()
    for name, field in type(section).model_fields.items():
        value = getattr(section, name)
        plain = list(value) if isinstance(value, tuple) else value
        if field.is_required() or value != field.default:
            table.add(name, tomlkit.item(plain).comment(field.description or ""))
        elif plain is None:
            table.add(tomlkit.comment(f'{name} = ""  # {field.description}'))
        else:
            table.add(tomlkit.comment(f"{name} = {tomlkit.item(plain).as_string()}  # {field.description}"))
    return table
