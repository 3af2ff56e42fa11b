"""Items that GitHub is to be asked about again: put down with the facts, crossed off when it has been asked."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Engine, delete, func, select, update

from sprintlib.observe.context import ids
from sprintlib.store import upsert
from sprintlib.store.schema import item_refresh

_LONGEST_WAIT = timedelta(minutes=15)


@dataclass(frozen=True)
class Refresh:
    """One item to ask about. wanted_at: when a webhook last told of it; cause: id of that delivery, if known."""

    repository_id: int
    number: int
    attempts: int
    wanted_at: datetime
    cause: str | None = None


def want_refresh(connection: Connection, repository_id: int, numbers: Collection[int]) -> None:
    """Put items down to be asked about, in the transaction that stores why."""
    now = datetime.now(UTC)
    row = {
        "repository_id": repository_id,
        "attempts": 0,
        "wanted_at": now,
        "not_before": now,
        "cause": ids().get("delivery"),
    }
    upsert(connection, item_refresh, [{**row, "number": number} for number in sorted(numbers)])


def next_refresh(engine: Engine) -> Refresh | None:
    """What has waited longest and may be asked now."""
    table = item_refresh.c
    query = select(table.repository_id, table.number, table.attempts, table.wanted_at, table.cause)
    query = query.where(table.not_before <= datetime.now(UTC)).order_by(table.wanted_at).limit(1)
    with engine.connect() as connection:
        row = connection.execute(query).first()
    return Refresh(*row) if row else None


def refreshed(engine: Engine, one: Refresh) -> None:
    """It was asked about; what a webhook told meanwhile stays put down."""
    with engine.begin() as connection:
        connection.execute(delete(item_refresh).where(*_same(one), item_refresh.c.wanted_at == one.wanted_at))


def put_off(engine: Engine, one: Refresh) -> None:
    """It could not be asked about: later, after a longer while each time."""
    wait = min(timedelta(seconds=2 ** min(one.attempts + 1, 12)), _LONGEST_WAIT)
    values = {"attempts": one.attempts + 1, "not_before": datetime.now(UTC) + wait}
    with engine.begin() as connection:
        connection.execute(update(item_refresh).where(*_same(one)).values(values))


def owed(engine: Engine) -> int:
    """How many items are still to be asked about."""
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(item_refresh)) or 0


def _same(one: Refresh) -> tuple[ColumnElement[bool], ...]:
    return (item_refresh.c.repository_id == one.repository_id, item_refresh.c.number == one.number)
