"""Making the facts again from what was kept, without GitHub, and comparing them with those that there are."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, RowMapping, Select, Table, delete, func, insert, select, update

from sprintlib.facts.batch import FactBatch, drop_lifted_blockers, read_payload, write_repository
from sprintlib.facts.kept import GONE, MILESTONE_CHANGE, REPOSITORY
from sprintlib.facts.rows import TOLD, Origin
from sprintlib.store import schema
from sprintlib.store.nature import nature

_TABLES = schema.metadata.sorted_tables
REBUILT = tuple(table for table in _TABLES if nature(table).made_from == "payloads")
CARRIED = tuple(table for table in _TABLES if nature(table).made_from == "else")
_FETCHING = frozenset({"source", "observed_at"})
_AT_ONCE = 1000
OnProgress = Callable[[str, int, int | None], None]


class Compared(NamedTuple):
    """Rows of a table that only one of two stores has, without who fetched them and when."""

    table: str
    rows: int
    missing: int
    surplus: int


@dataclass(frozen=True)
class Replay:
    """payloads: how many were kept. tables: how what was made from them compares."""

    payloads: int
    tables: tuple[Compared, ...]

    @property
    def is_equal(self) -> bool:
        return not any(one.missing or one.surplus for one in self.tables)

    def as_dict(self) -> dict[str, Any]:
        """For JSON: `missing` rows are only in the store, `surplus` ones only in what was made again."""
        return {"payloads": self.payloads, "equal": self.is_equal, "tables": [one._asdict() for one in self.tables]}


def replay(source: Engine, target: Engine, on_progress: OnProgress) -> Replay:
    """Fill an empty store from what another one has kept, and compare the two.

    What never was a payload is carried over as it is (CARRIED); analyses and the search index are not.
    """
    with source.connect() as connection, target.begin() as made:
        _make_repositories(connection, made)
        for table in (schema.repository_name, schema.payload):  # which come whole
            made.execute(delete(table))
        for table in (*CARRIED, schema.payload):
            _copy(connection, made, select(table), table)
        from_git = select(schema.commit).where(schema.commit.c.source == "git")
        _copy(connection, made, from_git, schema.commit)
    with target.begin() as made:
        total = made.execute(select(func.count()).select_from(schema.payload)).scalar_one()
        done = 0
        for batch in _batches(made):
            _write(made, batch)
            done += len(batch)
            on_progress("payloads", done, total)
        for repository_id in made.execute(select(schema.repository.c.id)).scalars().all():
            drop_lifted_blockers(made, repository_id)
    on_progress("payloads", total, total)
    return Replay(total, tuple(compare(source, target)))


def compare(left: Engine, right: Engine) -> Iterator[Compared]:
    """Each table that is made from payloads, row by row."""
    for table in REBUILT:
        one, other = _contents(left, table), _contents(right, table)
        yield Compared(table.name, one.total(), (one - other).total(), (other - one).total())


def _contents(engine: Engine, table: Table) -> Counter[str]:
    columns = [column for column in table.c if column.name not in _FETCHING]
    with engine.connect() as connection:
        return Counter(repr(tuple(row)) for row in connection.execute(select(*columns)))


def _copy(connection: Connection, made: Connection, query: Select[Any], table: Table) -> None:
    for part in connection.execution_options(yield_per=_AT_ONCE).execute(query).mappings().partitions():
        made.execute(insert(table), [dict(row) for row in part])


def _make_repositories(connection: Connection, made: Connection) -> None:
    """In the order in which they were seen, so that who has a name is who had it last."""
    for row in connection.execute(_kept().where(schema.payload.c.kind == REPOSITORY)).mappings():
        write_repository(made, read_payload(row["body"]), _origin(row))


def _kept() -> Select[Any]:
    """What was kept, in the order in which it was last told."""
    table = schema.payload.c
    return select(schema.payload).order_by(table.seen_at, table.kind, table.key, table.digest)


def _batches(made: Connection) -> Iterator[list[RowMapping]]:
    """Of one repository, and told or asked for, as many as make a transaction's worth."""
    table = schema.payload.c
    ids = made.execute(select(table.repository_id).distinct().order_by(table.repository_id)).scalars().all()
    for repository_id in ids:
        found = made.execute(_kept().where(table.repository_id == repository_id, table.kind != REPOSITORY))
        for _, rows in groupby(found.mappings().all(), key=lambda row: row["source"] in TOLD):
            batch = list(rows)
            yield from (batch[first : first + _AT_ONCE] for first in range(0, len(batch), _AT_ONCE))


def _write(made: Connection, rows: Sequence[RowMapping]) -> None:
    facts = FactBatch(_origin(rows[0]))
    gone = []
    for row in rows:
        facts.origin = _origin(row)
        told = read_payload(row["body"])
        if row["kind"] == GONE:
            gone.append((row["repository_id"], told))
        else:
            _add(facts, row, told)
    facts.write(made)
    for repository_id, told in gone:
        _mark(made, repository_id, told)


def _add(facts: FactBatch, row: RowMapping, told: dict[str, Any]) -> None:
    kind, number = row["kind"], row["number"]
    match kind:
        case "comment":
            facts.add("review_comment" if row["key"].startswith("review-") else "comment", [told], number)
        case "review" | "commit" | "event":
            facts.add("timeline", [told], number)
        case "blocked_by":
            facts.blocked_by(int(row["key"].rpartition("-")[2]), told["blocked_by"])
        case _ if kind == MILESTONE_CHANGE:
            at = datetime.fromisoformat(told["happened_at"])
            facts.milestone_changed(told["number"], told["field"], told["before"], at)
        case _:
            facts.add(kind, [told])


def _mark(made: Connection, repository_id: int, told: dict[str, Any]) -> None:
    table = schema.metadata.tables[told["table"]]
    column = table.c.number if table.name in ("issue", "pull_request", "milestone") else table.c.id
    chosen = [table.c.repository_id == repository_id, column == told["key"]]
    if "of" in told:
        chosen.append(table.c.kind == told["of"])
    gone_at = datetime.fromisoformat(told["gone_at"]) if told["gone_at"] else None
    made.execute(update(table).where(*chosen).values(gone_at=gone_at))


def _origin(row: RowMapping) -> Origin:
    return Origin(row["repository_id"], row["source"], row["seen_at"])
