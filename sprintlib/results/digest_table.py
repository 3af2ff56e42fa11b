"""Which digests were sent: one row a target and day, taken before anything is sent, so that nothing is sent twice."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Engine, RowMapping, Select, insert, select, update
from sqlalchemy.exc import IntegrityError

from sprintlib.store.schema import digest

State = Literal["sending", "sent", "quiet", "failed", "unsure"]
_AGAIN = ("failed", "quiet")


@dataclass(frozen=True)
class SentDigest:
    """What became of one message. reference: a file, or the id of a comment. message: why it failed."""

    target: str
    day: date
    state: State
    reference: str | None
    message: str | None
    tried_at: datetime


def claim(engine: Engine, project: str, target: str, day: date) -> bool:
    """Whether this process may send that message now: nobody has sent it, and nobody is at it.

    One that failed, or was left out as nothing had changed, may be tried again.
    """
    values = {"state": "sending", "tried_at": datetime.now(UTC), "message": None}
    try:
        with engine.begin() as connection:
            connection.execute(insert(digest).values(project=project, target=target, day=day, **values))
        return True
    except IntegrityError:
        with engine.begin() as connection:
            again = update(digest).where(*_is(project, target, day), digest.c.state.in_(_AGAIN)).values(**values)
            return connection.execute(again).rowcount == 1


def finish(
    engine: Engine,
    project: str,
    target: str,
    day: date,
    state: State,
    reference: str | None = None,
    message: str | None = None,
) -> None:
    """Record what became of a message that was claimed."""
    values = {"state": state, "reference": reference, "message": message, "tried_at": datetime.now(UTC)}
    with engine.begin() as connection:
        connection.execute(update(digest).where(*_is(project, target, day)).values(values))


def find(engine: Engine, project: str, target: str, day: date) -> SentDigest | None:
    """The message of a target and day; None where nobody has tried."""
    return next(iter(_read(engine, select(digest).where(*_is(project, target, day)))), None)


def last_sent(engine: Engine, project: str, target: str | None = None, before: date | None = None) -> SentDigest | None:
    """The newest that was sent. target: there, else anywhere. before: of an earlier day only."""
    query = select(digest).where(digest.c.project == project, digest.c.state == "sent")
    if target is not None:
        query = query.where(digest.c.target == target)
    if before is not None:
        query = query.where(digest.c.day < before)
    return next(iter(_read(engine, query.order_by(digest.c.day.desc(), digest.c.id.desc()).limit(1))), None)


def _is(project: str, target: str, day: date) -> tuple[ColumnElement[bool], ...]:
    return digest.c.project == project, digest.c.target == target, digest.c.day == day


def _read(engine: Engine, query: Select[Any]) -> list[SentDigest]:
    with engine.connect() as connection:
        return [_sent(row) for row in connection.execute(query).mappings()]


def _sent(row: RowMapping) -> SentDigest:
    return SentDigest(**{name: row[name] for name in SentDigest.__dataclass_fields__})
