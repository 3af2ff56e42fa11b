"""What is held about one person: all of it as JSON, and a pseudonym in its place."""

import json
import re
import zlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from secrets import token_hex
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, Table, and_, delete, func, insert, select, update

from sprintlib.access.sealing import Seal, seal_of
from sprintlib.errors import AccessError, SealError
from sprintlib.facts.changes import note_changes, of_items
from sprintlib.project import ProjectHandle
from sprintlib.store import insert_into, schema
from sprintlib.store.columns import metadata
from sprintlib.store.erased import Erased, digest_of, may_name

_LOGIN = re.compile(r"[A-Za-z\d](?:[A-Za-z\d_]|-(?=[A-Za-z\d])){0,63}")
# who did what with this tool is kept as it was: the audit is append-only by triggers
_KEPT = (schema.audit, schema.erased_person, schema.api_token, schema.session)
_TRACES = "traces.db"
_REMAINS = (
    "reports and backups that were written before, until they are removed ([report] and [backup] keep_days)",
    "names in the history of the git clones below data/, which are not logins",
    "the audit of what was done with this tool, which only admins read and nothing changes",
    "sprint.toml, where it names the login",
    "texts that name the person in another way",
    "GitHub itself",
)


@dataclass(frozen=True)
class Erasure:
    """What was done. rows: how many of each table changed. remains: where the login may still stand, one each."""

    pseudonym: str
    rows: dict[str, int]
    remains: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def export_person(project: ProjectHandle, login: str) -> dict[str, Any]:
    """Every stored row that names somebody, by table: what GitHub told, what was made of it, sessions and the audit.

    Raises AccessError for what is no login.
    """
    _check(login)
    project.permit("privacy")
    mark, seal = Erased({digest_of(login): ""}), seal_of(project.engine)
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    with project.engine.connect() as connection:
        for table in metadata.sorted_tables:
            for row, changed in _naming(connection, table, mark, seal):
                if changed:
                    found[table.name].append({name: _told(value) for name, value in row.items()})
        for table, column in ((schema.session, "login"), (schema.audit, "name")):
            query = select(table).where(func.lower(table.c[column]) == login.lower())
            rows = [{name: _told(value) for name, value in row.items()} for row in connection.execute(query).mappings()]
            if rows:
                found[table.name] = rows
    return {"login": login, "tables": dict(found)}


def erase_person(project: ProjectHandle, login: str) -> Erasure:
    """Put a pseudonym in the place of a login in everything stored, and in whatever comes in later.

    Sessions of theirs end, and traces of reasoning are removed. Erasing somebody again takes the same pseudonym.
    Raises AccessError for what is no login, and for the owner of a repository, whose name stands in every reference.
    """
    _check(login)
    owned = next(
        (one for one in project.settings.project.repositories if one.lower().startswith(f"{login.lower()}/")), None
    )
    if owned:
        raise AccessError(f"{login} owns {owned}, and every reference names it: move the repository on GitHub first.")
    with project.engine.connect() as connection:
        known = Erased.of(connection).pseudonyms.get(digest_of(login))
    pseudonym = known or f"person-{token_hex(3)}"
    with project.acting("privacy", f"erase {pseudonym}"):
        with project.engine.begin() as connection:
            if known is None:
                row = {"digest": digest_of(login), "pseudonym": pseudonym, "erased_at": datetime.now(UTC)}
                connection.execute(insert(schema.erased_person), row)
            connection.execute(delete(schema.session).where(func.lower(schema.session.c.login) == login.lower()))
            rows = _replace(connection, Erased({digest_of(login): pseudonym}), seal_of(project.engine))
        for file in project.settings.data_dir.glob(f"{_TRACES}*"):
            file.unlink()
        _overwrite(project.engine)
    project.forget()
    return Erasure(pseudonym, rows, _REMAINS)


def _check(login: str) -> None:
    if not _LOGIN.fullmatch(login):
        raise AccessError(f"'{login[:80]}' is no login of GitHub: letters, digits and hyphens, without '@'.")


def _naming(
    connection: Connection, table: Table, erased: Erased, seal: Seal
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each row of a table, with its body opened, and those of its values that name somebody, with pseudonyms."""
    names = [column.name for column in table.columns if may_name(column)]
    if table in _KEPT or not names:
        return
    for stored in connection.execute(select(table)).mappings().all():
        row = _opened(stored, seal) if table is schema.delivery else dict(stored)
        said = erased.row(table, {name: row[name] for name in names})
        yield row, {name: value for name, value in said.items() if value != row.get(name)}


def _opened(row: RowMapping, seal: Seal) -> dict[str, Any]:
    """A delivery with its body as it came; without one that is encrypted with a key that is not here."""
    try:
        return {**row, "body": seal.open(row["body"]) if row["body"] else None}
    except SealError:
        return {**row, "body": None}


def _replace(connection: Connection, erased: Erased, seal: Seal) -> dict[str, int]:
    counted: dict[str, int] = {}
    for table in metadata.sorted_tables:
        changed = [(row, values) for row, values in _naming(connection, table, erased, seal) if values]
        for row, values in changed:
            if table is schema.chunk:
                values["source_digest"] = None  # `sprint index` makes it, and its vector, anew
            if table is schema.delivery and "body" in values:
                values["body"] = seal.close(values["body"])
            _write(connection, table, row, values)
        _note(connection, table, [row for row, _ in changed])
        if changed:
            counted[table.name] = len(changed)
    return counted


def _write(connection: Connection, table: Table, row: dict[str, Any], values: dict[str, Any]) -> None:
    mine = and_(*(table.c[column.name] == row[column.name] for column in table.primary_key))
    if table is not schema.payload:
        connection.execute(update(table).where(mine).values(values))
        return
    # two versions may say the same now, and then it is one
    connection.execute(delete(table).where(mine))
    connection.execute(insert_into(connection, table).on_conflict_do_nothing(), {**row, **values})


def _note(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Have servers that run load these items again, and answers that browsers keep count no longer."""
    if "repository_id" in table.c and "number" in table.c:
        changes = (of_items(row["repository_id"], [row["number"]]) for row in rows if row["number"] is not None)
        note_changes(connection, {one for some in changes for one in some})


def _overwrite(engine: Engine) -> None:
    """On SQLite what was replaced stands in free pages of the file, and in its log, until they are written anew."""
    if engine.dialect.name == "sqlite":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def _told(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return json.loads(zlib.decompress(value)) if isinstance(value, bytes) else value
