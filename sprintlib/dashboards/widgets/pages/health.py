"""Is anything broken: checks with what mends them, collection, reports, effective settings, versions."""

import platform
from collections.abc import Iterator
from datetime import tzinfo
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from markupsafe import Markup
from pydantic import BaseModel

from sprintlib import views
from sprintlib.clock import zone_name
from sprintlib.dashboards.widgets import fragments
from sprintlib.dashboards.widgets.source import SyncRun
from sprintlib.dashboards.widgets.view import View
from sprintlib.errors import SprintError
from sprintlib.services import calibration
from sprintlib.settings import FILE_NAME, Settings
from sprintlib.views.record import score
from sprintlib.views.words import moment

if TYPE_CHECKING:
    from sprintlib.doctor import Check

HAS_MILESTONE = False
HAS_DAY = False
PACKAGES = ("sprintlib", "voila", "ipywidgets", "altair", "polars", "sqlalchemy", "langgraph")
STATES = {"ok": "OK", "info": "Note", "warn": "Look at it", "fail": "Broken"}
TAGS = {"ok": "gain", "info": "low", "warn": "medium", "fail": "high"}
_LATEST_RUNS = 10
_macro = fragments.TEMPLATES.macro


def build(view: View) -> tuple[Markup, ...]:
    """The whole page. The checks take a second or two and follow by themselves."""
    checks = view.facts.checks()
    runs = fragments.by_moment(view.facts.reports())[:_LATEST_RUNS]
    settings, zone = view.facts.settings, view.facts.settings.time_zone
    page = _macro(
        "health.html",
        "page",
        _sentence(checks),
        None if checks is None else _told(checks, "fail", "warn", "ok"),
        None if checks is None else _told(checks, "info"),
        [(one, moment(one.started_at, zone), _ended(one, zone)) for one in view.facts.syncs()],
        views.freshness(view.analysis),
        views.notes(view.analysis, view.milestone),
        fragments.reports_table(runs, zone),
        f"{', '.join(settings.report.days)} at {settings.report.at} {zone_name(view.facts.clock(), zone)}",
        calibration_card(view),
        learned_card(view),
        list(effective(settings)),
        list(_versions()),
    )
    return (views.wrapped(page),)


def _ended(one: SyncRun, zone: tzinfo) -> str:
    return moment(one.finished_at, zone) if one.finished_at else ""


def _told(checks: "tuple[Check, ...]", *states: str) -> "list[tuple[Check, str, str]]":
    """Checks with the name of their state and how it is marked; what is broken first."""
    chosen = [one for state in states for one in checks if one.state == state]
    return [(one, STATES[one.state], TAGS[one.state]) for one in chosen]


def _sentence(checks: "tuple[Check, ...] | None") -> str:
    if checks is None:
        return "Checking this machine …"
    broken = sum(one.state == "fail" for one in checks)
    doubtful = sum(one.state == "warn" for one in checks)
    if broken or doubtful:
        return f"{broken} broken, {doubtful} to look at, of {len(checks)} checks"
    return f"Nothing is broken: {len(checks)} checks"


def calibration_card(view: View) -> tuple[str, list[list[str]]]:
    """A sentence, and a row a tenth: what was said, how often, and how often it came; plain text."""
    try:
        record = view.facts.record(view.analysis.as_of)
    except SprintError as error:  # a stored analysis whose facts are gone
        return str(error), []
    found = calibration(record)
    if found.reason:
        return found.reason, []
    rows = [
        [f"{one.low:.0%} to {one.low + 0.1:.0%}", str(one.n), f"{one.forecast:.0%}", f"{one.observed:.0%}"]
        for one in found.bins
    ]
    return score(record), rows


def learned_card(view: View) -> tuple[str, list[list[str]], list[str]]:
    """A sentence on what is in force, a row a version, and how each experiment stands; plain text."""
    try:
        found = view.facts.learned(view.analysis.as_of)
        standings = view.facts.experiments(view.analysis.as_of)
    except SprintError as error:  # a stored analysis whose facts are gone
        return str(error), [], []
    return found.sentence, found.rows(), [f"Experiment {one.experiment.name}: {one.sentence}" for one in standings]


def effective(settings: Settings) -> Iterator[tuple[str, str, str]]:
    """Key, value and where the value comes from, of every setting; plain text, without passwords."""
    for name in type(settings).model_fields:
        section = getattr(settings, name)
        if isinstance(section, BaseModel):
            for key in type(section).model_fields:
                yield f"{name}.{key}", _shown(getattr(section, key)), _origin(section, key)
        elif isinstance(section, dict):
            for title, one in section.items():
                yield f'{name}."{title}"', _shown(one.model_dump(exclude_unset=True, mode="json")), FILE_NAME
    yield "home", str(settings.home), "the command, SPRINT_HOME or the working folder"
    yield "database", _shown(settings.database_url), "store.url, SPRINT_DATABASE_URL or paths.data"


def _origin(section: BaseModel, key: str) -> str:
    return FILE_NAME if key in section.model_fields_set else "default"


def _shown(value: object) -> str:
    """As text; an address without user and password."""
    if isinstance(value, str) and "://" in value:
        parts = urlsplit(value)
        host = parts.netloc.rpartition("@")[2]
        return urlunsplit(parts._replace(netloc=f"…@{host}" if "@" in parts.netloc else host, query=""))
    if isinstance(value, tuple | list):
        return ", ".join(map(str, value)) or "none"
    return "none" if value is None else str(value)


def _versions() -> Iterator[tuple[str, str]]:
    yield "Python", f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    for package in PACKAGES:
        try:
            yield package, version(package)
        except PackageNotFoundError:
            continue
