"""The rows of the inbox: put in, taken with a lease, finished, failed, set aside, tried again.

A row is taken by one worker at a time, by the same statement on SQLite (which has one writer) and PostgreSQL (which
skips rows that others have locked). A worker that dies, however it dies, loses its rows: at once to another one on the
same machine, and when the lease ends otherwise.
"""

import socket
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Engine, and_, func, or_, select, update

from sprintlib.access.sealing import Seal, is_sealed, seal_of
from sprintlib.errors import SealError, SettingsError
from sprintlib.store.erased import Erased
from sprintlib.store.locking import take_lock
from sprintlib.store.schema import delivery
from sprintlib.store.writing import insert_into
from sprintlib.text import printable

State = Literal["waiting", "taken", "done", "ignored", "aside"]
MOST_ATTEMPTS = 8
LEASE = timedelta(seconds=30)
_LONGEST_WAIT = timedelta(minutes=15)
_LONGEST_REASON = 500
CLOSED = "it is encrypted with a key that this home does not have; 'sprint sync' asks GitHub for what it told"
_AT_ONCE = 500


@dataclass(frozen=True)
class Delivery:
    """One delivery. body: the raw bytes; None where they are no longer kept, were not asked for, or cannot be opened.

    is_closed: whether the body is there, encrypted with a key that this home does not have.
    """

    id: int
    guid: str
    event: str
    state: str
    attempts: int
    repeats: int
    reason: str | None
    received_at: datetime
    finished_at: datetime | None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = field(default=None, repr=False)
    is_closed: bool = False

    def as_dict(self) -> dict[str, Any]:
        """For JSON, without body and headers; times as RFC 3339."""
        finished = self.finished_at.isoformat() if self.finished_at else None
        told = {name: getattr(self, name) for name in ("id", "guid", "event", "state", "attempts", "repeats", "reason")}
        return told | {"received_at": self.received_at.isoformat(), "finished_at": finished}


@dataclass(frozen=True)
class Receipt:
    """What became of what was put in. is_new: False where its id or its body was there already."""

    guid: str
    is_new: bool


def receive(engine: Engine, guid: str, event: str, headers: Mapping[str, str], body: bytes) -> Receipt:
    """Put one delivery in, once: the same id or the same body again only counts as a repeat.

    guid: GitHub's id of the delivery; the body's digest where there is none. The body is encrypted.
    Raises DatabaseError, and SettingsError where the keys of the home cannot be read.
    """
    digest, seal = sha256(body).hexdigest(), seal_of(engine)
    guid = printable(guid)[:96] or f"body-{digest}"
    row = {
        "guid": guid,
        "digest": digest,
        "event": printable(event)[:64],
        "headers": dict(headers),
        "body": zlib.compress(body, 1),
        "state": "waiting",
        "attempts": 0,
        "repeats": 0,
        "received_at": datetime.now(UTC),
    }
    with _writing(engine) as connection:
        erased = Erased.of(connection)
        kept: dict[str, Any] = erased.row(delivery, row) if erased else row
        kept["body"] = seal.close(kept["body"])
        put = insert_into(connection, delivery).values(kept).on_conflict_do_nothing()
        is_new = connection.execute(put.returning(delivery.c.id)).first() is not None
        if not is_new:
            same = or_(delivery.c.guid == guid, delivery.c.digest == digest)
            connection.execute(update(delivery).where(same).values(repeats=delivery.c.repeats + 1))
    return Receipt(guid, is_new)


def claim(engine: Engine, holder: str, most: int = 100) -> list[Delivery]:
    """Take the oldest rows that wait, or whose lease has ended; the holder has them until the lease ends.

    What failed before is taken by itself, so that it cannot take others with it; what has failed MOST_ATTEMPTS times is
    set aside.
    """
    now = datetime.now(UTC)
    table = delivery.c
    ended = and_(table.state == "taken", table.lease_until < now)
    ready = or_(and_(table.state == "waiting", or_(table.not_before.is_(None), table.not_before <= now)), ended)
    with _writing(engine) as connection:
        killed = update(delivery).where(ended, table.attempts >= MOST_ATTEMPTS)
        reason = func.coalesce(table.reason, f"the worker ended {MOST_ATTEMPTS} times while it worked on this")
        connection.execute(killed.values(state="aside", reason=reason, finished_at=now, holder=None, lease_until=None))
        oldest = connection.execute(select(table.id, table.attempts).where(ready).order_by(table.id).limit(1)).first()
        if oldest is None:
            return []
        chosen = select(table.id).where(ready, table.attempts == 0).order_by(table.id).limit(most)
        if oldest.attempts:
            chosen = select(table.id).where(ready, table.id == oldest.id)
        taken = (
            update(delivery)
            .where(table.id.in_(chosen.with_for_update(skip_locked=True)))
            .values(state="taken", holder=holder, lease_until=now + LEASE, attempts=table.attempts + 1)
            .returning(delivery)
        )
        rows = connection.execute(taken).mappings().all()
    seal = seal_of(engine)
    return sorted((_delivery(row, seal) for row in rows), key=lambda one: one.id)


def hold(engine: Engine, holder: str) -> None:
    """A sign of life: the holder's leases begin again."""
    mine = update(delivery).where(delivery.c.state == "taken", delivery.c.holder == holder)
    with _writing(engine) as connection:
        connection.execute(mine.values(lease_until=datetime.now(UTC) + LEASE))


def release_dead(engine: Engine) -> int:
    """Give back the rows of workers on this machine whose process is gone. Returns how many."""
    table = delivery.c
    with engine.connect() as connection:
        holders = connection.execute(select(table.holder).where(table.state == "taken").distinct()).scalars().all()
    gone = [holder for holder in holders if holder and _is_gone(holder)]
    if not gone:
        return 0
    theirs = and_(table.state == "taken", table.holder.in_(gone))
    with _writing(engine) as connection:
        return connection.execute(
            update(delivery).where(theirs).values(lease_until=datetime.now(UTC) - timedelta(seconds=1))
        ).rowcount


def _is_gone(holder: str) -> bool:
    import psutil

    host, process, began = holder.rsplit(":", 2)
    if host != socket.gethostname()[:48]:
        return False
    try:
        return f"{psutil.Process(int(process)).create_time():.2f}" != began
    except psutil.NoSuchProcess:
        return True
    except psutil.AccessDenied:
        return False


def finish(
    engine: Engine, ids: Collection[int], holder: str, state: State = "done", reasons: Mapping[int, str] | None = None
) -> None:
    """Note that rows of this holder are done, or ignored for a reason; others' are left alone."""
    now = datetime.now(UTC)
    reasons = reasons or {}
    with _writing(engine) as connection:
        for reason in {reasons.get(one) for one in ids}:
            chosen = [one for one in ids if reasons.get(one) == reason]
            for start in range(0, len(chosen), _AT_ONCE):
                rows = _held(chosen[start : start + _AT_ONCE], holder)
                values = {"state": state, "reason": reason, "finished_at": now, "holder": None, "lease_until": None}
                connection.execute(update(delivery).where(rows).values(values))


def fail(engine: Engine, one: Delivery, holder: str, reason: str, again: bool = True) -> None:
    """Note what went wrong; it is tried again later, each time after a longer while, and set aside in the end.

    again: False for what cannot go better: it is set aside at once.
    """
    now = datetime.now(UTC)
    aside = not again or one.attempts >= MOST_ATTEMPTS
    wait = min(timedelta(seconds=2**one.attempts), _LONGEST_WAIT)
    values = {
        "state": "aside" if aside else "waiting",
        "reason": printable(reason)[:_LONGEST_REASON],
        "finished_at": now if aside else None,
        "not_before": None if aside else now + wait,
        "holder": None,
        "lease_until": None,
    }
    with _writing(engine) as connection:
        connection.execute(update(delivery).where(_held([one.id], holder)).values(values))


def retry(engine: Engine, names: Sequence[str] = ()) -> int:
    """Have rows that are set aside worked on again: these (by number or GitHub's id), or all. Returns how many.

    Raises SettingsError for a name that is none, and for one whose body is no longer kept.
    """
    found = {name: find(engine, name) for name in names}
    for name, one in found.items():
        if one.is_closed:
            raise SettingsError(f"What {name} said cannot be read: {CLOSED}.")
        if one.body is None:
            raise SettingsError(f"What {name} said is no longer kept: have GitHub deliver it again.")
    chosen = delivery.c.id.in_([one.id for one in found.values()]) if names else delivery.c.state == "aside"
    states = ("aside", "ignored", "done") if names else ("aside",)
    again = update(delivery).where(chosen, delivery.c.state.in_(states), delivery.c.body.is_not(None))
    values = {"state": "waiting", "attempts": 0, "reason": None, "finished_at": None, "not_before": None}
    with _writing(engine) as connection:
        return connection.execute(again.values(values)).rowcount


def find(engine: Engine, name: str) -> Delivery:
    """One row with headers and body, by its number or GitHub's id. Raises SettingsError where there is none."""
    known = delivery.c.guid == name
    if name.isdecimal() and len(name) < 19:
        known = or_(known, delivery.c.id == int(name))
    with engine.connect() as connection:
        row = connection.execute(select(delivery).where(known)).mappings().first()
    if row is None:
        raise SettingsError(f"There is no delivery '{printable(name)}': 'sprint inbox list' shows them.")
    return _delivery(row, seal_of(engine))


def known(engine: Engine, guids: Collection[str]) -> set[str]:
    """Which of these ids of GitHub the inbox holds."""
    chosen, found = sorted(guids), set[str]()
    with engine.connect() as connection:
        for start in range(0, len(chosen), _AT_ONCE):
            held = select(delivery.c.guid).where(delivery.c.guid.in_(chosen[start : start + _AT_ONCE]))
            found |= set(connection.execute(held).scalars())
    return found


def listed(engine: Engine, states: Collection[str] = (), most: int = 50, before: int | None = None) -> list[Delivery]:
    """The newest rows without their bodies, newest first. before: only those with a smaller number."""
    columns = [column for column in delivery.c if column.name not in ("body", "headers")]
    query = select(*columns).order_by(delivery.c.id.desc()).limit(most)
    if states:
        query = query.where(delivery.c.state.in_(list(states)))
    if before is not None:
        query = query.where(delivery.c.id < before)
    with engine.connect() as connection:
        return [_delivery(row) for row in connection.execute(query).mappings()]


def counts(engine: Engine) -> dict[str, int]:
    """How many rows are in each state; `repeats` counts what came again."""
    query = select(delivery.c.state, func.count()).group_by(delivery.c.state)
    with engine.connect() as connection:
        found: dict[str, int] = dict(connection.execute(query).all())
        repeats = connection.scalar(select(func.sum(delivery.c.repeats))) or 0
    states: tuple[State, ...] = ("waiting", "taken", "done", "ignored", "aside")
    return {**{state: found.get(state, 0) for state in states}, "repeats": int(repeats)}


def forget_bodies(engine: Engine, before: datetime) -> int:
    """Let go of what was done before a moment; ids and digests stay, so that it still counts once."""
    old = and_(delivery.c.state.in_(("done", "ignored")), delivery.c.finished_at < before)
    with _writing(engine) as connection:
        rows = update(delivery).where(old, delivery.c.body.is_not(None))
        return connection.execute(rows.values(body=None, headers={})).rowcount


def close_bodies(engine: Engine, again: bool = False) -> int:
    """Encrypt what was put in before bodies were encrypted; again: all of them, with the newest key. Returns how many.

    What is encrypted with a key that is not here stays as it is.
    """
    seal, last, closed = seal_of(engine), 0, 0
    while True:
        kept = select(delivery.c.id, delivery.c.body).where(delivery.c.body.is_not(None), delivery.c.id > last)
        with _writing(engine) as connection:
            rows = connection.execute(kept.order_by(delivery.c.id).limit(_AT_ONCE)).all()
            for number, body in rows:
                if is_sealed(body) and not again:
                    continue
                with suppress(SealError):
                    connection.execute(
                        update(delivery).where(delivery.c.id == number).values(body=seal.close_again(body))
                    )
                    closed += 1
        if not rows:
            return closed
        last = rows[-1].id


def closed_elsewhere(engine: Engine) -> int:
    """How many bodies are encrypted with a key that this home does not have."""
    kept = select(delivery.c.body).where(delivery.c.body.is_not(None)).execution_options(yield_per=_AT_ONCE)
    with engine.connect() as connection:
        sealed = (body for body in connection.execute(kept).scalars() if is_sealed(body))
        return sum(not seal_of(engine).opens(body) for body in sealed)


def _held(ids: Collection[int], holder: str) -> ColumnElement[bool]:
    return and_(delivery.c.id.in_(list(ids)), delivery.c.state == "taken", delivery.c.holder == holder)


def _delivery(row: Mapping[str, Any] | Any, seal: Seal | None = None) -> Delivery:
    values = {name: row[name] for name in Delivery.__dataclass_fields__ if name in row}
    if seal is None or values.get("body") is None:
        return Delivery(**values)
    try:
        return Delivery(**values | {"body": zlib.decompress(seal.open(values["body"]))})
    except SealError:
        return Delivery(**values | {"body": None, "is_closed": True})


@contextmanager
def _writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes."""
    with engine.connect() as connection, connection.begin():
        take_lock(connection)
        yield connection
