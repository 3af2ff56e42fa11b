"""A frame read the fast way from SQLite equals what SQLAlchemy's own types give."""

from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import polars as pl
import pytest
from sqlalchemy import Engine, func, literal, select

from sprintlib.store import frame, open_store, schema, upsert

MOMENTS = (
    datetime(2026, 3, 1, tzinfo=UTC),
    datetime(2026, 3, 1, 12, 30, 15, 123456, tzinfo=UTC),
    datetime(2026, 7, 1, 1, tzinfo=timezone(timedelta(hours=2))),
)


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    engine = open_store(f"sqlite:///{tmp_path / 'sprint.db'}")
    common = {"html_url": "u", "source": "test", "observed_at": MOMENTS[0]}
    with engine.begin() as connection:
        upsert(connection, schema.repository, [{"id": 1, "full_name": "a/b", "private": None, **common}])
        upsert(
            connection,
            schema.milestone,
            [
                {
                    "repository_id": 1,
                    "number": number,
                    "title": f"{number}",
                    "state": "open",
                    "due_on": due,
                    "created_at": created,
                    "closed_at": closed,
                    **common,
                }
                for number, (created, due, closed) in enumerate(
                    zip(MOMENTS, (date(2026, 4, 1), None, None), (None, MOMENTS[1], None), strict=True)
                )
            ],
        )
    return engine


def test_times_dates_and_nulls(engine: Engine) -> None:
    table = schema.milestone
    query = select(table.c.number, table.c.created_at, table.c.due_on, table.c.closed_at).order_by(table.c.number)
    with engine.connect() as connection:
        found = frame(connection, query)
        assert found.rows() == [tuple(row) for row in connection.execute(query)]
    moment = pl.Datetime("us", "UTC")
    assert found.schema == {"number": pl.Int64, "created_at": moment, "due_on": pl.Date, "closed_at": moment}
    assert found["created_at"].to_list() == list(MOMENTS)


def test_booleans_subqueries_and_functions(engine: Engine) -> None:
    milestone = schema.milestone
    other = milestone.alias("other")
    newest = select(func.max(other.c.created_at)).where(other.c.repository_id == schema.repository.c.id)
    query = select(
        schema.repository.c.private,
        select(other.c.number).where(other.c.number == 1).exists().label("known"),
        newest.scalar_subquery().label("newest"),
        func.coalesce(milestone.c.closed_at, milestone.c.created_at).label("either"),
        literal("x").label("text"),
    ).join_from(schema.repository, milestone)
    with engine.connect() as connection:
        found = frame(connection, query.order_by(milestone.c.number))
    assert found.rows() == [
        (None, True, MOMENTS[2], MOMENTS[0], "x"),
        (None, True, MOMENTS[2], MOMENTS[1], "x"),
        (None, True, MOMENTS[2], MOMENTS[2], "x"),
    ]
    assert found.schema["private"] == pl.Boolean


def test_no_rows_keep_their_types(engine: Engine) -> None:
    with engine.connect() as connection:
        found = frame(connection, select(schema.milestone).where(schema.milestone.c.number == 99))
    assert found.is_empty()
    assert (found.schema["due_on"], found.schema["closed_at"]) == (pl.Date, pl.Datetime("us", "UTC"))
