"""The backups of a folder: how they are named, written whole or not at all, read, and how long they are kept."""

import hashlib
import io
import re
import shutil
import tarfile
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from gzip import BadGzipFile
from pathlib import Path

from pydantic import ValidationError

from sprintlib import permissions
from sprintlib.backup.manifest import BackupManifest
from sprintlib.errors import BackupError
from sprintlib.settings import FILE_NAME, Settings
from sprintlib.text import printable

MANIFEST = "manifest.json"
SQLITE_FILE = "sprint.db"
DUMP_FILE = "store.dump"
_KNOWN = frozenset({MANIFEST, FILE_NAME, SQLITE_FILE, DUMP_FILE})
_NAME = re.compile(r"sprint-(\d{8}T\d{6}Z)\.tar\.gz")
STAMP = "%Y%m%dT%H%M%SZ"
SCRATCH = ".making-"
OLDEST_SCRATCH_SECONDS = 24 * 3600
_LARGEST_MANIFEST = 1_000_000  # bytes
_PIECE = 1 << 20


OLD = timedelta(days=2)  # one is made a day


@dataclass(frozen=True)
class Backup:
    """One file of a backup folder. made_at: from its name, UTC. size: bytes."""

    file: Path
    made_at: datetime
    size: int


def folder_of(settings: Settings) -> Path:
    """Where backups are: `[backup] folder`, relative to the home folder."""
    return (settings.home / settings.backup.folder).expanduser().resolve()


def backups(folder: Path) -> list[Backup]:
    """The backups in a folder, the newest first; other files are left alone."""
    found = [(file, _NAME.fullmatch(file.name)) for file in folder.glob("sprint-*.tar.gz")]
    known = [Backup(file, _moment(match[1]), file.stat().st_size) for file, match in found if match]
    return sorted(known, key=lambda backup: backup.made_at, reverse=True)


def newest(folder: Path, now: datetime | None = None) -> Backup | None:
    """The last backup of a folder, if there is one. now: default is this machine's clock.

    One that was made while the clock was ahead is taken only where there is no other.
    """
    found, moment = backups(folder), now or datetime.now(UTC)
    return next((backup for backup in found if backup.made_at <= moment), found[0] if found else None)


def _moment(stamp: str) -> datetime:
    return datetime.strptime(stamp, STAMP).replace(tzinfo=UTC)


def write(
    folder: Path, scratch: Path, made_at: datetime, manifest: BackupManifest, files: Mapping[str, Path]
) -> Backup:
    """Pack a backup in a scratch folder of the same disk, and put it in its place when it is whole. Raises OSError."""
    target = folder / f"sprint-{made_at:{STAMP}}.tar.gz"
    partial = scratch / target.name
    permissions.create(partial)
    with tarfile.open(partial, "w:gz", compresslevel=6) as archive:
        told = manifest.model_dump_json(indent=2).encode()
        about = tarfile.TarInfo(MANIFEST)
        about.size, about.mtime, about.mode = len(told), int(made_at.timestamp()), 0o600
        archive.addfile(about, io.BytesIO(told))
        for name, path in files.items():
            archive.add(path, name, recursive=False)
    partial.replace(target)
    return Backup(target, made_at, target.stat().st_size)


def remove_leftovers(folder: Path) -> None:
    """Remove what backups left that were killed, each as large as the store: nobody works on it after a day."""
    for path in folder.glob(f"{SCRATCH}*/"):
        with suppress(OSError):  # somebody else removes it
            if time.time() - path.stat().st_mtime > OLDEST_SCRATCH_SECONDS:
                shutil.rmtree(path, ignore_errors=True)


def digest_of(file: Path) -> str:
    """SHA-256 of a file."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def read_manifest(file: Path) -> BackupManifest:
    """What a backup says of itself. Raises BackupError where it is none, or cannot be read."""
    with _opened(file) as archive:
        return _manifest(archive, file)


def unpack(file: Path, folder: Path) -> BackupManifest:
    """Write the files of a backup into a folder, each against its checksum. Raises BackupError, and OSError."""
    with _opened(file) as archive:
        manifest = _manifest(archive, file)
        for name, digest in manifest.files.items():
            if name not in _KNOWN:
                raise BackupError(f"{file} holds '{name}', which no backup has: it was not made by sprint.")
            _copy(archive, name, folder / name)
            if digest_of(folder / name) != digest:
                raise BackupError(f"{file} is damaged ('{name}' is not what was saved): take another backup.")
    return manifest


@contextmanager
def _opened(file: Path) -> Iterator[tarfile.TarFile]:
    """A backup that is open for reading; what is wrong with the file becomes one sentence."""
    try:
        with tarfile.open(file, "r:gz") as archive:
            yield archive
    except FileNotFoundError:
        raise BackupError(f"There is no backup {file}: 'sprint backup --list' shows what there is.") from None
    except (tarfile.TarError, BadGzipFile, zlib.error, EOFError, KeyError, IsADirectoryError) as error:
        raise BackupError(f"{file} cannot be read as a backup ({printable(error)}): take another one.") from error


def _manifest(archive: tarfile.TarFile, file: Path) -> BackupManifest:
    member = archive.getmember(MANIFEST)
    stream = archive.extractfile(member)
    if stream is None or member.size > _LARGEST_MANIFEST:
        raise BackupError(f"{file} is no backup of sprint: its {MANIFEST} is no file of a sensible size.")
    try:
        return BackupManifest.model_validate_json(stream.read())
    except ValidationError:
        raise BackupError(f"{file} is no backup that this version reads: install the version that made it.") from None


def _copy(archive: tarfile.TarFile, name: str, target: Path) -> None:
    stream = archive.extractfile(name)
    if stream is None:
        raise KeyError(name)
    permissions.create(target)
    with target.open("wb") as out:
        while piece := stream.read(_PIECE):
            out.write(piece)


def prune(settings: Settings, now: datetime) -> list[Path]:
    """Remove backups that are no longer kept: the last of each day for `keep_days`, of each week for `keep_weeks`.

    The newest one stays, however old. Nothing is removed where the two newest lie further apart than `keep_days`: one
    of the two was made by a clock that was wrong, or after a long rest, which the next day tells. Returns what was
    removed.
    """
    found = backups(folder_of(settings))
    if len(found) > 1 and found[0].made_at - found[1].made_at > timedelta(days=settings.backup.keep_days):
        return []
    kept = {backup.file for backup in _kept(found, settings, now)}
    removed = [backup.file for backup in found if backup.file not in kept]
    for file in removed:
        file.unlink(missing_ok=True)
    return removed


def _kept(found: list[Backup], settings: Settings, now: datetime) -> Iterator[Backup]:
    young = timedelta(days=settings.backup.keep_days)
    days: set[object] = set()
    weeks: set[object] = set()
    yield from found[:1]
    for backup in found:
        day = backup.made_at.astimezone(settings.time_zone).date()
        week, age = day.isocalendar()[:2], now - backup.made_at
        is_last_of_week = age <= young + timedelta(weeks=settings.backup.keep_weeks) and week not in weeks
        if (age <= young and day not in days) or is_last_of_week:
            yield backup
        days.add(day)
        weeks.add(week)
