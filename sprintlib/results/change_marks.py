"""Whether anything was written since the change mark of a store was read: asked for every request of the API."""

import sqlite3
from pathlib import Path
from threading import Lock

from sqlalchemy import Engine

from sprintlib.results.reading import change_mark


class ChangeMarks:
    """The change mark of one store, read again only when something was committed.

    SQLite says so itself (`PRAGMA data_version`), in microseconds; a server is asked each time.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = Lock()
        self._connection: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None
        self._known: tuple[int, str] | None = None  # version of the data, and the mark that was read of it

    def at_hand(self) -> str | None:
        """The mark, if it is known and nothing was committed since. Waits for nothing."""
        with self._lock:
            version = self._version()
            return self._known[1] if self._known and version is not None and self._known[0] == version else None

    def read(self) -> str:
        """The mark, from the store."""
        with self._lock:
            version = self._version()  # before the mark: what is committed in between has it read again
        mark = change_mark(self._engine)
        with self._lock:
            self._known = None if version is None else (version, mark)
        return mark

    def _version(self) -> int | None:
        """What SQLite counts; None where there is nothing to count, or the file cannot be read."""
        path = self._engine.url.database
        if self._engine.dialect.name != "sqlite" or not path or path == ":memory:":
            return None
        try:
            about = Path(path).stat()
            if self._connection is None or self._file != (about.st_dev, about.st_ino):  # restored from a backup
                self._open(Path(path), (about.st_dev, about.st_ino))
            assert self._connection is not None  # noqa: S101 - opened above
            return int(self._connection.execute("PRAGMA data_version").fetchone()[0])
        except (OSError, sqlite3.Error):
            self._known = None
            return None

    def _open(self, path: Path, file: tuple[int, int]) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None  # should connecting fail
        self._known, self._file = None, file
        self._connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, check_same_thread=False)
