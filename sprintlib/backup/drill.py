"""The drill: a backup is restored into a scratch place and must hold what it says, and give the analysis it gave."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from sprintlib.backup import copying, files
from sprintlib.backup.manifest import BackupManifest, analysis_digest, contents_of, installed_version
from sprintlib.errors import BackupError
from sprintlib.project import ProjectHandle
from sprintlib.settings import FILE_NAME, Settings, load
from sprintlib.store import open_store


@dataclass(frozen=True)
class Drill:
    """How a drill went. differing: tables that are not what was saved. seconds: from the file to the answer.

    analysis: whether the analysis as of the backup's moment is the one that was made then; None where none was made,
    or another version of sprintlib made it.
    """

    file: Path
    made_at: str
    rows: int
    differing: tuple[str, ...]
    analysis: bool | None
    seconds: float

    @property
    def ok(self) -> bool:
        return not self.differing and self.analysis is not False

    def as_dict(self) -> dict[str, object]:
        return {**asdict(self), "file": str(self.file), "ok": self.ok}


def drill(settings: Settings, file: Path) -> Drill:
    """Restore a backup into a scratch folder, or a scratch database beside the project's, and compare.

    Nothing of the home is touched. Raises BackupError where the backup cannot be read or restored.
    """
    began = time.perf_counter()
    with TemporaryDirectory(prefix="sprint-drill-") as folder:
        scratch = Path(folder)
        manifest = files.unpack(file, scratch)
        with _restored(settings, manifest, scratch) as url:
            engine = open_store(url)
            try:
                with engine.connect() as connection:
                    found = contents_of(connection)
                own = load(scratch) if (scratch / FILE_NAME).exists() else settings
                same = _same_analysis(ProjectHandle(own, engine), manifest)
            finally:
                engine.dispose()
    return Drill(
        file=file,
        made_at=manifest.made_at.isoformat(),
        rows=sum(found.rows.values()),
        differing=tuple(manifest.contents.differences(found)),
        analysis=same,
        seconds=round(time.perf_counter() - began, 2),
    )


def _same_analysis(project: ProjectHandle, manifest: BackupManifest) -> bool | None:
    if manifest.analysis is None or manifest.version != installed_version():
        return None
    return analysis_digest(project, manifest.made_at) == manifest.analysis


@contextmanager
def _restored(settings: Settings, manifest: BackupManifest, scratch: Path) -> Iterator[str]:
    """The database URL of a restored store, which is gone afterwards."""
    if manifest.backend == "sqlite":
        copying.check_sqlite(scratch / files.SQLITE_FILE)
        yield f"sqlite:///{scratch / files.SQLITE_FILE}"
        return
    name = f"sprint_drill_{uuid4().hex[:12]}"
    admin = create_engine(settings.database_url, isolation_level="AUTOCOMMIT")
    try:
        with admin.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}"'))
    except SQLAlchemyError as error:
        raise BackupError(
            "The drill needs a scratch database and may not make one: give the database's user CREATEDB."
        ) from error
    url = make_url(settings.database_url).set(database=name).render_as_string(hide_password=False)
    try:
        copying.load_postgresql(url, scratch / files.DUMP_FILE)
        yield url
    finally:
        with admin.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}"'))
        admin.dispose()
