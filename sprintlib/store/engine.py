"""Opening the store, and bringing it to the newest migration."""

from contextlib import suppress
from pathlib import Path
from time import perf_counter
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DatabaseError, DataError, IntegrityError, SQLAlchemyError

from sprintlib import permissions
from sprintlib.errors import StoreError
from sprintlib.observe.measures import record
from sprintlib.store.upgrade import revision, revisions, upgrade

BUSY_SECONDS = 20  # how long SQLite's lock is waited for
_HOME = "sprint_data_dir"


def open_store(url: str, read_only: bool = False, data_dir: Path | None = None) -> Engine:
    """An engine on a store with the newest schema. Creates a SQLite file that does not exist yet.

    read_only: nothing is created or migrated, and SQLite refuses writes. data_dir: of the home which the store belongs
    to, where its keys are; by default the folder of a SQLite file.
    Raises StoreError with one sentence that says what to do.
    """
    engine = _engine(url, read_only)
    engine.update_execution_options(**{_HOME: data_dir})
    _measure(engine)
    try:
        if not read_only and _is_new(engine):
            _upgrade(engine)
        with engine.connect() as connection:
            current, known = revision(connection), revisions()
        if current is not None and current not in known:
            raise StoreError(f"The store {_place(url)} was written by a newer sprintlib: install that version.")
        if current != known[-1]:
            if read_only:
                what_to_do = (
                    "is empty: run 'sprint sync' first"
                    if current is None
                    else "was written by an older sprintlib: run 'sprint analyze' once, which brings it up to date"
                )
                raise StoreError(f"The store {_place(url)} {what_to_do}.")
            _upgrade(engine)
    except DatabaseError as error:
        raise store_error(url, error) from error
    except UnicodeDecodeError as error:  # SQLite repeats what it cannot read
        raise StoreError(f"{_place(url)} is damaged: move it away and run 'sprint sync' to collect again.") from error
    return engine


def data_dir_of(engine: Engine) -> Path:
    """The data folder of the home which a store was opened for. Raises StoreError where nobody said it."""
    said: Path | None = engine.get_execution_options().get(_HOME)
    if said is None and engine.dialect.name == "sqlite" and engine.url.database:
        return Path(engine.url.database.removeprefix("file:")).parent
    if said is None:
        raise StoreError(
            f"The store {_place(str(engine.url))} was opened for no home, and so there are no keys for it."
        )
    return said


def _engine(url: str, read_only: bool) -> Engine:
    parsed = _parsed(url)
    if parsed.get_backend_name() != "sqlite":
        # a server that was begun again: the first to ask would be told that its connection is gone
        return create_engine(parsed, pool_pre_ping=True)
    path = Path(parsed.database or "")
    if read_only:
        if not path.is_file():
            raise StoreError(f"There is no store at {path} yet: run 'sprint sync' first.")
        engine = create_engine(f"sqlite:///file:{path}?mode=ro&uri=true")
    else:
        if parsed.database:
            _make_private(path)
        engine = create_engine(parsed)
    event.listen(engine, "connect", _sqlite_pragmas(read_only))
    return engine


def _parsed(url: str) -> URL:
    """Raises StoreError, which does not repeat what may hold a password."""
    try:
        parsed = make_url(url)
        parsed.get_dialect().import_dbapi()
    except (SQLAlchemyError, ImportError, ValueError):
        raise StoreError(
            "What SPRINT_DATABASE_URL or store.url says is not a database URL that can be used: "
            "write sqlite:////path/sprint.db or postgresql+psycopg://..."
        ) from None
    if "@" in (parsed.host or ""):
        raise StoreError("The password in the database URL holds an '@': write it as %40.")
    return parsed


def _make_private(path: Path) -> None:
    """The file and its folder, for this user alone. SQLite gives its companions (-wal, -shm) the same permissions."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"The data folder {path.parent} cannot be created: {error.strerror}.") from error
    with suppress(OSError):  # SQLite finds words for it
        permissions.create(path)
    permissions.close(path)


def _is_new(engine: Engine) -> bool:
    """Whether the file is still empty: then another first command may be making it, and is not to be disturbed."""
    if engine.dialect.name != "sqlite" or not engine.url.database:
        return False
    path = Path(engine.url.database)
    return path.is_file() and path.stat().st_size == 0


def _sqlite_pragmas(read_only: bool) -> Any:
    pragmas = [f"busy_timeout = {1000 * BUSY_SECONDS}", "foreign_keys = ON"]
    if not read_only:
        pragmas += ["journal_mode = WAL", "synchronous = NORMAL"]

    def on_connect(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return on_connect


def _measure(engine: Engine) -> None:
    """Note how long each statement takes until its first row."""

    @event.listens_for(engine, "before_cursor_execute")
    def begin(_connection: Any, _cursor: Any, _statement: str, _values: Any, context: Any, _many: bool) -> None:
        context.began = perf_counter()

    @event.listens_for(engine, "after_cursor_execute")
    def end(_connection: Any, _cursor: Any, _statement: str, _values: Any, context: Any, _many: bool) -> None:
        record("store_query", perf_counter() - context.began)


def _upgrade(engine: Engine) -> None:
    try:
        upgrade(engine)
    except OSError as error:
        raise StoreError(
            f"The store {_place(str(engine.url))} cannot be made ({error.strerror}): "
            "free some space or make its folder writable, or name another with --home."
        ) from error


def _place(url: str) -> str:
    return make_url(url).render_as_string(hide_password=True)


def store_error(url: str, error: DatabaseError) -> StoreError:
    """What went wrong with a store, as the error that the command line shows."""
    return StoreError(_sentence(url, error))


def _ends_too_early(error: DatabaseError) -> bool:
    """Whether SQLite's file is shorter than it should be, for which SQLite says "disk I/O error" as for a full disk."""
    return getattr(error.orig, "sqlite_errorname", "") == "SQLITE_IOERR_SHORT_READ"


def _sentence(url: str, error: DatabaseError) -> str:
    reason = str(error.orig)
    if "not a database" in reason or "malformed" in reason or _ends_too_early(error):
        return f"{_place(url)} is damaged ({reason}): move it away and run 'sprint sync' to collect again."
    if "is full" in reason:
        return f"The disk is full: free some space; everything stored so far is kept in {_place(url)}."
    if "disk I/O" in reason:  # SQLite's word also for a disk without room for its shared memory
        return f"The disk of {_place(url)} is full or gives errors: free some space; nothing stored so far is touched."
    if "unable to open" in reason or "readonly" in reason:
        return f"The store {_place(url)} cannot be written: make its folder writable, or name another with --home."
    if "locked" in reason:
        return f"The store {_place(url)} is busy: another program has been writing for 20 seconds; try again."
    if isinstance(error, IntegrityError | DataError):
        return f"The store {_place(url)} does not take a row ({reason}): please report this; nothing stored is touched."
    return f"The store {_place(url)} cannot be opened: {reason}."
