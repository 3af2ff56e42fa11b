"""Copies of a store as of one moment, while others write: SQLite's backup API, or pg_dump with a snapshot it shares."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, text
from sqlalchemy.engine import make_url

from sprintlib import permissions
from sprintlib.child_environment import child_environment
from sprintlib.errors import BackupError

_LONGEST_SECONDS = 3600
_OF_LIBPQ = ("PGPASSFILE", "PGPASSWORD", "PGSSLMODE", "PGSSLROOTCERT")


def copy_sqlite(source: Path, target: Path) -> None:
    """A copy in one file, without a write-ahead log. Raises BackupError where the source is damaged."""
    permissions.create(target)
    try:
        with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as store, closing(_writable(target)) as copy:
            # In one step: between two steps a writer would make SQLite begin anew. Writers go on, in their log.
            store.backup(copy, pages=-1)
            copy.execute("PRAGMA journal_mode = DELETE")
        check_sqlite(target)
    except sqlite3.Error as error:
        raise BackupError(f"The store {source} cannot be copied ({error}): run 'sprint doctor'.") from error


def check_sqlite(file: Path) -> None:
    """Raises BackupError where SQLite itself finds the file damaged."""
    with closing(_writable(file)) as copy:
        found = copy.execute("PRAGMA quick_check").fetchone()[0]
    if found != "ok":
        raise BackupError(f"The store is damaged ({found}): restore the last backup with 'sprint restore'.")


def _writable(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(file)


def dump_postgresql(connection: Connection, target: Path) -> None:
    """pg_dump of what this transaction (REPEATABLE READ) sees. Raises BackupError."""
    snapshot = connection.scalar(text("SELECT pg_export_snapshot()"))
    permissions.create(target)
    command = ["--format=custom", "--no-owner", f"--snapshot={snapshot}", f"--file={target}"]
    _run("pg_dump", connection.engine.url, command)


def load_postgresql(url: str, dump: Path) -> None:
    """Replace what is in a database by a dump, wholly or not at all. Raises BackupError."""
    command = ["--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error"]
    _run("pg_restore", make_url(url), [*command, str(dump)])


def begin_snapshot(engine: Engine) -> Connection:
    """A connection whose transaction sees one moment of a PostgreSQL store."""
    return engine.connect().execution_options(isolation_level="REPEATABLE READ")


def _run(program: str, url: URL, arguments: Sequence[str]) -> None:
    """Run one of PostgreSQL's own programs; the password goes by the environment, which others cannot list."""
    found = shutil.which(program) or _beside_server(program)
    if found is None:
        raise BackupError(f"{program} is needed and was not found: install PostgreSQL's client programs.")
    plain = without_password(url).set(drivername="postgresql").render_as_string(hide_password=False)
    own: Mapping[str, str] = {"PGPASSWORD": url.password} if url.password else {}
    kept = {name: value for name, value in os.environ.items() if name in _OF_LIBPQ}
    done = subprocess.run(
        [found, f"--dbname={plain}", *arguments],
        env={**child_environment(), **kept, **own},
        capture_output=True,
        text=True,
        check=False,
        timeout=_LONGEST_SECONDS,
    )
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise BackupError(f"{program} failed ({said[:300]}): the store is as it was.")


def without_password(url: URL) -> URL:
    """The same database; `URL.set` takes None for "as it is"."""
    return URL.create(url.drivername, url.username, None, url.host, url.port, url.database, url.query)


def _beside_server(program: str) -> str | None:
    """Debian keeps the programs of each version in a folder of its own; the newest one reads them all."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), key=lambda path: int(path.parts[4]))
    return str(found[-1]) if found else None
