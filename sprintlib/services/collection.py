"""Collecting what is new, and what happened long ago; making facts again from what was kept."""

from collections.abc import Sequence
from contextlib import nullcontext
from functools import partial
from pathlib import Path

from sprintlib import archive, github
from sprintlib.archive import ArchiveSummary, Hour
from sprintlib.errors import SettingsError
from sprintlib.facts.replay import Replay
from sprintlib.facts.replay import replay as replay_into
from sprintlib.github import OnProgress, SyncSummary, Via
from sprintlib.project import ProjectHandle
from sprintlib.store import open_store


def sync(
    project: ProjectHandle, progress: OnProgress | None = None, via: Via = "auto", daily: bool = True
) -> SyncSummary:
    """Collect what is new from GitHub into the store, with the user's token if there is one.

    The first one of a day also keeps how every open milestone stands then (services.memory).
    via: how a first collection asks about single items; `auto` is GraphQL where there is a token, and REST elsewhere.
    daily: False where a worker follows, which keeps that itself.
    Raises the errors of the `github` room, each with one sentence; what had arrived until then is stored.
    """
    with project.acting("run", "collection"):
        try:
            token = github.find_token(project.settings)
            summary = github.sync(project.engine, project.settings, token, progress, via=via)
        finally:
            project.forget()
    if daily:
        from sprintlib.services.memory import remember  # over a second of imports, which need not delay collecting

        remember(project)
    return summary


def read_archive(
    project: ProjectHandle,
    files: Sequence[Path] = (),
    hours: Sequence[Hour] = (),
    repositories: Sequence[str] = (),
    base_url: str = archive.BASE_URL,
    progress: OnProgress | None = None,
    scheduler: str | None = None,
) -> ArchiveSummary:
    """Store what hourly files of GH Archive tell, of files on disk and of hours that are fetched from base_url.

    repositories: OWNER/NAME; by default those of the project. scheduler: of a Dask cluster, whose workers find the same
    files. Raises CollectError for a file that cannot be had.
    """
    fetch = archive.Download(base_url, project.settings.data_dir / "gharchive")
    sources: list[archive.Source] = [(path.name, partial(nullcontext, path)) for path in files]
    sources += [(hour.name, partial(fetch.opened, hour)) for hour in hours]
    known = project.settings.project
    with project.acting("run", "GH Archive"):
        try:
            wanted = repositories or known.repositories
            return archive.collect(project.engine, known, wanted, sources, progress, scheduler)
        finally:
            project.forget()


def replay(project: ProjectHandle, target: Path | None = None, progress: OnProgress | None = None) -> Replay:
    """Make a store from the payloads that the project's store has kept, without GitHub, and compare the two.

    target: a file that does not exist yet; by default `replayed.db` in the data folder, made anew each time. The
    project's store is only read. Raises SettingsError where the file exists.
    """
    project.permit("run")
    path = target or project.settings.data_dir / "replayed.db"
    if target is None:
        for name in (path, *(path.with_name(path.name + suffix) for suffix in ("-wal", "-shm"))):
            name.unlink(missing_ok=True)
    elif path.exists():
        raise SettingsError(f"--into: {path} exists already: name a new file.")
    engine = open_store(f"sqlite:///{path}")
    try:
        return replay_into(project.engine, engine, progress or github.silent)
    finally:
        engine.dispose()
