"""A worker that lives keeps a project's stored analyses up to date; one that is gone does not."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select, update

from sprintlib import inbox
from sprintlib.store.schema import worker

ME = inbox.worker_name()


def test_a_project_is_kept_from_the_first_sign_to_the_end(engine: Engine) -> None:
    assert not inbox.is_kept(engine, "acme")
    inbox.sign_on(engine, ME, "acme")
    inbox.sign_on(engine, ME, "acme")
    assert inbox.is_kept(engine, "acme")
    assert not inbox.is_kept(engine, "other")
    inbox.sign_off(engine, ME)
    assert not inbox.is_kept(engine, "acme")


@pytest.mark.parametrize("seconds", [-21, 21])
def test_an_old_sign_is_none_and_neither_is_one_from_the_future(engine: Engine, seconds: int) -> None:
    inbox.sign_on(engine, ME, "acme")
    with engine.begin() as connection:
        connection.execute(update(worker).values(seen_at=datetime.now(UTC) + timedelta(seconds=seconds)))
    assert not inbox.is_kept(engine, "acme")


def test_rows_of_the_dead_go(engine: Engine) -> None:
    inbox.sign_on(engine, "elsewhere:1:0.00", "acme")
    with engine.begin() as connection:
        connection.execute(update(worker).values(seen_at=datetime.now(UTC) - timedelta(hours=1)))
    inbox.sign_on(engine, ME, "acme")
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(worker)) == 1
