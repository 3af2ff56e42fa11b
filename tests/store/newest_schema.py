"""The statements that make a new SQLite store, as all migrations leave it: `python -m tests.store.newest_schema`.

Run it after adding a migration; a test holds the file to the migrations.
"""

import sqlite3
import tempfile
from pathlib import Path
from unittest.mock import patch

from sprintlib.store import open_store
from sprintlib.store.upgrade import NEWEST, revisions

_OURS = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY rowid"


def statements() -> list[str]:
    """Of a store that went through all migrations, in the order in which they left it."""
    with tempfile.TemporaryDirectory() as folder, patch("sprintlib.store.upgrade.newest_statements", list):
        open_store(f"sqlite:///{folder}/sprint.db").dispose()
        connection = sqlite3.connect(f"{folder}/sprint.db")
        rows = connection.execute(_OURS).fetchall()
        connection.close()
    virtual = [f"{name}_" for name, sql in rows if sql.startswith("CREATE VIRTUAL TABLE")]
    # SQLite makes the tables behind an index for full text by itself
    made = {name for name, sql in rows if sql.startswith("CREATE TABLE '") and name.startswith(tuple(virtual))}
    return [sql for name, sql in rows if name not in made]


def text() -> str:
    """The file."""
    return f"-- {revisions()[-1]}\n" + "".join(f"{one};\n" for one in statements())


if __name__ == "__main__":
    Path(NEWEST).write_text(text(), encoding="utf-8")
