"""How long dated reports are kept."""

import shutil
from datetime import datetime, timedelta

from sqlalchemy import Engine

from sprintlib.results.run_table import Run, forget_folder, runs
from sprintlib.settings import Settings


def prune(engine: Engine, settings: Settings, now: datetime) -> list[str]:
    """Remove reports older than `report.keep_days`, but never the last good one of a milestone.

    Leftovers of failed runs go after the same time. Returns the removed folders, relative to the reports folder.
    """
    oldest = now - timedelta(days=settings.report.keep_days)
    known = runs(engine, settings.project.name)
    removed = [folder for folder in sorted(_outdated(known, oldest)) if _remove(settings, folder)]
    for folder in removed:
        forget_folder(engine, folder)
    _remove_partial(settings, now)
    for run in known:
        if run.state != "ok" and run.started_at < oldest:
            _remove(settings, f".failed/run-{run.id}")
    return removed


def _remove_partial(settings: Settings, now: datetime) -> None:
    """What runs left that were killed with their process: nobody works on it after a day."""
    for folder in (settings.reports_dir / ".partial").glob("*/"):
        if folder.stat().st_mtime < (now - timedelta(days=1)).timestamp():
            shutil.rmtree(folder, ignore_errors=True)


def _outdated(known: list[Run], oldest: datetime) -> set[str]:
    """Folders that no young run and no milestone's last success refers to."""
    good = [run for run in known if run.state == "ok" and run.folder]
    last = {(run.kind, run.milestone): run.folder for run in sorted(good, key=lambda run: run.started_at)}
    kept = {run.folder for run in good if run.started_at >= oldest} | set(last.values())
    return {run.folder for run in good if run.folder and run.folder not in kept}


def _remove(settings: Settings, folder: str) -> bool:
    """Remove a folder below the reports folder, and its day's folder when that was the last one in it."""
    path = (settings.reports_dir / folder).resolve()
    if not path.is_relative_to(settings.reports_dir) or path == settings.reports_dir or not path.is_dir():
        return False
    shutil.rmtree(path, ignore_errors=True)
    if path.parent != settings.reports_dir and path.parent.name != ".failed" and not any(path.parent.iterdir()):
        path.parent.rmdir()
    return not path.exists()
