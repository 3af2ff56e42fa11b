"""Collecting what is new, and what happened long ago."""

from collections.abc import Sequence
from contextlib import nullcontext
from functools import partial
from pathlib import Path

from sprintlib import archive, github
from sprintlib.archive import ArchiveSummary, Hour
from sprintlib.github import OnProgress, SyncSummary
from sprintlib.project import ProjectHandle


def sync(project: ProjectHandle, progress: OnProgress | None = None) -> SyncSummary:
    """Collect what is new from GitHub into the store, with the user's token if there is one.

    Raises the errors of the `github` room, each with one sentence; what had arrived until then is stored.
    """
    with project.acting("run", "collection"):
        try:
            return github.sync(project.engine, project.settings, github.find_token(project.settings), progress)
        finally:
            project.forget()


def read_archive(
    project: ProjectHandle,
    files: Sequence[Path] = (),
    hours: Sequence[Hour] = (),
    repositories: Sequence[str] = (),
    base_url: str = archive.BASE_URL,
    progress: OnProgress | None = None,
) -> ArchiveSummary:
    """Store what hourly files of GH Archive tell, of files on disk and of hours that are fetched from base_url.

    repositories: OWNER/NAME; by default those of the project. Raises CollectError for a file that cannot be had.
    """
    fetch = archive.Download(base_url, project.settings.data_dir / "gharchive")
    sources: list[archive.Source] = [(path.name, partial(nullcontext, path)) for path in files]
    sources += [(hour.name, partial(fetch.opened, hour)) for hour in hours]
    known = project.settings.project
    with project.acting("run", "GH Archive"):
        try:
            return archive.collect(project.engine, known, repositories or known.repositories, sources, progress)
        finally:
            project.forget()
