"""SQLite's lock for writing, taken at the beginning of a transaction, and fairly."""

import time
from sqlite3 import OperationalError as Refused

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from sprintlib.store.engine import BUSY_SECONDS

_LOOK_SECONDS = 0.001


def take_lock(connection: Connection) -> None:
    """Begin a transaction that writes, so that it never finds that it comes too late. Nothing on a server's database.

    SQLite by itself waits in longer and longer steps, up to a tenth of a second: who waits beside a worker that writes
    in one short transaction after the other then mostly looks while it is locked. Raises OperationalError after
    BUSY_SECONDS.
    """
    if connection.dialect.name != "sqlite":
        return
    connection.exec_driver_sql("PRAGMA busy_timeout = 0")
    until = time.monotonic() + BUSY_SECONDS
    try:
        while not _is_taken(connection, last=time.monotonic() > until):
            time.sleep(_LOOK_SECONDS)
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {1000 * BUSY_SECONDS}")


def _is_taken(connection: Connection, *, last: bool) -> bool:
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    except OperationalError as error:
        if last or not (isinstance(error.orig, Refused) and error.orig.sqlite_errorname.startswith("SQLITE_BUSY")):
            raise
        return False
    return True
