"""Opening the store, and bringing it to the newest migration."""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, DataError, IntegrityError

from sprintlib.errors import StoreError

_MIGRATIONS = Path(__file__).parent / "migrations"


def open_store(url: str, read_only: bool = False) -> Engine:
    """An engine on a store with the newest schema. Creates a SQLite file that does not exist yet.

    read_only: nothing is created or migrated, and SQLite refuses writes.
    Raises StoreError with one sentence that says what to do.
    """
    engine = _engine(url, read_only)
    try:
        with engine.connect() as connection:
            current, known = _revision(connection), revisions()
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
    return engine


def _engine(url: str, read_only: bool) -> Engine:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StoreError(
            f"'{url}' is not a database URL; use sqlite:////path/sprint.db or postgresql+psycopg://..."
        ) from error
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed)
    path = Path(parsed.database or "")
    if read_only:
        if not path.is_file():
            raise StoreError(f"There is no store at {path} yet: run 'sprint sync' first.")
        engine = create_engine(f"sqlite:///file:{path}?mode=ro&uri=true")
    else:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"The data folder {path.parent} cannot be created: {error.strerror}.") from error
        engine = create_engine(parsed)
    event.listen(engine, "connect", _sqlite_pragmas(read_only))
    return engine


def _sqlite_pragmas(read_only: bool) -> Any:
    pragmas = ["busy_timeout = 20000", "foreign_keys = ON"]
    if not read_only:
        pragmas += ["journal_mode = WAL", "synchronous = NORMAL"]

    def on_connect(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return on_connect


def revisions() -> list[str]:
    """Every migration, oldest first: the number its file begins with.

    Read from the file names, because importing Alembic takes longer than everything else that opening a store does.
    """
    return sorted(path.name.partition("_")[0] for path in (_MIGRATIONS / "versions").glob("[0-9]*.py"))


def _revision(connection: Connection) -> str | None:
    """The migration the store is at, or None for an empty database."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return revision


def _upgrade(engine: Engine) -> None:
    from alembic import command
    from alembic.config import Config

    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _place(url: str) -> str:
    return make_url(url).render_as_string(hide_password=True)


def store_error(url: str, error: DatabaseError) -> StoreError:
    """What went wrong with a store, as the error that the command line shows."""
    return StoreError(_sentence(url, error))


def _sentence(url: str, error: DatabaseError) -> str:
    reason = str(error.orig)
    if isinstance(error, IntegrityError | DataError):
        return f"The store {_place(url)} does not take a row ({reason}): please report this; nothing stored is touched."
    if "not a database" in reason or "malformed" in reason:
        return f"{_place(url)} is damaged ({reason}): move it away and run 'sprint sync' to collect again."
    if "full" in reason:
        return f"The disk is full: free some space; everything stored so far is kept in {_place(url)}."
    if "disk I/O" in reason:  # SQLite's word also for a disk without room for its shared memory
        return f"The disk of {_place(url)} is full or gives errors: free some space; nothing stored so far is touched."
    if "unable to open" in reason or "readonly" in reason:
        return f"The store {_place(url)} cannot be written: make its folder writable, or name another with --home."
    if "locked" in reason:
        return f"The store {_place(url)} is busy: another program has been writing for 20 seconds; try again."
    return f"The store {_place(url)} cannot be opened: {reason}."
