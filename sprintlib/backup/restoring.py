"""Putting a backup back: into its home, or into a new folder on a new machine."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine
from sqlalchemy.engine import make_url

from sprintlib import inbox, permissions
from sprintlib.backup import copying, files
from sprintlib.backup.making import backend_of
from sprintlib.backup.manifest import BackupManifest
from sprintlib.errors import BackupError
from sprintlib.locks import LockedError, file_lock
from sprintlib.settings import FILE_NAME, Settings, load
from sprintlib.store import open_store

_COMPANIONS = ("", "-wal", "-shm")


@dataclass(frozen=True)
class Restored:
    """What was put back. kept: where the store that was there before is now; notes: what the person should know."""

    home: Path
    manifest: BackupManifest
    kept: Path | None
    notes: tuple[str, ...]


def restore(file: Path, home: Path, now: datetime | None = None) -> Restored:
    """Restore a backup into a home folder, which is made where it is missing.

    Every file is checked before anything is touched. A SQLite store that is there is kept beside the new one; a
    sprint.toml that is there stays. A PostgreSQL store is replaced in one transaction.
    Raises BackupError, and the home is as it was.
    """
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".restoring-", dir=home) as folder:
            scratch = Path(folder)
            manifest = files.unpack(file, scratch)
            _check_place(scratch, home)
            notes = _put_settings(scratch, home)
            settings = load(home)
            kept = _put_store(manifest, scratch, settings, now or datetime.now(UTC))
    except OSError as error:
        raise BackupError(
            f"{home} cannot be written ({error.strerror or error}): name another folder with --to."
        ) from error
    engine = open_store(settings.database_url, data_dir=settings.data_dir)  # brings an older schema up to date
    try:
        return Restored(home, manifest, kept, (*notes, *_without_keys(engine)))
    finally:
        engine.dispose()


def _without_keys(engine: Engine) -> Iterator[str]:
    """What cannot be read here, since keys are not in a backup."""
    closed = inbox.closed_elsewhere(engine)
    if closed:
        what, they = ("1 webhook delivery", "it") if closed == 1 else (f"{closed:,} webhook deliveries", "them")
        told = "it" if closed == 1 else "they"
        yield (
            f"{what} cannot be read, since the keys stayed on the other machine: copy its data/keys.json to read "
            f"{they}; nothing else needs the keys, and 'sprint sync' asks GitHub again for what {told} told."
        )


def _check_place(scratch: Path, home: Path) -> None:
    """In a new home, the settings that come with a backup may name the store that is still in use elsewhere."""
    saved = scratch / FILE_NAME
    if (home / FILE_NAME).exists() or not saved.exists() or os.environ.get("SPRINT_DATABASE_URL"):
        return
    if load(scratch).store.url:
        raise BackupError(
            f"{FILE_NAME} in the backup names a store of its own, which may be in use: say which database to restore "
            "into with SPRINT_DATABASE_URL."
        )


def _put_settings(scratch: Path, home: Path) -> tuple[str, ...]:
    saved, present = scratch / FILE_NAME, home / FILE_NAME
    if not saved.exists():
        return ()
    if not present.exists():
        shutil.copyfile(saved, present)
        return (f"{FILE_NAME} was restored too.",)
    if present.read_bytes() == saved.read_bytes():
        return ()
    beside = home / f"{FILE_NAME}.of-backup"
    shutil.copyfile(saved, beside)
    permissions.close(beside)
    return (f"{FILE_NAME} here differs from the one in the backup and stays; that one is in {beside.name}.",)


def _put_store(manifest: BackupManifest, scratch: Path, settings: Settings, now: datetime) -> Path | None:
    url = settings.database_url
    if backend_of(url) != manifest.backend:
        raise BackupError(
            f"The backup is of a {manifest.backend} store and this home uses {backend_of(url)}: set [store] url in "
            "sprint.toml, or SPRINT_DATABASE_URL, to a database of that kind."
        )
    try:
        with file_lock(settings.data_dir / "sync.lock"), file_lock(settings.data_dir / "run-due.lock"):
            if manifest.backend == "postgresql":
                copying.load_postgresql(url, scratch / files.DUMP_FILE)
                return None
            return _put_sqlite(scratch / files.SQLITE_FILE, Path(make_url(url).database or ""), now)
    except LockedError as error:
        raise BackupError(f"Process {error.holder} is collecting or reporting: stop it first, then restore.") from None


def _put_sqlite(saved: Path, target: Path, now: datetime) -> Path | None:
    copying.check_sqlite(saved)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = target.with_name(f"{target.name}.before-{now:{files.STAMP}}") if target.exists() else None
    if kept:
        for companion in _COMPANIONS:
            file = target.with_name(target.name + companion)
            if file.exists():
                file.rename(kept.with_name(kept.name + companion))
    shutil.move(saved, target)
    return kept
