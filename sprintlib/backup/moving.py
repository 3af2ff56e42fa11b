"""Moving a project from one store to another, such as from SQLite to a PostgreSQL server, verified row by row."""

from dataclasses import dataclass

from sqlalchemy import Connection, Engine, Table, func, insert, select, text
from sqlalchemy.engine import make_url

from sprintlib.backup.manifest import contents_of
from sprintlib.errors import BackupError
from sprintlib.store import open_store, schema

_ROWS_AT_A_TIME = 2_000


@dataclass(frozen=True)
class Moved:
    """What was copied: rows by table."""

    rows: dict[str, int]


def move_store(source_url: str, target_url: str) -> Moved:
    """Copy every row into a store that holds none, in one transaction, and compare. The source stays as it is.

    Raises BackupError where the target holds something, or what arrived is not what was sent: then it holds nothing.
    """
    if make_url(source_url) == make_url(target_url):
        raise BackupError("Both addresses are the same store: name another one to move to.")
    source, target = open_store(source_url, read_only=source_url.startswith("sqlite")), open_store(target_url)
    try:
        return _moved(source, target)
    finally:
        source.dispose()
        target.dispose()


def _moved(source: Engine, target: Engine) -> Moved:
    snapshot = {} if source.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    with source.connect().execution_options(**snapshot) as reading, target.begin() as writing:
        _check_empty(writing)
        tables = schema.metadata.sorted_tables
        for table in tables:
            _copy(table, reading, writing)
        for table in tables:
            _continue_numbers(table, writing)
        sent, arrived = contents_of(reading), contents_of(writing)
        if differing := sent.differences(arrived):
            raise BackupError(f"What arrived differs from what was sent in {', '.join(differing)}: nothing was kept.")
    return Moved(arrived.rows)


def _check_empty(connection: Connection) -> None:
    for table in schema.metadata.sorted_tables:
        if connection.execute(select(1).select_from(table).limit(1)).first():
            raise BackupError(f"The store to move to holds rows already ({table.name}): name an empty database.")


def _copy(table: Table, reading: Connection, writing: Connection) -> None:
    query = select(table).order_by(*table.primary_key.columns).execution_options(yield_per=_ROWS_AT_A_TIME)
    for rows in reading.execute(query).mappings().partitions():
        writing.execute(insert(table), [dict(row) for row in rows])


def _continue_numbers(table: Table, connection: Connection) -> None:
    """PostgreSQL counts on from the rows that came with their numbers."""
    column = table.autoincrement_column
    if connection.dialect.name != "postgresql" or column is None:
        return
    highest = connection.scalar(select(func.max(column)))
    if highest is not None:
        found = {"table": table.name, "column": column.name, "highest": highest}
        connection.execute(text("SELECT setval(pg_get_serial_sequence(:table, :column), :highest)"), found)
