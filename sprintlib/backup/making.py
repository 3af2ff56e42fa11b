"""Making a backup, and whether one is due."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import tomlkit
from sqlalchemy import Engine
from sqlalchemy.engine import make_url

from sprintlib import permissions
from sprintlib.backup import copying, files
from sprintlib.backup.files import Backup
from sprintlib.backup.manifest import BackupManifest, Contents, analysis_digest, contents_of, installed_version
from sprintlib.errors import BackupError
from sprintlib.project import ProjectHandle
from sprintlib.settings import FILE_NAME, Settings
from sprintlib.store import open_store
from sprintlib.store.upgrade import revision

Say = Callable[[str], None]


def is_due(settings: Settings, now: datetime) -> bool:
    """Whether a backup of today, in the project's time zone, is missing."""
    today = now.astimezone(settings.time_zone).date()
    made = files.backups(files.folder_of(settings))
    # not whether the newest is older: it may be of a day on which the clock was ahead
    return settings.backup.daily and all(one.made_at.astimezone(settings.time_zone).date() != today for one in made)


def make_backup(settings: Settings, now: datetime | None = None, folder: Path | None = None) -> Backup:
    """Back up a home's store and settings while others write. folder: default is `[backup] folder`.

    Raises BackupError, or StoreError where the store cannot be opened; a backup is whole or not there.
    """
    made_at = (now or datetime.now(UTC)).replace(microsecond=0)
    target = folder or files.folder_of(settings)
    try:
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        files.remove_leftovers(target)
        with TemporaryDirectory(prefix=files.SCRATCH, dir=target) as scratch:
            return _made(settings, made_at, target, Path(scratch))
    except OSError as error:
        raise BackupError(
            f"The backup cannot be written to {target} ({error.strerror or error}): free some space, or name another "
            "folder as [backup] folder in sprint.toml."
        ) from error


def _made(settings: Settings, made_at: datetime, folder: Path, scratch: Path) -> Backup:
    backend = backend_of(settings.database_url)
    engine = open_store(settings.database_url)
    try:
        if backend == "sqlite":
            store = scratch / files.SQLITE_FILE
            copying.copy_sqlite(Path(make_url(settings.database_url).database or ""), store)
            contents, schema_revision, analysis = _of_copy(settings, store, made_at)
        else:
            store = scratch / files.DUMP_FILE
            contents, schema_revision, analysis = _of_server(settings, engine, store, made_at)
    finally:
        engine.dispose()
    packed = {store.name: store}
    if (settings.home / FILE_NAME).is_file():
        packed[FILE_NAME] = _settings_without_password(settings.home / FILE_NAME, scratch)
    manifest = BackupManifest(
        version=installed_version(),
        revision=schema_revision,
        backend=backend,
        project=settings.project.name,
        made_at=made_at,
        contents=contents,
        analysis=analysis,
        files={name: files.digest_of(path) for name, path in packed.items()},
    )
    return files.write(folder, scratch, made_at, manifest, packed)


def _settings_without_password(file: Path, scratch: Path) -> Path:
    """sprint.toml as it is, or a copy whose [store] url names no password: backups go to other disks."""
    document = tomlkit.parse(file.read_text(encoding="utf-8"))
    url = document.get("store", {}).get("url")
    if not url or make_url(url).password is None:
        return file
    document["store"]["url"] = copying.without_password(make_url(url)).render_as_string(hide_password=False)
    copy = scratch / FILE_NAME
    permissions.create(copy)
    copy.write_text(tomlkit.dumps(document), encoding="utf-8")
    return copy


def backend_of(url: str) -> Literal["sqlite", "postgresql"]:
    """Which kind of store a database URL means."""
    return "sqlite" if make_url(url).get_backend_name() == "sqlite" else "postgresql"


def _of_copy(settings: Settings, store: Path, made_at: datetime) -> tuple[Contents, str, str | None]:
    """Contents, schema and analysis of a copy, which nobody writes to."""
    engine = open_store(f"sqlite:///{store}", read_only=True)
    try:
        analysis = analysis_digest(ProjectHandle(settings, engine), made_at)
        with engine.connect() as connection:
            return contents_of(connection), revision(connection) or "", analysis
    finally:
        engine.dispose()


def _of_server(settings: Settings, engine: Engine, dump: Path, made_at: datetime) -> tuple[Contents, str, str | None]:
    """The same of a server, and its dump. The analysis counts where nothing changed it while the dump was made."""
    before = analysis_digest(ProjectHandle(settings, engine), made_at)
    with copying.begin_snapshot(engine) as connection:
        contents, schema_revision = contents_of(connection), revision(connection) or ""
        copying.dump_postgresql(connection, dump)
    after = analysis_digest(ProjectHandle(settings, engine), made_at)
    return contents, schema_revision, before if before == after else None
