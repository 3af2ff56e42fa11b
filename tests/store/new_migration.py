"""Writes the migration that is missing: `python -m tests.store.new_migration deployments`, a word for what it adds.

What the tables say and no migration makes becomes the next file of `sprintlib/store/migrations/versions`. Read it
before it is committed: a column that was renamed looks like one that went and another that came.
"""

import subprocess
import sys
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.operations.ops import CreateTableOp, DropTableOp, MigrationScript
from sqlalchemy import create_engine

import sprintlib.store.migrations as migrations
from sprintlib.store.upgrade import revisions

_FOLDER = Path(migrations.__path__[0])
_FULL_TEXT = ("chunk_text", "chunk_trigram")  # SQLite's own tables for full text


def main(name: str) -> None:
    """Write the file, formatted, and print where it is."""
    number = f"{int(revisions()[-1]) + 1:04}"
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        command.revision(config, name, autogenerate=True, rev_id=number, process_revision_directives=_only_facts)
    (path,) = (_FOLDER / "versions").glob(f"{number}_*.py")
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if "###" not in line), encoding="utf-8")
    subprocess.run([sys.executable, "-m", "ruff", "format", "--quiet", str(path)], check=True)
    sys.stdout.write(f"{path}\n")


def _only_facts(_context: Any, _revision: Any, scripts: list[MigrationScript]) -> None:
    """Leave out what is no part of the schema: tables of full text, and what tables say of themselves to us."""
    for operations in (scripts[0].upgrade_ops, scripts[0].downgrade_ops):
        if operations is None:
            continue
        operations.ops = [
            one
            for one in operations.ops
            if not (isinstance(one, CreateTableOp | DropTableOp) and one.table_name.startswith(_FULL_TEXT))
        ]
        for one in operations.ops:
            if isinstance(one, CreateTableOp):
                one.info = {}


if __name__ == "__main__":
    main(" ".join(sys.argv[1:]))
