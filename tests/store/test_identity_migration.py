"""A store that was keyed by names and node ids keeps every fact when it is keyed by GitHub's ids."""

import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import JSON, Column, Connection, Engine, MetaData, Table, create_engine, insert, select, text

from sprintlib.history import ProjectState, load_state
from sprintlib.recommend import read_feedback
from sprintlib.store import open_store, schema
from sprintlib.store import upgrade as upgrade_module
from tests.sprints import two_sprints
from tests.world import SEEN, World, at

_BEFORE = "0014"
_NEW_TABLES = ("repository_name", "listed_page")
_RUN = {
    "id": 5,
    "run_attempt": 1,
    "workflow_id": 77,
    "path": ".github/workflows/ci.yml",
    "head_repository": {"id": 900, "full_name": "stranger/api"},
}
_ANALYSIS = {
    "id": 1,
    "project": "acme",
    "milestone": "Sprint 2",
    "sprint": "1-2",
    "as_of": SEEN,
    "revision": 1,
    "version": "0.1.0",
    "body": {"title": "Sprint 2"},
    "created_at": SEEN,
}
_FEEDBACK = {
    "project": "acme",
    "recommendation": "pb-006-acme-api-14",
    "play": "PB-006",
    "items": ["acme/api#14"],
    "decision": "dismiss",
    "reason": "no",
    "happened_at": SEEN,
}


def fill(engine: Engine, home: Path) -> World:
    """Two sprints with everything that is keyed otherwise now."""
    world = two_sprints(World(engine, home))
    world.pull(20, milestone=2, merged="03-18 10:00")
    world.event(20, "milestoned", "03-16 10:00", "Sprint 2")
    world.comment(14, "depends on #15", "03-17", key="901")
    world.comment(20, "looks good", "03-17", key="902", kind="review")
    world.review(20, "approved", "03-17", html_url="https://github.com/acme/api/pull/20#pullrequestreview-903")
    world.run(5, "03-18", "03-18 00:10", "failure")
    world.blocked_by(14, "acme/web#3", "03-18")
    world.flush()
    return world


def copy_back(new: Engine, old: Connection) -> None:
    """Write what a store of today holds as the one before it did: keyed by node id, without what it did not know."""
    tables = MetaData()
    tables.reflect(old)
    with new.connect() as connection:
        for table in schema.metadata.sorted_tables:
            if table.name in _NEW_TABLES or table.name not in tables.tables:  # or of a later revision
                continue
            target = tables.tables[table.name]
            rows = [
                {name: value for name, value in row.items() if name in target.c}
                for row in connection.execute(select(table)).mappings()
            ]
            for row in rows:
                if table.name == "payload" and row["kind"] in ("issue", "pull"):
                    repo = {"1": "acme/api", "2": "acme/web"}[row["key"].partition("-")[0]]
                    row["key"] = repo + row["key"].partition("-")[2]
            if rows:
                old.execute(insert(table_of(target, table)), rows)


def table_of(target: Any, table: Any) -> Any:
    """The older table, with the types that know about time zones."""
    for column in target.c:
        if column.name in table.c:
            column.type = table.c[column.name].type
    return target


# as it was before it was compressed
_OLD_ANALYSIS = Table(
    "analysis",
    MetaData(),
    *(Column(one.name, JSON if one.name == "body" else one.type) for one in schema.analysis.c),
)


def at_revision(url: str, revision: str) -> Engine:
    engine = create_engine(url)
    config = Config()
    config.set_main_option("script_location", str(Path(upgrade_module.__file__).parent / "migrations"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    return engine


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of each kind that is supported."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/old.db"
        return
    url: str = request.getfixturevalue("postgresql")
    yield url
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    engine.dispose()


def frames(past: ProjectState) -> dict[str, pl.DataFrame]:
    return {name: value for name, value in vars(past).items() if isinstance(value, pl.DataFrame)}


def test_facts_analyses_and_answers_outlive_the_new_keys(url: str, tmp_path: Path) -> None:
    new = open_store(f"sqlite:///{tmp_path}/new.db")
    world = fill(new, tmp_path)
    old = at_revision(url, _BEFORE)
    with old.begin() as connection:
        copy_back(new, connection)
        connection.execute(insert(_OLD_ANALYSIS).values(_ANALYSIS))
        connection.execute(insert(schema.feedback).values(_FEEDBACK))
    old.dispose()
    upgraded = open_store(url)
    for moment in ("03-12 12:00", "03-20 12:00"):
        one, other = (frames(load_state(engine, world.settings, at(moment))) for engine in (new, upgraded))
        for name, frame in one.items():
            assert frame.equals(other[name]), name
    with upgraded.connect() as connection:
        (analysis,) = connection.execute(select(schema.analysis.c.sprint, schema.analysis.c.body)).all()
    assert tuple(analysis) == ("1-2", {"title": "Sprint 2"})
    assert [given.recommendation for given in read_feedback(upgraded, "acme", SEEN)] == ["pb-006-acme-api-14"]
    upgraded.dispose()


def test_what_payloads_and_addresses_say_becomes_the_key(url: str, tmp_path: Path) -> None:
    new = open_store(f"sqlite:///{tmp_path}/new.db")
    fill(new, tmp_path)
    old = at_revision(url, _BEFORE)
    run = {"kind": "run", "key": "5-1", "digest": "d", "repository_id": 1, "observed_at": SEEN}
    said = {"kind": "comment", "key": "node", "digest": "d", "repository_id": 1, "observed_at": SEEN}
    comment = {"node_id": "node", "repository_id": 1, "number": 14, "kind": "issue", "html_url": "https://x/#other"}
    times = {"created_at": SEEN, "updated_at": SEEN, "observed_at": SEEN, "source": "rest"}
    cursor = {"kind": "issues", "complete": True, "collected": 18, "as_of": SEEN}
    with old.begin() as connection:
        copy_back(new, connection)
        tables = MetaData()
        tables.reflect(connection)
        for table, row in (
            (schema.payload, run | {"body": zlib.compress(json.dumps(_RUN).encode())}),
            (schema.payload, said | {"body": zlib.compress(json.dumps({"id": 999}).encode())}),
            (schema.comment, comment | times),
            (schema.sync_cursor, cursor | {"repository": "acme/api"}),
            (schema.sync_cursor, cursor | {"repository": "acme/unknown"}),
        ):
            connection.execute(insert(table_of(tables.tables[table.name], table)), [row])
    old.dispose()
    upgraded = open_store(url)
    with upgraded.connect() as connection:
        comments = set(connection.execute(select(schema.comment.c.kind, schema.comment.c.id)).all())
        reviews = set(connection.scalars(select(schema.review.c.id)))
        ran = connection.execute(
            select(
                schema.workflow_run.c.workflow_id, schema.workflow_run.c.path, schema.workflow_run.c.head_repository_id
            )
        ).one()
        keys = set(connection.scalars(select(schema.payload.c.key).where(schema.payload.c.kind == "comment")))
        cursors = connection.execute(select(schema.sync_cursor.c.repository_id, schema.sync_cursor.c.kind)).all()
        names = dict(
            connection.execute(select(schema.repository_name.c.name, schema.repository_name.c.repository_id)).all()
        )
    assert comments == {("issue", 901), ("review", 902), ("issue", 999)}
    assert reviews == {903}
    assert tuple(ran) == (77, ".github/workflows/ci.yml", 900)
    assert keys == {"issue-999"}
    assert [tuple(one) for one in cursors] == [(1, "issues")]
    assert names == {"acme/api": 1, "acme/web": 2}
    upgraded.dispose()


def test_of_two_rows_that_differ_in_their_node_id_the_newest_stays(url: str, tmp_path: Path) -> None:
    new = open_store(f"sqlite:///{tmp_path}/new.db")
    fill(new, tmp_path)
    old = at_revision(url, _BEFORE)
    with old.begin() as connection:
        copy_back(new, connection)
        names = [row for row in schema.issue.c.keys() if row != "gone_at"]  # noqa: SIM118 - a column collection
        columns = ", ".join(names)
        taken = ", ".join(
            {"node_id": "'again'", "title": "'Newer'", "updated_at": ":later"}.get(one, one) for one in names
        )
        later = text(f"INSERT INTO issue ({columns}) SELECT {taken} FROM issue WHERE repository_id = 1 AND number = 14")
        connection.execute(later.bindparams(later=at("03-19 09:00").replace(tzinfo=None)))
    old.dispose()
    upgraded = open_store(url)
    with upgraded.connect() as connection:
        titles = connection.scalars(
            select(schema.issue.c.title).where(schema.issue.c.repository_id == 1, schema.issue.c.number == 14)
        ).all()
    assert titles == ["Newer"]
    upgraded.dispose()
